"""Verification keeps the version that was checked; whoever marks an action complete may not verify it."""

import django.db.models.deletion
from django.db import migrations, models

from accounts.guards import composite_key


class Migration(migrations.Migration):
    dependencies = [("actions", "0003_whose"), ("evidence", "0004_withdrawn_with_a_reason")]

    operations = [
        migrations.AddField(
            model_name="actionevidence",
            name="checked",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="actionevidence",
            name="checked_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evidence.evidenceversion",
            ),
        ),
        migrations.AlterField(
            model_name="actionupdate",
            name="kind",
            field=models.CharField(
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
        composite_key("actions_actionevidence", "checked_version_id", "evidence_evidenceversion", "organisation_id"),
    ]
