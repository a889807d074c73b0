"""A fuller register: partnerships end, sites count their saves, a succession says what became of open returns."""

import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0002_keep_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="partnership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="partnership",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="site",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="site",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="succession",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="succession",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="partnership",
            name="partnership_once",
        ),
        migrations.AddField(
            model_name="partnership",
            name="ended_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="partnershipevent",
            name="ended_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="siteevent",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="succession",
            name="open_returns",
            field=models.CharField(
                choices=[("move", "Move to the successor"), ("close", "Close, with a reason")],
                default="close",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="succession",
            name="open_returns_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="succession",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="successionevent",
            name="open_returns",
            field=models.CharField(
                choices=[("move", "Move to the successor"), ("close", "Close, with a reason")],
                default="close",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="successionevent",
            name="open_returns_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="successionevent",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partnership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_partnershipevent" ("board_id", "commissioner_id", "ended_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (NEW."board_id", NEW."commissioner_id", NEW."ended_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference"); RETURN NULL;',
                    hash="0a794bcf27063970592cacae1c6e1b42aebd93b9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_101db",
                    table="providers_partnership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partnership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_partnershipevent" ("board_id", "commissioner_id", "ended_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (NEW."board_id", NEW."commissioner_id", NEW."ended_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference"); RETURN NULL;',
                    hash="547952496788d9a49130829d2138adc51a4b7452",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a2cf5",
                    table="providers_partnership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_serviceanswerevent" ("holds", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "stated_by_id", "stated_on") VALUES (OLD."holds", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question_id", OLD."stated_by_id", OLD."stated_on"); RETURN NULL;',
                    hash="b25ab9c10e7181836381dc64ca8a8fe470dde4f6",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a02f3",
                    table="providers_serviceanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_siteevent" ("closed_on", "code", "cqc_location_id", "id", "name", "opened_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "version") VALUES (NEW."closed_on", NEW."code", NEW."cqc_location_id", NEW."id", NEW."name", NEW."opened_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."reference", NEW."version"); RETURN NULL;',
                    hash="efdb6c4d5a239cbf10e7810994b06210a16a6d12",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_55720",
                    table="providers_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_siteevent" ("closed_on", "code", "cqc_location_id", "id", "name", "opened_on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "version") VALUES (NEW."closed_on", NEW."code", NEW."cqc_location_id", NEW."id", NEW."name", NEW."opened_on", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."reference", NEW."version"); RETURN NULL;',
                    hash="8c904f236c523fbc019371bc132a72589424344e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a592c",
                    table="providers_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_successionevent" ("id", "kind", "on", "open_returns", "open_returns_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "reason", "recorded_at", "recorded_by_id", "successor_id") VALUES (NEW."id", NEW."kind", NEW."on", NEW."open_returns", NEW."open_returns_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."predecessor_id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."successor_id"); RETURN NULL;',
                    hash="ffa93741ff23229686d3c36e63c2c6cfcf6fcf25",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d42a3",
                    table="providers_succession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_successionevent" ("id", "kind", "on", "open_returns", "open_returns_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "reason", "recorded_at", "recorded_by_id", "successor_id") VALUES (NEW."id", NEW."kind", NEW."on", NEW."open_returns", NEW."open_returns_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."predecessor_id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."successor_id"); RETURN NULL;',
                    hash="73c11bf622dd60f0ba527960e17a4b529cb0b996",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e9c70",
                    table="providers_succession",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("receives_reminders", False), models.Q(("email", ""), _negated=True), _connector="OR"
                ),
                name="contact_reminded_by_e_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["front_door_children", "front_door_adults"]), _negated=True),
                    models.Q(("telephone", ""), _negated=True),
                    _connector="OR",
                ),
                name="contact_front_door_has_a_telephone",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("board", "commissioner", "kind"),
                name="partnership_running_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True),
                    ("opened_on__isnull", True),
                    ("closed_on__gte", models.F("opened_on")),
                    _connector="OR",
                ),
                name="site_closes_after_opening",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("open_returns", "move"), models.Q(("open_returns_reason", ""), _negated=True), _connector="OR"
                ),
                name="succession_closes_with_a_reason",
            ),
        ),
    ]
