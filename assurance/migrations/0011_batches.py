"""One thing done to many returns: what was asked for is append-only, and what became of each is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.references
from accounts.guards import append_only, composite_key, refuse, violation

SETTLED = violation("what became of a row of a batch is kept")


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0010_return_workbooks"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("extend", "Agree a later date"),
                            ("remind", "Send a reminder now"),
                            ("assign", "Assign a strand to a validator"),
                        ],
                        max_length=6,
                    ),
                ),
                ("terms", models.JSONField(default=dict)),
                ("token", models.UUIDField(unique=True)),
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
            ],
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen", models.BigIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Done"), ("refused", "Not done")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="assurance.batch"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assurance.selfassessment"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("id", "commissioner"), name="batch_whose"),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.UniqueConstraint(fields=("batch", "self_assessment"), name="batch_row_once"),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="batch_row_refused_says_why",
            ),
        ),
        composite_key("assurance_batchrow", "batch_id", "assurance_batch", "commissioner_id"),
        composite_key(
            "assurance_batchrow", "self_assessment_id", "assurance_selfassessment", "commissioner_id", "organisation_id"
        ),
        *append_only("assurance_batch"),
        refuse(
            "assurance_batchrow_kept",
            "assurance_batchrow",
            "UPDATE OR DELETE",
            f"IF TG_OP = 'DELETE' OR OLD.state <> 'waiting' THEN {SETTLED} END IF;",
        ),
    ]
