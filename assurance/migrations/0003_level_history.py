"""Keep every state that a level was in, and what people decided about it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0002_walls"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LevelDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "strand",
                    models.CharField(
                        choices=[
                            ("children", "Children"),
                            ("adults", "Adults"),
                            ("looked_after", "Looked after children"),
                            ("overall", "Overall"),
                        ],
                        max_length=12,
                    ),
                ),
                ("was", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=20)),
                ("computed", models.CharField(max_length=20)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        default=list,
                        help_text="Those of the computed level",
                        size=None,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LevelResultEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "strand",
                    models.CharField(
                        choices=[
                            ("children", "Children"),
                            ("adults", "Adults"),
                            ("looked_after", "Looked after children"),
                            ("overall", "Overall"),
                        ],
                        max_length=12,
                    ),
                ),
                ("computed", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=20)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), default=list, size=None
                    ),
                ),
                ("reviewed", models.PositiveSmallIntegerField(default=0)),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                ("decided_at", models.DateTimeField()),
                ("computed_at", models.DateTimeField()),
                ("override_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="levelresult",
            name="computed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="levelresult",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelresult",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_levelresultevent" ("asked", "commissioner_id", "computed", "computed_at", "decided_at", "decided_by_id", "id", "level", "organisation_id", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "reviewed", "self_assessment_id", "strand", "version") VALUES (NEW."asked", NEW."commissioner_id", NEW."computed", NEW."computed_at", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."level", NEW."organisation_id", NEW."override_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reasons", NEW."reviewed", NEW."self_assessment_id", NEW."strand", NEW."version"); RETURN NULL;',
                    hash="d2bf0aa9ebdd4970652b2a9a386ea4a1ed413158",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2d780",
                    table="assurance_levelresult",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelresult",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assurance_levelresultevent" ("asked", "commissioner_id", "computed", "computed_at", "decided_at", "decided_by_id", "id", "level", "organisation_id", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "reviewed", "self_assessment_id", "strand", "version") VALUES (NEW."asked", NEW."commissioner_id", NEW."computed", NEW."computed_at", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."level", NEW."organisation_id", NEW."override_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reasons", NEW."reviewed", NEW."self_assessment_id", NEW."strand", NEW."version"); RETURN NULL;',
                    hash="cbd072623a1344450a23a85d766f471aee5fbb83",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_57e14",
                    table="assurance_levelresult",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelresult",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_levelresultevent" ("asked", "commissioner_id", "computed", "computed_at", "decided_at", "decided_by_id", "id", "level", "organisation_id", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "reviewed", "self_assessment_id", "strand", "version") VALUES (OLD."asked", OLD."commissioner_id", OLD."computed", OLD."computed_at", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."level", OLD."organisation_id", OLD."override_reason", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reasons", OLD."reviewed", OLD."self_assessment_id", OLD."strand", OLD."version"); RETURN NULL;',
                    hash="273f220f9205fee289cbee387bb9a70e2c16f550",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b1878",
                    table="assurance_levelresult",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="leveldecision",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leveldecision",
            name="commissioner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="leveldecision",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
            ),
        ),
        migrations.AddField(
            model_name="leveldecision",
            name="self_assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="level_decisions",
                to="assurance.selfassessment",
            ),
        ),
        migrations.AddField(
            model_name="levelresultevent",
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
            model_name="levelresultevent",
            name="decided_by",
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
            model_name="levelresultevent",
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
            model_name="levelresultevent",
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
            model_name="levelresultevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="assurance.levelresult",
            ),
        ),
        migrations.AddField(
            model_name="levelresultevent",
            name="self_assessment",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="assurance.selfassessment",
            ),
        ),
        migrations.AddConstraint(
            model_name="leveldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="level_decision_has_a_reason"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelresultevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7209860c9556cabf46173176948da34d452d8944",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ea796",
                    table="assurance_levelresultevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
