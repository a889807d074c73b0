"""An item is withdrawn by somebody, with a reason; with case detail in it nobody opens it again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_whose")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="evidenceitem",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="evidenceitem",
            name="update_update",
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="holds_case_detail",
            field=models.BooleanField(default=False, verbose_name="it holds details of a person or a case"),
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it is withdrawn"),
        ),
        migrations.AddField(
            model_name="evidenceitemevent",
            name="holds_case_detail",
            field=models.BooleanField(default=False, verbose_name="it holds details of a person or a case"),
        ),
        migrations.AddField(
            model_name="evidenceitemevent",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it is withdrawn"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "evidence_evidenceitemevent" ("added_at", "added_by_id", "address", "circle_id", "commissioner_id", "holds_case_detail", "id", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "seen_where", "title", "valid_until", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."added_at", NEW."added_by_id", NEW."address", NEW."circle_id", NEW."commissioner_id", NEW."holds_case_detail", NEW."id", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."seen_where", NEW."title", NEW."valid_until", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="3b7ef083449b57c911a790cc56c217dcfa8dec6e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6ea71",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "evidence_evidenceitemevent" ("added_at", "added_by_id", "address", "circle_id", "commissioner_id", "holds_case_detail", "id", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "seen_where", "title", "valid_until", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."added_at", NEW."added_by_id", NEW."address", NEW."circle_id", NEW."commissioner_id", NEW."holds_case_detail", NEW."id", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."seen_where", NEW."title", NEW."valid_until", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="05be7f984349a5dca3b8916cefd6996ef0f040cf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f8e38",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True), ("withdrawn_reason", "")),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="evidence_withdrawn_by_whom_and_why",
            ),
        ),
    ]
