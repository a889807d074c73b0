"""The PDF of a result, made by the pdf worker for whoever asked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0007_entries_given_back"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResultPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting to be made"),
                            ("building", "Being made"),
                            ("built", "Ready"),
                            ("failed", "Could not be made"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("content", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
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
                        related_name="result_papers",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "building"])),
                        fields=["state"],
                        name="paper_to_make",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("self_assessment", "asked_by"), name="result_paper_once_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "built"), _negated=True),
                            models.Q(("content__isnull", False), ("made_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="result_paper_built_has_content",
                    ),
                ],
            },
        ),
        composite_key(
            "assurance_resultpaper",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
    ]
