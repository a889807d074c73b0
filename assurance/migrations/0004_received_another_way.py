"""Returns that arrive another way, and history of answers only after they were first submitted."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.guards import append_only, composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0003_whose"),
        ("providers", "0002_keep_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryOnBehalf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("email", "By e-mail"),
                            ("paper", "On paper"),
                            ("telephone", "By telephone"),
                        ],
                        max_length=9,
                    ),
                ),
                ("received_from", models.CharField(max_length=150)),
                ("received_on", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="answer",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="selfassessment",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="selfassessment",
            name="update_update",
        ),
        migrations.AddField(
            model_name="answer",
            name="submitted_before",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="answerevent",
            name="submitted_before",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="selfassessment",
            name="entering",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="selfassessmentevent",
            name="entering",
            field=models.BooleanField(default=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.submitted_before AND (OLD.value, OLD.narrative, OLD.not_applicable_reason)\n    IS DISTINCT FROM (NEW.value, NEW.narrative, NEW.not_applicable_reason))",
                    func='INSERT INTO "assurance_answerevent" ("answered_at", "answered_by_id", "carried_from_id", "commissioner_id", "confirmed_at", "confirmed_by_id", "criterion_version_id", "id", "narrative", "not_applicable_reason", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "self_assessment_id", "submitted_before", "value", "version") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."carried_from_id", NEW."commissioner_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."criterion_version_id", NEW."id", NEW."narrative", NEW."not_applicable_reason", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."self_assessment_id", NEW."submitted_before", NEW."value", NEW."version"); RETURN NULL;',
                    hash="eb2d4d94f95dccc0b2fa288c6647ac7bde0ed200",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fe883",
                    table="assurance_answer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selfassessment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_selfassessmentevent" ("circle_id", "commissioner_id", "due_on", "due_version", "entering", "first_submitted_at", "id", "issued_at", "organisation_id", "original_due_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "round_id", "settled_at", "state", "submitted_at", "tier", "validated_at", "version", "why_issued", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."circle_id", NEW."commissioner_id", NEW."due_on", NEW."due_version", NEW."entering", NEW."first_submitted_at", NEW."id", NEW."issued_at", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."round_id", NEW."settled_at", NEW."state", NEW."submitted_at", NEW."tier", NEW."validated_at", NEW."version", NEW."why_issued", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="29f6e439db2c6770f2b5270d6a544f2bb3518656",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7d949",
                    table="assurance_selfassessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selfassessment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assurance_selfassessmentevent" ("circle_id", "commissioner_id", "due_on", "due_version", "entering", "first_submitted_at", "id", "issued_at", "organisation_id", "original_due_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "round_id", "settled_at", "state", "submitted_at", "tier", "validated_at", "version", "why_issued", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."circle_id", NEW."commissioner_id", NEW."due_on", NEW."due_version", NEW."entering", NEW."first_submitted_at", NEW."id", NEW."issued_at", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."round_id", NEW."settled_at", NEW."state", NEW."submitted_at", NEW."tier", NEW."validated_at", NEW."version", NEW."why_issued", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="80fa8de9813a1f0d25f0abec23b683ccd05443ea",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ec739",
                    table="assurance_selfassessment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="entryonbehalf",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="entryonbehalf",
            name="commissioner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="entryonbehalf",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="entryonbehalf",
            name="self_assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries_on_behalf",
                to="assurance.selfassessment",
            ),
        ),
        migrations.AddConstraint(
            model_name="entryonbehalf",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", "online"), _negated=True), name="entry_on_behalf_not_online"
            ),
        ),
        composite_key(
            "assurance_entryonbehalf",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        *append_only("assurance_entryonbehalf"),
    ]
