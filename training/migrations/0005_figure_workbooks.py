"""Figures that came back in a file, kept as read until somebody accepts what they change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references
from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0005_homes_of_placements"),
        ("training", "0004_plans_that_fall_short"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FigureWorkbook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "by_provider",
                    models.BooleanField(help_text="Uploaded by the provider's own people, not by its commissioner"),
                ),
                ("file_name", models.CharField(max_length=150)),
                ("sha256", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField(help_text="When the file was downloaded, by its stamp")),
                ("rows", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list, help_text="What was odd about the whole file, in words")),
                ("uploaded_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("read", "Read, nothing saved yet"),
                            ("accepted", "Accepted"),
                            ("discarded", "Not used"),
                        ],
                        default="read",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("outcomes", models.JSONField(default=list)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "figure_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbooks",
                        to="training.figurereturn",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["figure_return", "-uploaded_at"], name="figure_workbook_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "read")),
                            models.Q(
                                models.Q(("state", "read"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="figure_workbook_decided_by_somebody",
                    )
                ],
            },
        ),
        composite_key(
            "training_figureworkbook", "figure_return_id", "training_figurereturn", "commissioner_id", "organisation_id"
        ),
    ]
