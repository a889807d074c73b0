"""What was asked again stays asked; it is settled once."""

from django.db import migrations

from accounts.guards import refuse, violation

KEPT = ("commissioner_id", "organisation_id", "criterion_id", "asked_on", "because")
BEFORE, AFTER = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))


class Migration(migrations.Migration):
    dependencies = [("framework", "0005_retests")]

    operations = [
        refuse(
            "framework_retest_stays",
            "framework_retest",
            "UPDATE",
            f"IF OLD.settled_on IS NOT NULL OR ({BEFORE}) IS DISTINCT FROM ({AFTER})"
            f" THEN {violation('what was asked again stays asked')} END IF;",
        ),
        refuse(
            "framework_retest_kept",
            "framework_retest",
            "DELETE",
            violation("what was asked again is settled, not deleted"),
        ),
    ]
