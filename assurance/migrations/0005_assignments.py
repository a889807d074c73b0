"""Give a strand to a designated professional, and keep to whom it was given."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import append_only, composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0004_level_walls"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="strandreview",
            name="assigned_to",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="StrandAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "strand",
                    models.CharField(
                        choices=[
                            ("children", "Children"),
                            ("adults", "Adults"),
                            ("looked_after", "Looked after children"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        composite_key(
            "assurance_strandassignment",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        *append_only("assurance_strandassignment"),
    ]
