"""Whole years as workbooks, one for each person who asked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_walls"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="YearBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("year", models.CharField(max_length=7, verbose_name="financial year")),
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
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("stage", models.CharField(blank=True, max_length=80)),
                ("rows", models.PositiveIntegerField(default=0)),
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
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "building"])),
                        fields=["state"],
                        name="year_book_to_make",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commissioner", "year", "asked_by"), name="year_book_once_a_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "built"), _negated=True),
                            models.Q(("content__isnull", False), ("made_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="year_book_built_has_content",
                    ),
                ],
            },
        ),
    ]
