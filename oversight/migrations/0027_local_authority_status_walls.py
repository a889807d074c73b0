"""The history of what a local authority said cannot be truncated, and a status never becomes another's."""

from django.db import migrations

from accounts.guards import never_truncated, refuse, violation

KEPT = ("commissioner_id", "organisation_id", "status_id", "starts_on", "source", "noted_by_id", "noted_at")
SAME = ", ".join(f"OLD.{name}" for name in KEPT)
NOW = SAME.replace("OLD.", "NEW.")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0026_local_authority_status")]

    operations = [
        *never_truncated("oversight_authorityconcernevent"),
        refuse(
            "oversight_authorityconcern_stays",
            "oversight_authorityconcern",
            "UPDATE",
            f"IF ({SAME}) IS DISTINCT FROM ({NOW}) THEN {violation('a status is ended and another recorded')} END IF;",
        ),
    ]
