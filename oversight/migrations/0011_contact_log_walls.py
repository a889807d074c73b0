"""The history of the contact log cannot be truncated, and an entry never changes whose it is."""

from django.db import migrations

from accounts.guards import never_truncated, refuse, violation

KEPT = ("commissioner_id", "organisation_id", "reference", "logged_by_id", "logged_at")
SAME = ", ".join(f"OLD.{name}" for name in KEPT)
NOW = SAME.replace("OLD.", "NEW.")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0010_contact_log")]

    operations = [
        *never_truncated("oversight_contactentryevent"),
        refuse(
            "oversight_contactentry_stays",
            "oversight_contactentry",
            "UPDATE",
            f"IF ({SAME}) IS DISTINCT FROM ({NOW}) THEN {violation('a contact is withdrawn and logged anew')} END IF;",
        ),
    ]
