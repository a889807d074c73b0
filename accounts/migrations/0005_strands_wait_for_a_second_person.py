"""Strands of a commissioner role wait for a second person; cover that has not begun can be called off."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_keep_links_of_account_mail"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="cover",
            name="cover_ends_after_start",
        ),
        migrations.AddField(
            model_name="membership",
            name="proposed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="proposed_strands",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("children", "Children"), ("adults", "Adults"), ("looked_after", "Looked after children")],
                    max_length=12,
                ),
                blank=True,
                default=None,
                null=True,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="membershipevent",
            name="proposed_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membershipevent",
            name="proposed_strands",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("children", "Children"), ("adults", "Adults"), ("looked_after", "Looked after children")],
                    max_length=12,
                ),
                blank=True,
                default=None,
                null=True,
                size=None,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_membershipevent" ("confirmed_at", "confirmed_by_id", "ended_by_id", "ends_on", "granted_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "proposed_strands", "reason", "reference", "role", "side", "starts_on", "strands", "user_id", "version") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."ended_by_id", NEW."ends_on", NEW."granted_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_by_id", NEW."proposed_strands", NEW."reason", NEW."reference", NEW."role", NEW."side", NEW."starts_on", NEW."strands", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="4ff2d803d9e08b4fa9744bfbf23a4507632b0256",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fc05a",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_membershipevent" ("confirmed_at", "confirmed_by_id", "ended_by_id", "ends_on", "granted_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "proposed_strands", "reason", "reference", "role", "side", "starts_on", "strands", "user_id", "version") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."ended_by_id", NEW."ends_on", NEW."granted_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_by_id", NEW."proposed_strands", NEW."reason", NEW."reference", NEW."role", NEW."side", NEW."starts_on", NEW."strands", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="bf293bb348681d9c181096737df1a748b2e6cee2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_20ab5",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="cover_ends_after_start"
            ),
        ),
    ]
