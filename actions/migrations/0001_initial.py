"""Make the tables of actions."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.references


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_access"),
        ("evidence", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("due_version", models.PositiveIntegerField(default=1)),
                ("original_due_on", models.DateField(editable=False)),
                ("paused_until", models.DateField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("origin_kind", models.CharField(max_length=20)),
                ("text", models.TextField(verbose_name="what will be done")),
                (
                    "level",
                    models.CharField(
                        choices=[("individual", "Individual"), ("team", "Team"), ("organisation", "Organisation")],
                        default="organisation",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not started"),
                            ("in_progress", "In progress"),
                            ("complete_awaiting_verification", "Complete, awaiting verification"),
                            ("implemented", "Implemented (verified)"),
                            ("embedded", "Embedded"),
                            ("superseded", "Superseded"),
                            ("not_accepted", "Not accepted"),
                        ],
                        default="open",
                        max_length=32,
                    ),
                ),
                (
                    "owner_name",
                    models.CharField(
                        blank=True, help_text="When the owner has no account.", max_length=150, verbose_name="owner"
                    ),
                ),
                ("evidence_required", models.CharField(blank=True, max_length=300, verbose_name="what will prove it")),
                ("opened_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "circle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.circle",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "completed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="ActionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("due_on", models.DateField()),
                ("due_version", models.PositiveIntegerField(default=1)),
                ("original_due_on", models.DateField(editable=False)),
                ("paused_until", models.DateField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                ("origin_kind", models.CharField(max_length=20)),
                ("text", models.TextField(verbose_name="what will be done")),
                (
                    "level",
                    models.CharField(
                        choices=[("individual", "Individual"), ("team", "Team"), ("organisation", "Organisation")],
                        default="organisation",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not started"),
                            ("in_progress", "In progress"),
                            ("complete_awaiting_verification", "Complete, awaiting verification"),
                            ("implemented", "Implemented (verified)"),
                            ("embedded", "Embedded"),
                            ("superseded", "Superseded"),
                            ("not_accepted", "Not accepted"),
                        ],
                        default="open",
                        max_length=32,
                    ),
                ),
                (
                    "owner_name",
                    models.CharField(
                        blank=True, help_text="When the owner has no account.", max_length=150, verbose_name="owner"
                    ),
                ),
                ("evidence_required", models.CharField(blank=True, max_length=300, verbose_name="what will prove it")),
                ("opened_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "circle",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.circle",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "completed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="actions.action",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ActionEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("checked", models.BooleanField(default=False)),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="actions.action"
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "checked_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidenceversion",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.evidenceitem"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ActionUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("progress", "Progress"),
                            ("evidence", "Evidence added"),
                            ("complete", "Marked complete"),
                            ("verified", "Verified"),
                            ("sent_back", "Sent back"),
                            ("closed", "Closed"),
                            ("new_owner", "New owner"),
                        ],
                        max_length=9,
                    ),
                ),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="actions.action"
                    ),
                ),
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
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["at"],
            },
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)), fields=["due_on"], name="action_outstanding"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["commissioner", "state"], name="action_by_state"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["organisation", "state"], name="action_of_organisation"),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(fields=("id", "commissioner", "organisation"), name="action_whose"),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_by__isnull", True),
                    ("owner__isnull", True),
                    models.Q(("verified_by", models.F("owner")), _negated=True),
                    _connector="OR",
                ),
                name="action_verified_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_by__isnull", True),
                    ("completed_by__isnull", True),
                    models.Q(("verified_by", models.F("completed_by")), _negated=True),
                    _connector="OR",
                ),
                name="action_not_verified_by_completer",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["implemented", "embedded"]), _negated=True),
                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                    _connector="OR",
                ),
                name="action_complete_is_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at__isnull", True),
                        ("state__in", ["open", "in_progress", "complete_awaiting_verification"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["open", "in_progress", "complete_awaiting_verification"]), _negated=True
                        ),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="action_settled_when_closed",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actions_actionevent" ("circle_id", "closed_reason", "commissioner_id", "completed_at", "completed_by_id", "due_on", "due_version", "evidence_required", "id", "level", "opened_at", "opened_by_id", "organisation_id", "origin_kind", "original_due_on", "owner_id", "owner_name", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "settled_at", "state", "text", "verified_at", "verified_by_id", "version") VALUES (NEW."circle_id", NEW."closed_reason", NEW."commissioner_id", NEW."completed_at", NEW."completed_by_id", NEW."due_on", NEW."due_version", NEW."evidence_required", NEW."id", NEW."level", NEW."opened_at", NEW."opened_by_id", NEW."organisation_id", NEW."origin_kind", NEW."original_due_on", NEW."owner_id", NEW."owner_name", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."settled_at", NEW."state", NEW."text", NEW."verified_at", NEW."verified_by_id", NEW."version"); RETURN NULL;',
                    hash="c2663bea4fd216afee5c0759cc289cc47275eacd",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bc7f0",
                    table="actions_action",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actions_actionevent" ("circle_id", "closed_reason", "commissioner_id", "completed_at", "completed_by_id", "due_on", "due_version", "evidence_required", "id", "level", "opened_at", "opened_by_id", "organisation_id", "origin_kind", "original_due_on", "owner_id", "owner_name", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "settled_at", "state", "text", "verified_at", "verified_by_id", "version") VALUES (NEW."circle_id", NEW."closed_reason", NEW."commissioner_id", NEW."completed_at", NEW."completed_by_id", NEW."due_on", NEW."due_version", NEW."evidence_required", NEW."id", NEW."level", NEW."opened_at", NEW."opened_by_id", NEW."organisation_id", NEW."origin_kind", NEW."original_due_on", NEW."owner_id", NEW."owner_name", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."settled_at", NEW."state", NEW."text", NEW."verified_at", NEW."verified_by_id", NEW."version"); RETURN NULL;',
                    hash="8af5a826d96d6a5c9b566458816d63af52a7fc4d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1d90e",
                    table="actions_action",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ed42851504eb314c53026d1cf90e833a779f6672",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_21079",
                    table="actions_actionevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="actionevidence",
            constraint=models.UniqueConstraint(fields=("action", "item"), name="action_evidence_once"),
        ),
    ]
