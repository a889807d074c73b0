"""What is measured, periods, returns, figures, questions and plans."""

from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
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
        ("accounts", "0005_link_bearers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("providers", "0005_homes_of_placements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("threshold", models.DecimalField(decimal_places=3, max_digits=9, null=True)),
                ("amber", models.DecimalField(decimal_places=3, max_digits=9, null=True)),
                ("threshold_reason", models.CharField(blank=True, max_length=300)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("figures", "Figures"),
                            ("nothing", "Nothing to declare"),
                            ("not_applicable", "Does not apply to us"),
                        ],
                        default="figures",
                        max_length=14,
                    ),
                ),
                ("answer_reason", models.CharField(blank=True, max_length=300)),
                ("narrative", models.TextField(blank=True)),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("esr", "Electronic Staff Record"),
                            ("own", "Own system or records"),
                            ("estimate", "Estimate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
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
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="FigureQuery",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for the provider"),
                            ("answered", "Answered"),
                            ("resolved", "Resolved"),
                            ("taken_back", "Taken back"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("question", models.CharField(max_length=600)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("resolution", models.CharField(blank=True, max_length=600)),
                ("resolved_at", models.DateTimeField(null=True)),
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
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="queries", to="training.askedline"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "figure queries",
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="FigureReturn",
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
                ("category", models.CharField(blank=True, max_length=8)),
                ("grouping", models.SlugField(blank=True, max_length=30)),
                ("roles_down", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "Not started"),
                            ("in_progress", "In progress"),
                            ("submitted", "Submitted"),
                            ("correcting", "Being corrected"),
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
                ("correcting_because", models.CharField(blank=True, max_length=300)),
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
            name="FigureQueryEvent",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for the provider"),
                            ("answered", "Answered"),
                            ("resolved", "Resolved"),
                            ("taken_back", "Taken back"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("question", models.CharField(max_length=600)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("resolution", models.CharField(blank=True, max_length=600)),
                ("resolved_at", models.DateTimeField(null=True)),
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
                    "asked",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.askedline",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        to="training.figurequery",
                    ),
                ),
                (
                    "resolved_by",
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
                    "figure_return",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.figurereturn",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="figurequery",
            name="figure_return",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="queries", to="training.figurereturn"
            ),
        ),
        migrations.CreateModel(
            name="FigureEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("link", "By link"),
                            ("email", "By e-mail"),
                            ("paper", "On paper"),
                            ("telephone", "By telephone"),
                            ("records", "From records"),
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
                    "figure_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="training.figurereturn"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.AddField(
            model_name="askedline",
            name="figure_return",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="training.figurereturn"
            ),
        ),
        migrations.CreateModel(
            name="FigureSubmission",
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
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why it was corrected")),
                ("signed_by_name", models.CharField(max_length=150)),
                ("signed_by_role", models.CharField(max_length=150)),
                ("signed_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("link", "By link"),
                            ("email", "By e-mail"),
                            ("paper", "On paper"),
                            ("telephone", "By telephone"),
                            ("records", "From records"),
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
                    "figure_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="training.figurereturn",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
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
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("grouping", models.SlugField(max_length=30)),
                ("code", models.SlugField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                (
                    "also",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Other names by which lists and workbooks call it",
                        size=None,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "ordering": ["grouping", "position"],
            },
        ),
        migrations.CreateModel(
            name="Grouping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("code", models.SlugField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                (
                    "heading",
                    models.CharField(
                        help_text="For example Staff group, Role, Age",
                        max_length=40,
                        verbose_name="heading of the column",
                    ),
                ),
                (
                    "of_staff",
                    models.BooleanField(default=True, help_text="People who work for the provider are split by it"),
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
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="HostCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(max_length=80, verbose_name="host area")),
                ("count", models.PositiveIntegerField()),
                (
                    "assurance",
                    models.CharField(
                        choices=[
                            ("held", "Assurance received from the host area"),
                            ("asked", "Asked for, not received"),
                            ("not_asked", "Not asked for"),
                        ],
                        max_length=9,
                    ),
                ),
                ("held_on", models.DateField(blank=True, null=True)),
                ("written_at", models.DateTimeField(null=True)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hosts", to="training.askedline"
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
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["area"],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "short",
                    models.CharField(
                        help_text="Heads a column of the overview", max_length=32, verbose_name="short name"
                    ),
                ),
                (
                    "family",
                    models.CharField(choices=[("training", "Training"), ("indicator", "Indicator")], max_length=9),
                ),
                ("subject", models.SlugField(blank=True, max_length=40)),
                ("level", models.CharField(blank=True, max_length=20)),
                ("set_code", models.SlugField(max_length=40, verbose_name="set")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("share", "So many of so many, shown in per cent"),
                            ("count", "A count"),
                            ("rate", "A rate"),
                            ("milestone", "A milestone: reached or not"),
                        ],
                        default="share",
                        max_length=9,
                    ),
                ),
                ("numerator", models.CharField(max_length=160, verbose_name="what is counted")),
                ("denominator", models.CharField(blank=True, max_length=160, verbose_name="of what")),
                (
                    "per",
                    models.PositiveIntegerField(
                        blank=True, help_text="For a rate, for example 1,000", null=True, verbose_name="per"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("up", "More is better"),
                            ("down", "Less is better"),
                            ("none", "Neither: a number to know"),
                        ],
                        default="up",
                        max_length=4,
                    ),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[("quarter", "Every quarter"), ("month", "Every month")],
                        default="quarter",
                        max_length=7,
                    ),
                ),
                (
                    "split",
                    models.SlugField(
                        blank=True,
                        help_text="“staff”: as the staff of this kind of provider are split; or a grouping",
                        max_length=30,
                    ),
                ),
                (
                    "reasons",
                    models.SlugField(
                        blank=True, help_text="A grouping whose groups say why some were not in time", max_length=30
                    ),
                ),
                ("by_host", models.BooleanField(default=False, verbose_name="by host area")),
                ("headcount", models.BooleanField(default=False, verbose_name="headcount in post is asked as well")),
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
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, default=list, size=None
                    ),
                ),
                (
                    "service",
                    models.SlugField(blank=True, help_text="Only where the provider gives this service", max_length=40),
                ),
                (
                    "refresh",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("course", "A course, valid for so many months"),
                            ("hours", "So many hours within so many months"),
                            ("annual", "An event every year"),
                        ],
                        max_length=6,
                    ),
                ),
                ("refresh_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("refresh_hours", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                (
                    "first_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=5,
                        null=True,
                        verbose_name="hours in the first twelve months",
                    ),
                ),
                ("guidance", models.CharField(blank=True, max_length=400, verbose_name="what to count, and what not")),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "in_use",
                    models.BooleanField(default=True, help_text="An own row that is not in use stops a shipped line"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "ordering": ["position", "code"],
            },
        ),
        migrations.AddField(
            model_name="askedline",
            name="line",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.line"),
        ),
        migrations.CreateModel(
            name="LineSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("kpi_set", "Key indicators"),
                            ("quality_schedule", "Quality schedule"),
                            ("cquin", "CQUIN scheme"),
                        ],
                        default="kpi_set",
                        max_length=16,
                    ),
                ),
                (
                    "contract_reference",
                    models.CharField(blank=True, help_text="Schedule and page of the contract", max_length=120),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                (
                    "organisation",
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
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[("quarter", "Every quarter"), ("month", "Every month")],
                        default="quarter",
                        max_length=7,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day, included", verbose_name="as at")),
                ("due_on", models.DateField()),
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
                ("by_schedule", models.BooleanField(default=False)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
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
                "ordering": ["-ends_on", "timing"],
            },
        ),
        migrations.CreateModel(
            name="FigureReturnEvent",
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
                ("category", models.CharField(blank=True, max_length=8)),
                ("grouping", models.SlugField(blank=True, db_index=False, max_length=30)),
                ("roles_down", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "Not started"),
                            ("in_progress", "In progress"),
                            ("submitted", "Submitted"),
                            ("correcting", "Being corrected"),
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
                ("correcting_because", models.CharField(blank=True, max_length=300)),
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
                        to="training.figurereturn",
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
                (
                    "period",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.period",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="figurereturn",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="training.period"
            ),
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(db_index=False, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("total", "Everybody"),
                            ("group", "One group"),
                            ("reason", "Not in time for this reason"),
                            ("host", "In one host area"),
                        ],
                        default="total",
                        max_length=6,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=80)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("figures", "Figures"),
                            ("nothing", "Nothing to declare"),
                            ("not_applicable", "Does not apply to us"),
                        ],
                        default="figures",
                        max_length=14,
                    ),
                ),
                ("headcount", models.PositiveIntegerField(null=True)),
                ("denominator", models.PositiveIntegerField(null=True)),
                ("numerator", models.PositiveIntegerField(null=True)),
                ("reached_on", models.DateField(null=True)),
                (
                    "assurance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("held", "Assurance received from the host area"),
                            ("asked", "Asked for, not received"),
                            ("not_asked", "Not asked for"),
                        ],
                        max_length=9,
                    ),
                ),
                ("held_on", models.DateField(null=True)),
                ("threshold", models.DecimalField(decimal_places=3, max_digits=9, null=True)),
                ("amber", models.DecimalField(decimal_places=3, max_digits=9, null=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("up", "More is better"),
                            ("down", "Less is better"),
                            ("none", "Neither: a number to know"),
                        ],
                        max_length=4,
                    ),
                ),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="training.askedline"
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
                    "figure_return",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="training.figurereturn"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="training.figuresubmission",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.period"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PeriodEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[("quarter", "Every quarter"), ("month", "Every month")],
                        default="quarter",
                        max_length=7,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day, included", verbose_name="as at")),
                ("due_on", models.DateField()),
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
                ("by_schedule", models.BooleanField(default=False)),
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
                        to="training.period",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StaffListMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choices", models.JSONField(default=dict)),
                ("kept_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_list_mapping",
                        to="providers.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaffSplit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "tier",
                    models.CharField(
                        blank=True,
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
                    "category",
                    models.CharField(
                        blank=True, help_text="Of this category only; comes before the tier", max_length=8
                    ),
                ),
                ("grouping", models.SlugField(blank=True, max_length=30)),
                (
                    "roles_down",
                    models.BooleanField(
                        default=False, help_text="Roles are the rows of the grid and lines its columns"
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
                "ordering": ["category", "tier"],
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                (
                    "strand",
                    models.CharField(blank=True, help_text="Children, adults or looked after children", max_length=20),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("code", models.SlugField(max_length=40, verbose_name="line")),
                ("category", models.CharField(blank=True, max_length=8)),
                ("value", models.DecimalField(decimal_places=3, max_digits=9)),
                ("amber", models.DecimalField(decimal_places=3, default=Decimal("10"), max_digits=9)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("set_at", models.DateTimeField(null=True)),
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
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["code", "category"],
            },
        ),
        migrations.CreateModel(
            name="Trajectory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="line")),
                ("why_below", models.CharField(max_length=600, verbose_name="why it is below the threshold")),
                ("what_is_done", models.CharField(max_length=600, verbose_name="what is done about it")),
                ("made_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "verbose_name_plural": "trajectories",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="TrajectoryPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_day", models.DateField()),
                ("planned", models.DecimalField(decimal_places=3, max_digits=9)),
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
                    "trajectory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="points", to="training.trajectory"
                    ),
                ),
            ],
            options={
                "ordering": ["by_day"],
            },
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("group", "A group, or everybody together"),
                            ("reason", "How many were not in time for this reason"),
                        ],
                        default="group",
                        max_length=6,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=30)),
                ("headcount", models.PositiveIntegerField(blank=True, null=True)),
                ("denominator", models.PositiveIntegerField(blank=True, null=True)),
                ("numerator", models.PositiveIntegerField(blank=True, null=True)),
                ("reached_on", models.DateField(blank=True, help_text="Of a milestone", null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField(null=True)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="training.askedline"
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
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["asked", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("asked", "kind", "group"), name="cell_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("headcount", None), ("headcount__lte", 9999999), _connector="OR"),
                            models.Q(("denominator", None), ("denominator__lte", 9999999), _connector="OR"),
                            models.Q(("numerator", None), ("numerator__lte", 9999999), _connector="OR"),
                        ),
                        name="cell_not_endless",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "automatic",
                    models.BooleanField(
                        default=False, help_text="Periods are opened on their first day after they end"
                    ),
                ),
                (
                    "quarter_working_days",
                    models.PositiveSmallIntegerField(
                        default=20, help_text="A quarter's figures are due so many working days after its end"
                    ),
                ),
                ("month_working_days", models.PositiveSmallIntegerField(default=10)),
                (
                    "jump",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("20"),
                        help_text="A denominator that moved by more per cent since last time is asked about",
                        max_digits=5,
                    ),
                ),
                (
                    "same_periods",
                    models.PositiveSmallIntegerField(
                        default=3, help_text="Identical figures in so many periods running are asked about"
                    ),
                ),
                (
                    "below_periods",
                    models.PositiveSmallIntegerField(
                        default=2, help_text="Below the threshold so many periods running: a recovery plan is asked for"
                    ),
                ),
                (
                    "dip",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("5"),
                        help_text="A fall by so many points is an alert",
                        max_digits=5,
                    ),
                ),
                (
                    "flat",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("1"),
                        help_text="Below the threshold and moved by less than so many points: flat",
                        max_digits=5,
                    ),
                ),
                (
                    "fewest_peers",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="Fewer like providers: no comparison is shown"
                    ),
                ),
                (
                    "query_working_days",
                    models.PositiveSmallIntegerField(default=10, help_text="A question is due after so many"),
                ),
                (
                    "correction_working_days",
                    models.PositiveSmallIntegerField(
                        default=10, help_text="How long a provider may correct what was typed for it"
                    ),
                ),
                (
                    "link_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="A link opens so many days after the due date"
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="collecting_rule_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("commissioner"), models.Value(0)
                                ),
                                "=",
                            ),
                            (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                        ],
                        name="collecting_rule_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_code", models.SlugField(max_length=30, verbose_name="check")),
                ("group", models.CharField(blank=True, max_length=30)),
                ("question", models.CharField(max_length=300)),
                ("words", models.CharField(max_length=600)),
                ("at", models.DateTimeField()),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="explanations",
                        to="training.askedline",
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
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("asked", "check_code", "group"), name="explanation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="explanation_in_words"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurequeryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0d03642c6b05790941d0bca8ae4427e53ef20573",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8d1fb",
                    table="training_figurequeryevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="figurequery",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)), fields=["due_on"], name="figure_query_outstanding"
            ),
        ),
        migrations.AddConstraint(
            model_name="figurequery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state", "asked")),
                    models.Q(models.Q(("state", "asked"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="figure_query_settled_when_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurequery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="figure_query_answer_in_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurequery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["resolved", "taken_back"]), _negated=True),
                    models.Q(("resolution", ""), _negated=True),
                    _connector="OR",
                ),
                name="figure_query_resolution_in_words",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurequery",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_figurequeryevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_by_id", "asked_id", "circle_id", "commissioner_id", "due_on", "due_version", "figure_return_id", "id", "organisation_id", "original_due_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reference", "resolution", "resolved_at", "resolved_by_id", "settled_at", "state") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_by_id", NEW."asked_id", NEW."circle_id", NEW."commissioner_id", NEW."due_on", NEW."due_version", NEW."figure_return_id", NEW."id", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."reference", NEW."resolution", NEW."resolved_at", NEW."resolved_by_id", NEW."settled_at", NEW."state"); RETURN NULL;',
                    hash="0bb73226f475c79f9ee235b50081dd6f73c45c29",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_72e55",
                    table="training_figurequery",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurequery",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_figurequeryevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_by_id", "asked_id", "circle_id", "commissioner_id", "due_on", "due_version", "figure_return_id", "id", "organisation_id", "original_due_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reference", "resolution", "resolved_at", "resolved_by_id", "settled_at", "state") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_by_id", NEW."asked_id", NEW."circle_id", NEW."commissioner_id", NEW."due_on", NEW."due_version", NEW."figure_return_id", NEW."id", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."reference", NEW."resolution", NEW."resolved_at", NEW."resolved_by_id", NEW."settled_at", NEW."state"); RETURN NULL;',
                    hash="747e368e81610d898ec275a5122fea02021aae6f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b826f",
                    table="training_figurequery",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="figureentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["online", "link"]), _negated=True), name="figure_entry_not_online"
            ),
        ),
        migrations.AddConstraint(
            model_name="figuresubmission",
            constraint=models.UniqueConstraint(
                fields=("figure_return", "number"), name="figure_submission_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="figuresubmission",
            constraint=models.UniqueConstraint(
                fields=("id", "commissioner", "organisation"), name="figure_submission_whose"
            ),
        ),
        migrations.AddConstraint(
            model_name="figuresubmission",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="figure_submission_correction_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="group_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("grouping", "="),
                    ("code", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="group_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="grouping_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouping",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("code", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="grouping_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hostcount",
            constraint=models.UniqueConstraint(fields=("asked", "area"), name="host_once"),
        ),
        migrations.AddConstraint(
            model_name="hostcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("assurance", "held"), ("held_on", None), _connector="XOR"),
                name="host_held_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="hostcount",
            constraint=models.CheckConstraint(condition=models.Q(("count__lte", 9999999)), name="host_not_endless"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="line_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("code", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="line_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["share", "rate"]), ("denominator", ""), _connector="XOR"),
                name="line_denominator_where_needed",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("form", "rate"), ("per__isnull", True), _connector="XOR"), name="line_per_for_rates"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("refresh", ""), _negated=True), ("refresh_months__gt", 0)),
                    models.Q(("refresh", ""), ("refresh_months__isnull", True)),
                    _connector="OR",
                ),
                name="line_refresh_with_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("refresh", "hours"), ("refresh_hours__isnull", True), _connector="XOR"),
                name="line_refresh_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="askedline",
            constraint=models.UniqueConstraint(fields=("figure_return", "code"), name="asked_line_once"),
        ),
        migrations.AddConstraint(
            model_name="askedline",
            constraint=models.UniqueConstraint(fields=("id", "commissioner", "organisation"), name="asked_line_whose"),
        ),
        migrations.AddConstraint(
            model_name="lineset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="line_set_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="lineset",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("code", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="line_set_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(fields=("commissioner", "timing", "starts_on"), name="period_once"),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(fields=("id", "commissioner"), name="period_whose"),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="period_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gt", models.F("ends_on"))), name="period_due_after_its_end"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="period",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_periodevent" ("by_schedule", "commissioner_id", "due_on", "ends_on", "id", "issued_at", "issued_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "state", "timing", "version") VALUES (NEW."by_schedule", NEW."commissioner_id", NEW."due_on", NEW."ends_on", NEW."id", NEW."issued_at", NEW."issued_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."starts_on", NEW."state", NEW."timing", NEW."version"); RETURN NULL;',
                    hash="d5c151dd34f4c44be45bf94501e0df03fc40f31c",
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
                    func='INSERT INTO "training_periodevent" ("by_schedule", "commissioner_id", "due_on", "ends_on", "id", "issued_at", "issued_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "state", "timing", "version") VALUES (NEW."by_schedule", NEW."commissioner_id", NEW."due_on", NEW."ends_on", NEW."id", NEW."issued_at", NEW."issued_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."starts_on", NEW."state", NEW."timing", NEW."version"); RETURN NULL;',
                    hash="741035be6d4b2e3ff024d70ac068993d94f5aafe",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b19f6",
                    table="training_period",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurereturnevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0be6ee744590fd416ad141c007197ed3105a63ed",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4ffa5",
                    table="training_figurereturnevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="figurereturn",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)), fields=["due_on"], name="figure_return_outstanding"
            ),
        ),
        migrations.AddIndex(
            model_name="figurereturn",
            index=models.Index(fields=["organisation", "-issued_at"], name="figure_return_of"),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.UniqueConstraint(fields=("period", "organisation"), name="figure_return_once_a_period"),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.UniqueConstraint(
                fields=("id", "commissioner", "organisation"), name="figure_return_whose"
            ),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.UniqueConstraint(
                fields=("id", "commissioner", "organisation", "period"), name="figure_return_when"
            ),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "correcting"]), _negated=True),
                    ("first_submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="figure_return_submitted_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "correcting"), _negated=True),
                    models.Q(("correcting_because", ""), _negated=True),
                    _connector="OR",
                ),
                name="figure_return_corrected_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="figure_return_withdrawn_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state__in", ["issued", "in_progress"])),
                    models.Q(
                        models.Q(("state__in", ["issued", "in_progress"]), _negated=True), ("settled_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="figure_return_settled_when_received",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurereturn",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_figurereturnevent" ("category", "circle_id", "commissioner_id", "correcting_because", "due_on", "due_version", "entering", "first_submitted_at", "grouping", "id", "issued_at", "organisation_id", "original_due_on", "paused_until", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "roles_down", "settled_at", "state", "submitted_at", "tier", "version", "why_issued", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."category", NEW."circle_id", NEW."commissioner_id", NEW."correcting_because", NEW."due_on", NEW."due_version", NEW."entering", NEW."first_submitted_at", NEW."grouping", NEW."id", NEW."issued_at", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", NEW."period_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."roles_down", NEW."settled_at", NEW."state", NEW."submitted_at", NEW."tier", NEW."version", NEW."why_issued", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="dbdaed376c867d4475d0cda7c9d0b1d5dd48c8b0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3ca9b",
                    table="training_figurereturn",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurereturn",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_figurereturnevent" ("category", "circle_id", "commissioner_id", "correcting_because", "due_on", "due_version", "entering", "first_submitted_at", "grouping", "id", "issued_at", "organisation_id", "original_due_on", "paused_until", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "roles_down", "settled_at", "state", "submitted_at", "tier", "version", "why_issued", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."category", NEW."circle_id", NEW."commissioner_id", NEW."correcting_because", NEW."due_on", NEW."due_version", NEW."entering", NEW."first_submitted_at", NEW."grouping", NEW."id", NEW."issued_at", NEW."organisation_id", NEW."original_due_on", NEW."paused_until", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."roles_down", NEW."settled_at", NEW."state", NEW."submitted_at", NEW."tier", NEW."version", NEW."why_issued", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="05d9d296770fa38b08cee33447afdc4359d8a02a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dbcf6",
                    table="training_figurereturn",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                condition=models.Q(("kind", "total"), ("known_to", None)),
                fields=["commissioner", "period", "code"],
                include=("organisation", "numerator", "denominator", "threshold", "answer"),
                name="figure_sums",
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                condition=models.Q(("known_to", None)), fields=["organisation", "code", "period"], name="figure_of"
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(fields=["figure_return"], name="figure_in_return"),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_to", None)), fields=("asked", "kind", "group"), name="figure_one_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(("known_to", None), ("known_to__gt", models.F("known_from")), _connector="OR"),
                name="figure_known_for_a_while",
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "not_applicable"), ("denominator", None), ("numerator", None)),
                    models.Q(models.Q(("answer", "not_applicable"), _negated=True), ("numerator__isnull", False)),
                    _connector="OR",
                ),
                name="figure_has_a_number_or_does_not_apply",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="periodevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fb31a0cd1d9ff5b07b237536347af1d41ea7a442",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9cded",
                    table="training_periodevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="staffsplit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="staff_split_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffsplit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("tier", "="),
                    ("category", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="staff_split_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffsplit",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier", ""), ("category", ""), _connector="XOR"),
                name="staff_split_tier_or_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="subject_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("code", "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="subject_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="threshold_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (django.db.models.functions.comparison.Coalesce(models.F("commissioner"), models.Value(0)), "="),
                    ("code", "="),
                    ("category", "="),
                    (django.db.models.functions.comparison.Coalesce(models.F("organisation"), models.Value(0)), "="),
                    (providers.models.policy.DateRange("valid_from", "valid_to"), "&&"),
                ],
                name="threshold_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("amber__gte", 0), ("value__gte", 0)), name="threshold_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("category", ""), ("organisation__isnull", True), _connector="OR"),
                name="threshold_category_or_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", ""), ("organisation__isnull", True)),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="threshold_local_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("organisation__isnull", True), ("commissioner__isnull", False), _connector="OR"),
                name="threshold_local_is_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="trajectory",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)),
                fields=("commissioner", "organisation", "code"),
                name="trajectory_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="trajectory",
            constraint=models.UniqueConstraint(fields=("id", "commissioner", "organisation"), name="trajectory_whose"),
        ),
        migrations.AddConstraint(
            model_name="trajectorypoint",
            constraint=models.UniqueConstraint(fields=("trajectory", "by_day"), name="trajectory_point_once"),
        ),
    ]
