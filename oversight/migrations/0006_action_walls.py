"""An action goes only with the import that brought it in."""

from django.db import migrations

from accounts.guards import refuse, violation

BODY = f"""
    IF NOT EXISTS (
        SELECT 1 FROM oversight_trace trace JOIN oversight_import held ON held.id = trace.brought_in_id
        WHERE trace.action_id = OLD.id AND trace.made AND held.state = 'accepted'
    ) THEN {violation("a row of actions_action is removed only when the import that made it is undone")} END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("oversight", "0005_actions"), ("actions", "0002_walls")]

    operations = [refuse("actions_action_only_with_its_import", "actions_action", "DELETE", BODY)]
