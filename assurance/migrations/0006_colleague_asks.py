"""Keep which colleague a provider's lead asked to answer which standard."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references
from accounts.guards import composite_key, refuse, violation


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0005_assignments"),
        ("framework", "0002_walls"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColleagueAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "colleague",
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
                    "ended_by",
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
                        related_name="colleague_asks",
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.standard"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("self_assessment", "standard", "colleague"),
                        name="colleague_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="colleague_ask_ended_by_whom",
                    ),
                ],
            },
        ),
        composite_key(
            "assurance_colleagueask",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        refuse(
            "assurance_colleagueask_ended_once",
            "assurance_colleagueask",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
                OR (NEW.self_assessment_id, NEW.standard_id, NEW.colleague_id, NEW.by_id, NEW.at)
                IS DISTINCT FROM (OLD.self_assessment_id, OLD.standard_id, OLD.colleague_id, OLD.by_id, OLD.at)
            THEN {violation("whom a colleague was asked by is kept; it is taken back once")} END IF;
            """,
        ),
    ]
