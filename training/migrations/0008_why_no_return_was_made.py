"""Why no return could be made for an organisation is kept with its period, and its page says it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0007_figure_link_walls"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="period",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="period",
            name="update_update",
        ),
        migrations.AddField(
            model_name="period",
            name="left_out",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="periodevent",
            name="left_out",
            field=models.JSONField(default=dict),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="period",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_periodevent" ("by_schedule", "commissioner_id", "due_on", "ends_on", "id", "issued_at", "issued_by_id", "left_out", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "state", "timing", "version") VALUES (NEW."by_schedule", NEW."commissioner_id", NEW."due_on", NEW."ends_on", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."left_out", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."starts_on", NEW."state", NEW."timing", NEW."version"); RETURN NULL;',
                    hash="a0487f5d205ad69ef63107a6353c876cb9a2245d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_aa372",
                    table="training_period",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="period",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_periodevent" ("by_schedule", "commissioner_id", "due_on", "ends_on", "id", "issued_at", "issued_by_id", "left_out", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "state", "timing", "version") VALUES (NEW."by_schedule", NEW."commissioner_id", NEW."due_on", NEW."ends_on", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."left_out", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."starts_on", NEW."state", NEW."timing", NEW."version"); RETURN NULL;',
                    hash="3ffbfde5ac9c99b7fb07d6235a06d3ea36d8dcd1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b19f6",
                    table="training_period",
                    when="AFTER",
                ),
            ),
        ),
    ]
