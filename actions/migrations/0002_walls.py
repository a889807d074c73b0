"""Updates and evidence belong to their action's commissioner and organisation; updates are append-only."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated

WHOSE = ("commissioner_id", "organisation_id")


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial"), ("evidence", "0002_walls")]

    operations = [
        composite_key("actions_actionupdate", "action_id", "actions_action", *WHOSE),
        composite_key("actions_actionevidence", "action_id", "actions_action", *WHOSE),
        composite_key("actions_actionevidence", "item_id", "evidence_evidenceitem", "organisation_id"),
        composite_key("actions_actionevidence", "checked_version_id", "evidence_evidenceversion", "organisation_id"),
        *append_only("actions_actionupdate"),
        *never_truncated("actions_actionevent"),
    ]
