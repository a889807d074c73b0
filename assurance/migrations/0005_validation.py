"""What a rating was judged on and in whose strand, levels by judgement, and grades in question."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import composite_key, refuse, violation

KEPT = violation("a rating is never overwritten")
SETTLED = violation("what was put in question is settled once and never changed")
COLUMNS = ("grade", "outcome", "comment", "basis", "by_id", "at", "on", "self_assessment_id", "criterion_version_id")


def rating_kept(*columns: str) -> str:
    """The body of the trigger: a rating may only be retired, and none of these columns ever changes."""
    new, old = (", ".join(f"{side}.{column}" for column in columns) for side in ("NEW", "OLD"))
    return f"""
        CREATE OR REPLACE FUNCTION assurance_rating_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN {KEPT} END IF;
            IF NEW.current OR ({new}) IS DISTINCT FROM ({old}) THEN {KEPT} END IF;
            RETURN NEW;
        END $$;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0004_received_another_way"),
        ("framework", "0004_edits_of_a_draft_do_not_overwrite_each_other"),
        ("providers", "0003_whole_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("reason", models.TextField()),
                ("raised_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_reason", models.TextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "in question",
                "ordering": ["-raised_at"],
            },
        ),
        migrations.AddField(
            model_name="rating",
            name="ground",
            field=models.CharField(blank=True, help_text="A mark of the answer and evidence judged", max_length=16),
        ),
        migrations.AddField(
            model_name="rating",
            name="strand",
            field=models.CharField(
                blank=True,
                choices=[("children", "Children"), ("adults", "Adults"), ("looked_after", "Looked after children")],
                help_text="In whose validation",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="strandreview",
            name="level",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="strandreview",
            name="level_reason",
            field=models.TextField(blank=True),
        ),
        migrations.AddConstraint(
            model_name="strandreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("level", ""), models.Q(("level_reason", ""), _negated=True), _connector="OR"),
                name="strand_review_level_has_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="commissioner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="criterion_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.criterionversion"
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="raised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="self_assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="in_question", to="assurance.selfassessment"
            ),
        ),
        migrations.AddField(
            model_name="inquestion",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at__isnull", True)),
                fields=("self_assessment", "criterion_version"),
                name="in_question_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="in_question_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("settled_reason", "")),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("settled_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="in_question_settled_by_whom_and_why",
            ),
        ),
        composite_key(
            "assurance_inquestion",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        refuse(
            "assurance_inquestion_settled_once",
            "assurance_inquestion",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
                OR (NEW.since, NEW.reason, NEW.raised_by_id, NEW.raised_at, NEW.criterion_version_id)
                IS DISTINCT FROM (OLD.since, OLD.reason, OLD.raised_by_id, OLD.raised_at, OLD.criterion_version_id)
            THEN {SETTLED} END IF;
            """,
        ),
        migrations.RunSQL(rating_kept(*COLUMNS, "strand", "ground", "evidence_id", "source"), rating_kept(*COLUMNS)),
    ]
