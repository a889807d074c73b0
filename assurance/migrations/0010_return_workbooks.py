"""Workbooks of a return, kept as read until somebody accepts what they change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references
from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0009_evidence_before_an_entry"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnWorkbook",
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
                ("written_at", models.DateTimeField(help_text="When the workbook was downloaded, by its stamp")),
                ("rows", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list, help_text="What was odd about the whole workbook, in words")),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workbooks",
                        to="assurance.selfassessment",
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
                "indexes": [models.Index(fields=["self_assessment", "-uploaded_at"], name="return_workbook_latest")],
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
                        name="return_workbook_decided_by_somebody",
                    )
                ],
            },
        ),
        composite_key(
            "assurance_returnworkbook",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
    ]
