"""Make the tables of framework."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.references


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Framework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                (
                    "commissioner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FrameworkVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("label", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Waiting for a second person to publish it"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="framework.frameworkversion",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="framework.framework"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["framework__name", "-valid_from"],
            },
        ),
        migrations.CreateModel(
            name="CriterionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=12)),
                ("kind", models.CharField(choices=[("grade", "Grade with narrative")], default="grade", max_length=10)),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("full", "Full standards"),
                                ("small", "Small provider standards"),
                                ("general_practice", "GP standards"),
                                ("light", "Light standards"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                    ),
                ),
                (
                    "strands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("children", "Children"),
                                ("adults", "Adults"),
                                ("looked_after", "Looked after children"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                    ),
                ),
                ("critical", models.BooleanField(default=False)),
                ("light", models.BooleanField(default=False)),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("unchanged", "Unchanged"),
                            ("reworded", "Reworded"),
                            ("changed", "Changed in substance"),
                        ],
                        default="new",
                        max_length=9,
                    ),
                ),
                ("change_note", models.CharField(blank=True, max_length=400)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.servicequestion",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="framework.criterion"
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="framework.criterionversion",
                    ),
                ),
                (
                    "framework_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="framework.frameworkversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GradingScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=120)),
                (
                    "use",
                    models.CharField(
                        choices=[("criterion", "Grades of a criterion"), ("level", "Assurance levels of a provider")],
                        max_length=9,
                    ),
                ),
                ("description", models.TextField(blank=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "version"), name="grading_scheme_version_once")],
            },
        ),
        migrations.CreateModel(
            name="FrameworkVersionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                ("label", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Waiting for a second person to publish it"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.frameworkversion",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.framework",
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
                        to="framework.frameworkversion",
                    ),
                ),
                (
                    "proposed_by",
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
                    "published_by",
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
                    "grading",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.gradingscheme",
                    ),
                ),
                (
                    "levels",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.gradingscheme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="frameworkversion",
            name="grading",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.gradingscheme"
            ),
        ),
        migrations.AddField(
            model_name="frameworkversion",
            name="levels",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.gradingscheme"
            ),
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("issuer", models.CharField(blank=True, max_length=200)),
                ("year", models.CharField(blank=True, max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("law", "Law"),
                            ("statutory_guidance", "Statutory guidance"),
                            ("guidance", "Guidance"),
                            ("report", "Report or inquiry"),
                            ("standard", "Standard"),
                            ("letter", "Letter"),
                        ],
                        max_length=20,
                    ),
                ),
                ("address", models.URLField(blank=True, max_length=500)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="framework.reference",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "title"],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="framework.criterionversion",
                    ),
                ),
                (
                    "cited",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="citations", to="framework.reference"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("purpose", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "framework_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standards",
                        to="framework.frameworkversion",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="criterionversion",
            name="standard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="criteria", to="framework.standard"
            ),
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("full", "Full standards"),
                            ("small", "Small provider standards"),
                            ("general_practice", "GP standards"),
                            ("light", "Light standards"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField()),
                ("why", models.TextField(blank=True)),
                ("guidance", models.TextField(blank=True)),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), default=list, size=None
                    ),
                ),
                ("do_not_send", models.TextField(blank=True)),
                (
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wordings",
                        to="framework.criterionversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Grade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=20)),
                ("letter", models.CharField(max_length=2)),
                ("label", models.CharField(max_length=60)),
                ("meaning", models.TextField()),
                ("counts_as_met", models.BooleanField(default=False)),
                ("requires_action", models.BooleanField(default=False)),
                ("requires_comment", models.BooleanField(default=False)),
                (
                    "excludes",
                    models.BooleanField(
                        default=False, help_text="Not applicable: left out of the denominator, counted apart"
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField(default=0, help_text="0 is best")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grades", to="framework.gradingscheme"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("scheme", "code"), name="grade_code_once"),
                    models.UniqueConstraint(fields=("scheme", "letter"), name="grade_letter_once"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frameworkversionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a4933f56682dfb9998770cb6b5a7f245461b62ed",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1c6fe",
                    table="framework_frameworkversionevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkversion",
            constraint=models.UniqueConstraint(fields=("framework", "label"), name="framework_version_label_once"),
        ),
        migrations.AddConstraint(
            model_name="frameworkversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True), ("published_at__isnull", False), _connector="OR"
                ),
                name="framework_published_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="framework_version_second_person",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frameworkversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "framework_frameworkversionevent" ("follows_id", "framework_id", "grading_id", "id", "label", "levels_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "published_at", "published_by_id", "reference", "state", "valid_from", "version") VALUES (NEW."follows_id", NEW."framework_id", NEW."grading_id", NEW."id", NEW."label", NEW."levels_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_by_id", NEW."published_at", NEW."published_by_id", NEW."reference", NEW."state", NEW."valid_from", NEW."version"); RETURN NULL;',
                    hash="a408ccd62800049e0eeaa9110abab8d7e6809093",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ad324",
                    table="framework_frameworkversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frameworkversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "framework_frameworkversionevent" ("follows_id", "framework_id", "grading_id", "id", "label", "levels_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by_id", "published_at", "published_by_id", "reference", "state", "valid_from", "version") VALUES (NEW."follows_id", NEW."framework_id", NEW."grading_id", NEW."id", NEW."label", NEW."levels_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_by_id", NEW."published_at", NEW."published_by_id", NEW."reference", NEW."state", NEW."valid_from", NEW."version"); RETURN NULL;',
                    hash="a3dd08f4c8b57390e2632c7169bfa3714e92cb61",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9ef0e",
                    table="framework_frameworkversion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(fields=("criterion_version", "cited"), name="citation_once"),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.UniqueConstraint(fields=("framework_version", "number"), name="standard_number_once"),
        ),
        migrations.AddConstraint(
            model_name="criterionversion",
            constraint=models.UniqueConstraint(fields=("framework_version", "ref"), name="criterion_ref_once"),
        ),
        migrations.AddConstraint(
            model_name="criterionversion",
            constraint=models.UniqueConstraint(
                fields=("framework_version", "criterion"), name="criterion_once_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("criterion_version", "tier"), name="wording_once_a_tier"),
        ),
    ]
