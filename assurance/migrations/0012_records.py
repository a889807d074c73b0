"""Grades from a commissioner's own records, apart from every rating."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references
from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0011_batches"),
        ("framework", "0003_own_library"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordedSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "framework_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.frameworkversion"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecordedGrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.CharField(max_length=7)),
                ("grade", models.CharField(max_length=20)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("met", "Met"),
                            ("partly", "Partly met"),
                            ("not_met", "Not met"),
                            ("not_applicable", "Not applicable"),
                            ("level", "Level"),
                        ],
                        max_length=14,
                    ),
                ),
                ("words", models.CharField(max_length=60, verbose_name="as the records say it")),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "criterion_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="framework.criterionversion",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recorded_grades",
                        to="providers.organisation",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="framework.standard",
                    ),
                ),
                (
                    "recorded_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grades", to="assurance.recordedset"
                    ),
                ),
                (
                    "replaced_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced",
                        to="assurance.recordedset",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="recordedset",
            constraint=models.UniqueConstraint(fields=("id", "commissioner"), name="recorded_set_whose"),
        ),
        migrations.AddIndex(
            model_name="recordedgrade",
            index=models.Index(fields=["commissioner", "year"], name="recorded_of_year"),
        ),
        migrations.AddConstraint(
            model_name="recordedgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("standard__isnull", True), ("criterion_version__isnull", True), _connector="OR"),
                name="recorded_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedgrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("criterion_version__isnull", True), ("outcome", "level"), ("standard__isnull", True)),
                    models.Q(
                        models.Q(("outcome", "level"), _negated=True),
                        models.Q(("standard__isnull", False), ("criterion_version__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="recorded_level_of_a_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordedgrade",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_in", None)),
                fields=("commissioner", "organisation", "year", "standard", "criterion_version"),
                name="recorded_once",
                nulls_distinct=False,
            ),
        ),
        composite_key("assurance_recordedgrade", "recorded_set_id", "assurance_recordedset", "commissioner_id"),
    ]
