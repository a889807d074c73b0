"""Make the tables of providers."""

import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.references
import providers.models.policy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("lead", "Lead commissioner"), ("associate", "Associate commissioner")],
                        default="lead",
                        max_length=9,
                    ),
                ),
                (
                    "contract_form",
                    models.CharField(
                        choices=[
                            ("full", "NHS Standard Contract"),
                            ("shorter", "NHS Standard Contract, shorter form"),
                            ("gms", "GP contract (GMS)"),
                            ("pms", "GP contract (PMS)"),
                            ("apms", "GP contract (APMS)"),
                            ("grant", "Grant"),
                            ("joint", "Joint contract with the local authority"),
                            ("spot", "Spot placement"),
                        ],
                        max_length=8,
                    ),
                ),
                ("contract_number", models.CharField(blank=True, max_length=60)),
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
                        help_text="Empty: as the category says.",
                        max_length=16,
                        verbose_name="standards asked",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["organisation__name", "starts_on"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("plural", models.CharField(max_length=120)),
                ("usual_contract", models.CharField(max_length=12)),
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
                    "code_shape",
                    models.CharField(
                        blank=True, help_text="A pattern; a code that differs is a warning.", max_length=80
                    ),
                ),
                ("assured", models.BooleanField(default=True, help_text="Asked for returns in the first place")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="ServiceQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True)),
                ("question", models.CharField(max_length=200)),
                ("hint", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("safeguarding_lead", "Safeguarding lead"),
                            ("deputy", "Deputy safeguarding lead"),
                            ("named_nurse", "Named nurse"),
                            ("named_doctor", "Named doctor"),
                            ("executive", "Executive lead"),
                            ("registered_manager", "Registered manager"),
                            ("practice_manager", "Practice manager"),
                            ("contract", "Contract manager"),
                            ("designated", "Designated professional"),
                            ("front_door_children", "Front door for children"),
                            ("front_door_adults", "Front door for adults"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("job_title", models.CharField(blank=True, max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("out_of_hours_telephone", models.CharField(blank=True, max_length=40)),
                ("receives_reminders", models.BooleanField(default=False)),
                ("verified_on", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
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
                "ordering": ["kind", "name"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("commissioner", "Commissioner"),
                            ("provider", "Provider"),
                            ("board", "Safeguarding board or partnership"),
                            ("partnership", "Partnership body"),
                            ("regulator", "Regulator"),
                            ("local_authority", "Local authority"),
                            ("place", "Place"),
                        ],
                        default="provider",
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=9,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{3,9}$",
                                "Enter a code of 3 to 9 letters and digits, for example E82001 or G7H8J.",
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                (
                    "cqc_provider_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC provider id",
                    ),
                ),
                (
                    "cqc_location_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC location id",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("mailbox", models.EmailField(blank=True, max_length=254, verbose_name="organisation mailbox")),
                ("website", models.URLField(blank=True)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=300)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="providers.category",
                    ),
                ),
                (
                    "registered_by",
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
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("safeguarding_lead", "Safeguarding lead"),
                            ("deputy", "Deputy safeguarding lead"),
                            ("named_nurse", "Named nurse"),
                            ("named_doctor", "Named doctor"),
                            ("executive", "Executive lead"),
                            ("registered_manager", "Registered manager"),
                            ("practice_manager", "Practice manager"),
                            ("contract", "Contract manager"),
                            ("designated", "Designated professional"),
                            ("front_door_children", "Front door for children"),
                            ("front_door_adults", "Front door for adults"),
                        ],
                        max_length=20,
                    ),
                ),
                ("job_title", models.CharField(blank=True, max_length=150)),
                ("receives_reminders", models.BooleanField(default=False)),
                ("verified_on", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
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
                        to="providers.contact",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="providers.organisation"
            ),
        ),
        migrations.CreateModel(
            name="ArrangementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("lead", "Lead commissioner"), ("associate", "Associate commissioner")],
                        default="lead",
                        max_length=9,
                    ),
                ),
                (
                    "contract_form",
                    models.CharField(
                        choices=[
                            ("full", "NHS Standard Contract"),
                            ("shorter", "NHS Standard Contract, shorter form"),
                            ("gms", "GP contract (GMS)"),
                            ("pms", "GP contract (PMS)"),
                            ("apms", "GP contract (APMS)"),
                            ("grant", "Grant"),
                            ("joint", "Joint contract with the local authority"),
                            ("spot", "Spot placement"),
                        ],
                        max_length=8,
                    ),
                ),
                ("contract_number", models.CharField(blank=True, max_length=60)),
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
                        help_text="Empty: as the category says.",
                        max_length=16,
                        verbose_name="standards asked",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
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
                        to="providers.arrangement",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="arrangement",
            name="commissioner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="arrangements_held",
                to="providers.organisation",
            ),
        ),
        migrations.AddField(
            model_name="arrangement",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="arrangements", to="providers.organisation"
            ),
        ),
        migrations.CreateModel(
            name="OrganisationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("commissioner", "Commissioner"),
                            ("provider", "Provider"),
                            ("board", "Safeguarding board or partnership"),
                            ("partnership", "Partnership body"),
                            ("regulator", "Regulator"),
                            ("local_authority", "Local authority"),
                            ("place", "Place"),
                        ],
                        default="provider",
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=9,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{3,9}$",
                                "Enter a code of 3 to 9 letters and digits, for example E82001 or G7H8J.",
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                (
                    "cqc_provider_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC provider id",
                    ),
                ),
                (
                    "cqc_location_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC location id",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("mailbox", models.EmailField(blank=True, max_length=254, verbose_name="organisation mailbox")),
                ("website", models.URLField(blank=True)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=300)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.category",
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
                        to="providers.organisation",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Partnership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("children", "Safeguarding children board or partnership"),
                            ("adults", "Safeguarding adults board"),
                            ("community_safety", "Community safety partnership"),
                            ("local_authority", "Local authority front door"),
                            ("health", "Health body"),
                        ],
                        max_length=16,
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partnerships",
                        to="providers.organisation",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="boards", to="providers.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PartnershipEvent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("children", "Safeguarding children board or partnership"),
                            ("adults", "Safeguarding adults board"),
                            ("community_safety", "Community safety partnership"),
                            ("local_authority", "Local authority front door"),
                            ("health", "Health body"),
                        ],
                        max_length=16,
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "board",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
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
                        to="providers.partnership",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holds", models.BooleanField()),
                ("stated_on", models.DateField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="providers.organisation",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.servicequestion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("holds", models.BooleanField()),
                ("stated_on", models.DateField()),
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
                        to="providers.serviceanswer",
                    ),
                ),
                (
                    "stated_by",
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
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.servicequestion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(
                        default=accounts.references.new_reference, editable=False, max_length=10, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=9,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{3,9}$",
                                "Enter a code of 3 to 9 letters and digits, for example E82001 or G7H8J.",
                            )
                        ],
                        verbose_name="ODS site code",
                    ),
                ),
                (
                    "cqc_location_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC location id",
                    ),
                ),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="providers.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SiteEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(default=accounts.references.new_reference, editable=False, max_length=10),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=9,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{3,9}$",
                                "Enter a code of 3 to 9 letters and digits, for example E82001 or G7H8J.",
                            )
                        ],
                        verbose_name="ODS site code",
                    ),
                ),
                (
                    "cqc_location_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^1-[0-9]{6,12}$", "Enter a CQC id in the form 1-1234567890."
                            )
                        ],
                        verbose_name="CQC location id",
                    ),
                ),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
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
                        to="providers.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merged", "Merged into"),
                            ("taken_over", "Taken over by"),
                            ("replaced", "Replaced by"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "open_returns",
                    models.CharField(
                        choices=[("move", "Move to the successor"), ("close", "Close, with a reason")],
                        default="close",
                        max_length=5,
                    ),
                ),
                ("open_returns_reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="providers.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessions",
                        to="providers.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SuccessionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merged", "Merged into"),
                            ("taken_over", "Taken over by"),
                            ("replaced", "Replaced by"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "open_returns",
                    models.CharField(
                        choices=[("move", "Move to the successor"), ("close", "Close, with a reason")],
                        default="close",
                        max_length=5,
                    ),
                ),
                ("open_returns_reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
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
                        to="providers.succession",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="providers.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                ),
                name="organisation_name_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("code"),
                condition=models.Q(("code", ""), _negated=True),
                name="organisation_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "provider"), _negated=True), ("category__isnull", False), _connector="OR"
                ),
                name="organisation_provider_has_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True),
                    ("opened_on__isnull", True),
                    ("closed_on__gte", models.F("opened_on")),
                    _connector="OR",
                ),
                name="organisation_closes_after_opening",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_organisationevent" ("address", "category_id", "closed_on", "closed_reason", "code", "cqc_location_id", "cqc_provider_id", "id", "kind", "mailbox", "name", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "registered_by_id", "telephone", "version", "website") VALUES (NEW."address", NEW."category_id", NEW."closed_on", NEW."closed_reason", NEW."code", NEW."cqc_location_id", NEW."cqc_provider_id", NEW."id", NEW."kind", NEW."mailbox", NEW."name", NEW."opened_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."reference", NEW."registered_by_id", NEW."telephone", NEW."version", NEW."website"); RETURN NULL;',
                    hash="64348d800e6f0d0c83c57b0aa31fc31a75a928fa",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0a7c6",
                    table="providers_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_organisationevent" ("address", "category_id", "closed_on", "closed_reason", "code", "cqc_location_id", "cqc_provider_id", "id", "kind", "mailbox", "name", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "registered_by_id", "telephone", "version", "website") VALUES (NEW."address", NEW."category_id", NEW."closed_on", NEW."closed_reason", NEW."code", NEW."cqc_location_id", NEW."cqc_provider_id", NEW."id", NEW."kind", NEW."mailbox", NEW."name", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."reference", NEW."registered_by_id", NEW."telephone", NEW."version", NEW."website"); RETURN NULL;',
                    hash="ab513e78fd9710df56403cf3dace4003c58e8a96",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4f323",
                    table="providers_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bb3ee8f472d0e5ebe5308d9e8d243fa413069966",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_34be4",
                    table="providers_contactevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), _negated=True), models.Q(("telephone", ""), _negated=True), _connector="OR"
                ),
                name="contact_can_be_reached",
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
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_contactevent" ("ended_on", "id", "job_title", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receives_reminders", "reference", "verified_by_id", "verified_on", "version") VALUES (NEW."ended_on", NEW."id", NEW."job_title", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."receives_reminders", NEW."reference", NEW."verified_by_id", NEW."verified_on", NEW."version"); RETURN NULL;',
                    hash="ccaefa9f4fa9c53feb1e09611ea935ee17391fc9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e272d",
                    table="providers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."job_title" IS DISTINCT FROM (NEW."job_title") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."receives_reminders" IS DISTINCT FROM (NEW."receives_reminders") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."verified_by_id" IS DISTINCT FROM (NEW."verified_by_id") OR OLD."verified_on" IS DISTINCT FROM (NEW."verified_on") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "providers_contactevent" ("ended_on", "id", "job_title", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receives_reminders", "reference", "verified_by_id", "verified_on", "version") VALUES (NEW."ended_on", NEW."id", NEW."job_title", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."receives_reminders", NEW."reference", NEW."verified_by_id", NEW."verified_on", NEW."version"); RETURN NULL;',
                    hash="f198ed022486c4a4843555ebca6d994a14035ac3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4c089",
                    table="providers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="arrangementevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="836e4b7b47860909754b14b737ee7b5642a347df",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3a869",
                    table="providers_arrangementevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="arrangement",
            index=models.Index(fields=["commissioner", "organisation"], name="arrangement_pair"),
        ),
        migrations.AddConstraint(
            model_name="arrangement",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                name="arrangement_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrangement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("commissioner", models.F("organisation")), _negated=True),
                    ("part", "lead"),
                    _connector="OR",
                ),
                name="arrangement_own_is_lead",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrangement",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("part", "lead")),
                expressions=[("organisation", "="), (providers.models.policy.DateRange("starts_on", "ends_on"), "&&")],
                name="arrangement_one_lead",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrangement",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("commissioner", "="),
                    ("organisation", "="),
                    (providers.models.policy.DateRange("starts_on", "ends_on"), "&&"),
                ],
                name="arrangement_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="arrangement",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_arrangementevent" ("commissioner_id", "contract_form", "contract_number", "ends_on", "id", "organisation_id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "tier", "version") VALUES (NEW."commissioner_id", NEW."contract_form", NEW."contract_number", NEW."ends_on", NEW."id", NEW."organisation_id", NEW."part", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."starts_on", NEW."tier", NEW."version"); RETURN NULL;',
                    hash="584cb7895ea6eabd9598d4fa7787f358a9227127",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_aea6f",
                    table="providers_arrangement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="arrangement",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_arrangementevent" ("commissioner_id", "contract_form", "contract_number", "ends_on", "id", "organisation_id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "starts_on", "tier", "version") VALUES (NEW."commissioner_id", NEW."contract_form", NEW."contract_number", NEW."ends_on", NEW."id", NEW."organisation_id", NEW."part", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."starts_on", NEW."tier", NEW."version"); RETURN NULL;',
                    hash="1a177a7705970c2c6f58205a4da9c17859754e38",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_26d1d",
                    table="providers_arrangement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3ed5a92eb55f45f1cba267af892c9b72b4f13575",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e9ed7",
                    table="providers_organisationevent",
                    when="BEFORE",
                ),
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
            model_name="partnershipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9151ca8827d9e17fc3774e91cfffea4a1d487997",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_88bcd",
                    table="providers_partnershipevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceanswerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b8ea1e142875fc2fe58ca5c5a835c35e41dfe6a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_75f32",
                    table="providers_serviceanswerevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceanswer",
            constraint=models.UniqueConstraint(fields=("organisation", "question"), name="service_answer_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "providers_serviceanswerevent" ("holds", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "stated_by_id", "stated_on") VALUES (NEW."holds", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question_id", NEW."stated_by_id", NEW."stated_on"); RETURN NULL;',
                    hash="cdd2c57409b4c6312dbfde40573990e62ee9f578",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_be5f9",
                    table="providers_serviceanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "providers_serviceanswerevent" ("holds", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "stated_by_id", "stated_on") VALUES (NEW."holds", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question_id", NEW."stated_by_id", NEW."stated_on"); RETURN NULL;',
                    hash="600a7f1a0cb4452ef04a19d8f532ed7ac2d28947",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_001af",
                    table="providers_serviceanswer",
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
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                models.F("organisation"), django.db.models.functions.text.Upper("name"), name="site_name_once"
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
            model_name="siteevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="93e7b11551f70a75f538cbc697c56c4d0a8dff94",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a0f9e",
                    table="providers_siteevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.UniqueConstraint(fields=("predecessor", "successor"), name="succession_once"),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("predecessor", models.F("successor")), _negated=True), name="succession_to_another"
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
        pgtrigger.migrations.AddTrigger(
            model_name="successionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2000d3243aa221d5cde65c5ee85a7141c361d691",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8110e",
                    table="providers_successionevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
