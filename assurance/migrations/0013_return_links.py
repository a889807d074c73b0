"""Links to a return: to whom, until when, opened, used, taken back; and submissions that came by one."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.references


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0012_records"),
        ("framework", "0003_own_library"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=130, verbose_name="full name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("token_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("first_opened_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("adopted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnLinkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("first_opened_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("adopted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="entryonbehalf",
            name="entry_on_behalf_not_online",
        ),
        migrations.AddField(
            model_name="assurancepolicy",
            name="link_days",
            field=models.PositiveSmallIntegerField(
                default=30, help_text="Days after the due date until which a return can still be answered by a link."
            ),
        ),
        migrations.AlterField(
            model_name="entryonbehalf",
            name="channel",
            field=models.CharField(
                choices=[
                    ("online", "Online"),
                    ("link", "By link"),
                    ("email", "By e-mail"),
                    ("paper", "On paper"),
                    ("telephone", "By telephone"),
                ],
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="channel",
            field=models.CharField(
                choices=[
                    ("online", "Online"),
                    ("link", "By link"),
                    ("email", "By e-mail"),
                    ("paper", "On paper"),
                    ("telephone", "By telephone"),
                ],
                default="online",
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            model_name="entryonbehalf",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["online", "link"]), _negated=True),
                name="entry_on_behalf_not_online",
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="adopted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="asked_through",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="asked",
                to="assurance.returnlink",
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="bearer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="link", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="commissioner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="revoked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="self_assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links", to="assurance.selfassessment"
            ),
        ),
        migrations.AddField(
            model_name="returnlink",
            name="standard",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="framework.standard",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assurance.returnlink",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="adopted_by",
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
            model_name="returnlinkevent",
            name="asked_through",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="assurance.returnlink",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="bearer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="commissioner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="providers.organisation",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="made_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="providers.organisation",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="assurance.returnlink",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="revoked_by",
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
            model_name="returnlinkevent",
            name="self_assessment",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="assurance.selfassessment",
            ),
        ),
        migrations.AddField(
            model_name="returnlinkevent",
            name="standard",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="framework.standard",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.UniqueConstraint(
                models.F("self_assessment"),
                condition=models.Q(("revoked_at", None), ("standard", None)),
                name="return_link_one_for_the_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.UniqueConstraint(
                models.F("self_assessment"),
                models.F("standard"),
                models.F("email"),
                condition=models.Q(("revoked_at", None)),
                name="return_link_colleague_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.UniqueConstraint(
                fields=("id", "self_assessment", "commissioner", "organisation"), name="return_link_whose"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="return_link_expires_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("revoked_by", None)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="return_link_revoked_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adopted_at", None), ("adopted_by", None)),
                    models.Q(
                        ("adopted_at__isnull", False), ("adopted_by__isnull", False), ("revoked_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="return_link_adopted_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_through", None), ("standard", None)),
                    models.Q(("asked_through__isnull", False), ("standard__isnull", False)),
                    _connector="OR",
                ),
                name="return_link_standard_through_a_link",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returnlink",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_returnlinkevent" ("adopted_at", "adopted_by_id", "asked_through_id", "bearer_id", "commissioner_id", "expires_at", "first_opened_at", "id", "made_at", "made_by_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "revoked_at", "revoked_by_id", "self_assessment_id", "sent_at", "standard_id") VALUES (NEW."adopted_at", NEW."adopted_by_id", NEW."asked_through_id", NEW."bearer_id", NEW."commissioner_id", NEW."expires_at", NEW."first_opened_at", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."revoked_at", NEW."revoked_by_id", NEW."self_assessment_id", NEW."sent_at", NEW."standard_id"); RETURN NULL;',
                    hash="88ae5f54015aee7b59687d8ca92d2260dbe69fb6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_75c1e",
                    table="assurance_returnlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returnlink",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."adopted_at" IS DISTINCT FROM (NEW."adopted_at") OR OLD."adopted_by_id" IS DISTINCT FROM (NEW."adopted_by_id") OR OLD."asked_through_id" IS DISTINCT FROM (NEW."asked_through_id") OR OLD."bearer_id" IS DISTINCT FROM (NEW."bearer_id") OR OLD."commissioner_id" IS DISTINCT FROM (NEW."commissioner_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."first_opened_at" IS DISTINCT FROM (NEW."first_opened_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id") OR OLD."self_assessment_id" IS DISTINCT FROM (NEW."self_assessment_id") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."standard_id" IS DISTINCT FROM (NEW."standard_id"))',
                    func='INSERT INTO "assurance_returnlinkevent" ("adopted_at", "adopted_by_id", "asked_through_id", "bearer_id", "commissioner_id", "expires_at", "first_opened_at", "id", "made_at", "made_by_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "revoked_at", "revoked_by_id", "self_assessment_id", "sent_at", "standard_id") VALUES (NEW."adopted_at", NEW."adopted_by_id", NEW."asked_through_id", NEW."bearer_id", NEW."commissioner_id", NEW."expires_at", NEW."first_opened_at", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."revoked_at", NEW."revoked_by_id", NEW."self_assessment_id", NEW."sent_at", NEW."standard_id"); RETURN NULL;',
                    hash="c53fe1886496e4ea9265896add374853d389a324",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_49e63",
                    table="assurance_returnlink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="returnlinkevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5dd88a260b11c27dbcbb95d1f291ede31f7b2641",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bb283",
                    table="assurance_returnlinkevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
