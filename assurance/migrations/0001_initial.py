"""Make the tables of assurance."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.references
import providers.models.policy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_access"),
        ("actions", "0001_initial"),
        ("evidence", "0001_initial"),
        ("framework", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.JSONField(default=dict, help_text='By kind of criterion; for a grade: {"grade": code}'),
                ),
                (
                    "grade",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.fields.json.KeyTextTransform("grade", "value"),
                        output_field=models.CharField(max_length=20),
                    ),
                ),
                ("narrative", models.TextField(blank=True)),
                ("not_applicable_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_before", models.BooleanField(default=False, editable=False)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assurance.answer",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="framework.criterionversion",
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
            name="AnswerEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("not_reviewed", "Not reviewed"),
                            ("supports", "Supports the grade"),
                            ("not_enough", "Does not show it"),
                            ("out_of_date", "Out of date"),
                        ],
                        default="not_reviewed",
                        max_length=12,
                    ),
                ),
                ("verdict_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="assurance.answer"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="evidence.evidenceitem"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "verdict_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verdict_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidenceversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnswerEvidenceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("added_at", models.DateTimeField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("not_reviewed", "Not reviewed"),
                            ("supports", "Supports the grade"),
                            ("not_enough", "Does not show it"),
                            ("out_of_date", "Out of date"),
                        ],
                        default="not_reviewed",
                        max_length=12,
                    ),
                ),
                ("verdict_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assurance.answer",
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
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="evidence.evidenceitem",
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
                        to="assurance.answerevidence",
                    ),
                ),
                (
                    "verdict_by",
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
                    "verdict_on",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="evidence.evidenceversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AssurancePolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "reds_for_limited",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="More “not met” criteria than this make the level limited."
                    ),
                ),
                (
                    "sample_size",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="How many further criteria are drawn at random when validating by exception.",
                    ),
                ),
                (
                    "rating_stale_months",
                    models.PositiveSmallIntegerField(
                        default=18, help_text="A rating older than this is shown as out of date."
                    ),
                ),
                (
                    "action_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Days that an action opened by validation is given unless the validator says otherwise.",
                    ),
                ),
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
            options={
                "verbose_name_plural": "assurance policies",
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("year", models.CharField(max_length=7, verbose_name="financial year")),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("tiers", models.JSONField(default=list, help_text="Which standards this round asks; empty means all")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("issuing", "Being issued"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=7,
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("categories", models.ManyToManyField(blank=True, related_name="+", to="providers.category")),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="providers.organisation"
                    ),
                ),
                (
                    "framework_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="framework.frameworkversion",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-opens_on", "name"],
            },
        ),
        migrations.CreateModel(
            name="RoundEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                ("name", models.CharField(max_length=120)),
                ("year", models.CharField(max_length=7, verbose_name="financial year")),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("tiers", models.JSONField(default=list, help_text="Which standards this round asks; empty means all")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("issuing", "Being issued"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=7,
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "framework_version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.frameworkversion",
                    ),
                ),
                (
                    "issued_by",
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
                        to="assurance.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SelfAssessment",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "Not started"),
                            ("in_progress", "In progress"),
                            ("submitted", "Submitted"),
                            ("under_review", "Being validated"),
                            ("sent_back", "Sent back for more"),
                            ("validated", "Validated"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="issued",
                        max_length=12,
                    ),
                ),
                ("why_issued", models.CharField(blank=True, max_length=200)),
                ("issued_at", models.DateTimeField()),
                ("first_submitted_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("validated_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                ("entering", models.BooleanField(default=False)),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="assurance.round"
                    ),
                ),
                (
                    "withdrawn_by",
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
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("self_assessed", "Self-assessed"),
                            ("accepted_as_declared", "Accepted as declared, not reviewed"),
                            ("evidence_reviewed", "Evidence reviewed"),
                            ("seen_on_visit", "Seen on visit"),
                        ],
                        max_length=20,
                    ),
                ),
                ("grade", models.CharField(max_length=20)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("declared", "Declared"),
                            ("agreed", "Agreed"),
                            ("higher", "Higher"),
                            ("lower", "Lower"),
                            ("more_evidence", "More evidence asked for"),
                            ("regraded", "Re-graded in year"),
                        ],
                        max_length=13,
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("current", models.BooleanField(default=True)),
                (
                    "strand",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("children", "Children"),
                            ("adults", "Adults"),
                            ("looked_after", "Looked after children"),
                        ],
                        help_text="In whose validation",
                        max_length=12,
                    ),
                ),
                (
                    "ground",
                    models.CharField(blank=True, help_text="A mark of the answer and evidence judged", max_length=16),
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
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="framework.criterionversion",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidenceitem",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LevelResult",
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
                ("override_reason", models.TextField(blank=True)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "decided_by",
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
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levels",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("reason", models.TextField()),
                ("raised_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_reason", models.TextField(blank=True)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.criterionversion"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_question",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "in question",
                "ordering": ["-raised_at"],
            },
        ),
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
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries_on_behalf",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="CriterionAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="criterion_link", to="actions.action"
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "criterion_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.criterionversion"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "rating",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assurance.rating"
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criterion_actions",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "value",
                    models.JSONField(default=dict, help_text='By kind of criterion; for a grade: {"grade": code}'),
                ),
                (
                    "grade",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.fields.json.KeyTextTransform("grade", "value"),
                        output_field=models.CharField(max_length=20),
                    ),
                ),
                ("narrative", models.TextField(blank=True)),
                ("not_applicable_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_before", models.BooleanField(default=False, editable=False)),
                (
                    "answered_by",
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
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assurance.answer",
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
                    "confirmed_by",
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
                    "criterion_version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="framework.criterionversion",
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
                        to="assurance.answer",
                    ),
                ),
                (
                    "self_assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="answer",
            name="self_assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="assurance.selfassessment"
            ),
        ),
        migrations.CreateModel(
            name="SelfAssessmentEvent",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "Not started"),
                            ("in_progress", "In progress"),
                            ("submitted", "Submitted"),
                            ("under_review", "Being validated"),
                            ("sent_back", "Sent back for more"),
                            ("validated", "Validated"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="issued",
                        max_length=12,
                    ),
                ),
                ("why_issued", models.CharField(blank=True, max_length=200)),
                ("issued_at", models.DateTimeField()),
                ("first_submitted_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("validated_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                ("entering", models.BooleanField(default=False)),
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
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assurance.round",
                    ),
                ),
                (
                    "withdrawn_by",
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
            name="SendBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notes", models.TextField()),
                ("due_on", models.DateField()),
                ("at", models.DateTimeField()),
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
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="send_backs",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="StandardResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[("self_assessed", "Self-assessed"), ("validated", "Validated")], max_length=13
                    ),
                ),
                ("met", models.PositiveSmallIntegerField(default=0)),
                ("partly", models.PositiveSmallIntegerField(default=0)),
                ("not_met", models.PositiveSmallIntegerField(default=0)),
                ("not_applicable", models.PositiveSmallIntegerField(default=0)),
                ("unanswered", models.PositiveSmallIntegerField(default=0)),
                (
                    "reviewed",
                    models.PositiveSmallIntegerField(default=0, help_text="Evidence reviewed or seen on visit"),
                ),
                (
                    "oldest_on",
                    models.DateField(blank=True, help_text="The oldest rating behind these counts", null=True),
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
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standard_results",
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="framework.standard"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StrandReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "strand",
                    models.CharField(
                        choices=[
                            ("children", "Children"),
                            ("adults", "Adults"),
                            ("looked_after", "Looked after children"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "strands",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("strand", function="", template="ARRAY[%(expressions)s]"),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=12), size=None
                        ),
                    ),
                ),
                (
                    "sample",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="Criterion versions drawn at random",
                        size=None,
                    ),
                ),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("signed_off_at", models.DateTimeField(blank=True, null=True)),
                ("level", models.CharField(blank=True, max_length=20)),
                ("level_reason", models.TextField(blank=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strand_reviews",
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "signed_off_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("document", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("signed_by_name", models.CharField(max_length=150)),
                ("signed_by_role", models.CharField(max_length=150)),
                ("signed_on", models.DateField()),
                ("declaration", models.TextField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("email", "By e-mail"),
                            ("paper", "On paper"),
                            ("telephone", "By telephone"),
                        ],
                        default="online",
                        max_length=9,
                    ),
                ),
                ("received_from", models.CharField(blank=True, max_length=150)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("correct_until", models.DateField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField()),
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
                (
                    "self_assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="assurance.selfassessment",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddConstraint(
            model_name="answerevidence",
            constraint=models.UniqueConstraint(fields=("answer", "item"), name="answer_evidence_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answerevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_answerevidenceevent" ("added_at", "added_by_id", "answer_id", "commissioner_id", "id", "item_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "verdict", "verdict_at", "verdict_by_id", "verdict_on_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."answer_id", NEW."commissioner_id", NEW."id", NEW."item_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."verdict", NEW."verdict_at", NEW."verdict_by_id", NEW."verdict_on_id"); RETURN NULL;',
                    hash="201d7823fa4f3fb7b9bcdf5d8476717d181837a8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bdf8e",
                    table="assurance_answerevidence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answerevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assurance_answerevidenceevent" ("added_at", "added_by_id", "answer_id", "commissioner_id", "id", "item_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "verdict", "verdict_at", "verdict_by_id", "verdict_on_id") VALUES (NEW."added_at", NEW."added_by_id", NEW."answer_id", NEW."commissioner_id", NEW."id", NEW."item_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."verdict", NEW."verdict_at", NEW."verdict_by_id", NEW."verdict_on_id"); RETURN NULL;',
                    hash="0e9864d8f5b9d32e87ba907a0d78f1ac652a8143",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_68032",
                    table="assurance_answerevidence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answerevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_answerevidenceevent" ("added_at", "added_by_id", "answer_id", "commissioner_id", "id", "item_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "verdict", "verdict_at", "verdict_by_id", "verdict_on_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."answer_id", OLD."commissioner_id", OLD."id", OLD."item_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."verdict", OLD."verdict_at", OLD."verdict_by_id", OLD."verdict_on_id"); RETURN NULL;',
                    hash="1c204a77d7eb3a1a0a14a8ff36bb7a1f1bdf0be0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4a39a",
                    table="assurance_answerevidence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answerevidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ebba74c79ebddfc137723fcd3108e905649f480d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3f4a5",
                    table="assurance_answerevidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="assurancepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="assurance_policy_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="assurancepolicy",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="assurance_policy_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("commissioner", "name"), name="round_name_once"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("id", "commissioner"), name="round_whose"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gt", models.F("opens_on"))), name="round_due_after_opening"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assurance_roundevent" ("commissioner_id", "due_on", "framework_version_id", "id", "issued_at", "issued_by_id", "name", "opens_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "state", "tiers", "version", "year") VALUES (NEW."commissioner_id", NEW."due_on", NEW."framework_version_id", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."name", NEW."opens_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."state", NEW."tiers", NEW."version", NEW."year"); RETURN NULL;',
                    hash="438592cafc089c0550ccde8c9ee2f0bc2057ec6f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d1a59",
                    table="assurance_round",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assurance_roundevent" ("commissioner_id", "due_on", "framework_version_id", "id", "issued_at", "issued_by_id", "name", "opens_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "state", "tiers", "version", "year") VALUES (NEW."commissioner_id", NEW."due_on", NEW."framework_version_id", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."name", NEW."opens_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."state", NEW."tiers", NEW."version", NEW."year"); RETURN NULL;',
                    hash="da7024fb3c37a498fc201a09973f8fad07039c66",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_87ae6",
                    table="assurance_round",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roundevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6318df5726a35d82ad502bbe0e1732023d5c70c5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_206b2",
                    table="assurance_roundevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="selfassessment",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)), fields=["due_on"], name="self_assessment_outstanding"
            ),
        ),
        migrations.AddIndex(
            model_name="selfassessment",
            index=models.Index(fields=["commissioner", "state", "submitted_at"], name="self_assessment_queue"),
        ),
        migrations.AddIndex(
            model_name="selfassessment",
            index=models.Index(fields=["organisation", "-issued_at"], name="self_assessment_of"),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.UniqueConstraint(fields=("round", "organisation"), name="self_assessment_once_a_round"),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.UniqueConstraint(
                fields=("id", "commissioner", "organisation"), name="self_assessment_whose"
            ),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "under_review", "validated"]), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="self_assessment_submitted_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "validated"), ("validated_at__isnull", False)),
                    models.Q(("state", "validated"), _negated=True),
                    _connector="OR",
                ),
                name="self_assessment_validated_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="self_assessment_withdrawn_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state__in", ["issued", "in_progress", "sent_back"])),
                    models.Q(
                        models.Q(("state__in", ["issued", "in_progress", "sent_back"]), _negated=True),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="self_assessment_settled_when_received",
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
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["self_assessment", "basis"],
                include=("grade", "on"),
                name="rating_now",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(
                condition=models.Q(("current", True)),
                fields=("self_assessment", "criterion_version", "basis"),
                name="rating_one_current_a_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(fields=("id", "commissioner", "organisation"), name="rating_whose"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["agreed", "declared"]), models.Q(("comment", ""), _negated=True), _connector="OR"
                ),
                name="rating_comment_unless_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="levelresult",
            constraint=models.UniqueConstraint(fields=("self_assessment", "strand"), name="level_once_a_strand"),
        ),
        migrations.AddConstraint(
            model_name="levelresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level", models.F("computed")), models.Q(("override_reason", ""), _negated=True), _connector="OR"
                ),
                name="level_override_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at__isnull", True)),
                fields=("self_assessment", "criterion_version"),
                name="in_question_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="in_question_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("settled_reason", "")),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("settled_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="in_question_settled_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="entryonbehalf",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel", "online"), _negated=True), name="entry_on_behalf_not_online"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c6464e2fdc52442ce998dd0b70e72dadebdc4678",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_900c8",
                    table="assurance_answerevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["commissioner", "organisation", "criterion_version"], include=("grade",), name="answer_grades"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["criterion_version", "commissioner"], name="answer_across"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("self_assessment", "criterion_version"), name="answer_once"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("id", "commissioner", "organisation"), name="answer_whose"),
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
            model_name="selfassessmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cc3c072d1f1bc2155eb825c8b669088fc4f0d578",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2998d",
                    table="assurance_selfassessmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="standardresult",
            constraint=models.UniqueConstraint(
                fields=("self_assessment", "standard", "basis"), name="standard_result_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="strandreview",
            constraint=models.UniqueConstraint(fields=("self_assessment", "strand"), name="strand_review_once"),
        ),
        migrations.AddConstraint(
            model_name="strandreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("level", ""), models.Q(("level_reason", ""), _negated=True), _connector="OR"),
                name="strand_review_level_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(fields=("self_assessment", "number"), name="submission_number_once"),
        ),
    ]
