"""Keep that an entry for the provider was given back, by whom and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import append_only, composite_key


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0006_colleague_asks"),
        ("providers", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryGivenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
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
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_back",
                        to="assurance.entryonbehalf",
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
                        related_name="entries_given_back",
                        to="assurance.selfassessment",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="entry_given_back_with_a_reason"
                    )
                ],
            },
        ),
        composite_key(
            "assurance_entrygivenback",
            "self_assessment_id",
            "assurance_selfassessment",
            "commissioner_id",
            "organisation_id",
        ),
        *append_only("assurance_entrygivenback"),
    ]
