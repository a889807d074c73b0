"""Links to one part of the figures, asked for by whoever holds a link; and links taken over by an account."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0005_homes_of_placements"),
        ("training", "0009_small_numbers_not_asked_about"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="figurelink",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="figurelink",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="figurelink",
            name="figure_link_one",
        ),
        migrations.AddField(
            model_name="figurelink",
            name="adopted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="figurelink",
            name="adopted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="figurelink",
            name="asked_through",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="asked",
                to="training.figurelink",
            ),
        ),
        migrations.AddField(
            model_name="figurelink",
            name="part",
            field=models.SlugField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="figurelinkevent",
            name="adopted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="figurelinkevent",
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
            model_name="figurelinkevent",
            name="asked_through",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="training.figurelink",
            ),
        ),
        migrations.AddField(
            model_name="figurelinkevent",
            name="part",
            field=models.SlugField(blank=True, db_index=False, max_length=40),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurelink",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_figurelinkevent" ("adopted_at", "adopted_by_id", "asked_through_id", "bearer_id", "commissioner_id", "expires_at", "figure_return_id", "first_opened_at", "id", "made_at", "made_by_id", "organisation_id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "revoked_at", "revoked_by_id", "sent_at") VALUES (NEW."adopted_at", NEW."adopted_by_id", NEW."asked_through_id", NEW."bearer_id", NEW."commissioner_id", NEW."expires_at", NEW."figure_return_id", NEW."first_opened_at", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", NEW."part", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."revoked_at", NEW."revoked_by_id", NEW."sent_at"); RETURN NULL;',
                    hash="9d06dc46684c1808a2e362d285ee894d5631e614",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4dbe3",
                    table="training_figurelink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurelink",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."adopted_at" IS DISTINCT FROM (NEW."adopted_at") OR OLD."adopted_by_id" IS DISTINCT FROM (NEW."adopted_by_id") OR OLD."asked_through_id" IS DISTINCT FROM (NEW."asked_through_id") OR OLD."bearer_id" IS DISTINCT FROM (NEW."bearer_id") OR OLD."commissioner_id" IS DISTINCT FROM (NEW."commissioner_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."figure_return_id" IS DISTINCT FROM (NEW."figure_return_id") OR OLD."first_opened_at" IS DISTINCT FROM (NEW."first_opened_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."part" IS DISTINCT FROM (NEW."part") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at"))',
                    func='INSERT INTO "training_figurelinkevent" ("adopted_at", "adopted_by_id", "asked_through_id", "bearer_id", "commissioner_id", "expires_at", "figure_return_id", "first_opened_at", "id", "made_at", "made_by_id", "organisation_id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "revoked_at", "revoked_by_id", "sent_at") VALUES (NEW."adopted_at", NEW."adopted_by_id", NEW."asked_through_id", NEW."bearer_id", NEW."commissioner_id", NEW."expires_at", NEW."figure_return_id", NEW."first_opened_at", NEW."id", NEW."made_at", NEW."made_by_id", NEW."organisation_id", NEW."part", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."revoked_at", NEW."revoked_by_id", NEW."sent_at"); RETURN NULL;',
                    hash="de1b85fc0b0f9324103bcea9952c1820496c6baf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f24f6",
                    table="training_figurelink",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="figurelink",
            constraint=models.UniqueConstraint(
                models.F("figure_return"),
                condition=models.Q(("part", ""), ("revoked_at", None)),
                name="figure_link_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurelink",
            constraint=models.UniqueConstraint(
                models.F("figure_return"),
                models.F("part"),
                models.F("email"),
                condition=models.Q(("revoked_at", None)),
                name="figure_link_colleague_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurelink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adopted_at", None), ("adopted_by", None)),
                    models.Q(
                        ("adopted_at__isnull", False), ("adopted_by__isnull", False), ("revoked_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="figure_link_adopted_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurelink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_through", None), ("part", "")),
                    models.Q(models.Q(("part", ""), _negated=True), ("asked_through__isnull", False)),
                    _connector="OR",
                ),
                name="figure_link_part_through_a_link",
            ),
        ),
    ]
