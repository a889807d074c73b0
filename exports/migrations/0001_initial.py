"""The log of exports, and frozen views."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listing", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("ending", models.CharField(max_length=4)),
                ("said", models.CharField(max_length=500, verbose_name="filter")),
                ("frozen", models.CharField(blank=True, max_length=10)),
                ("rows", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["organisation", "-at"], name="export_of_organisation")],
            },
        ),
        migrations.CreateModel(
            name="FrozenView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("listing", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("columns", models.JSONField()),
                ("rows", models.JSONField()),
                ("count", models.PositiveIntegerField()),
                ("said", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("as_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
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
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["commissioner", "-at"], name="frozen_view_of")],
            },
        ),
    ]
