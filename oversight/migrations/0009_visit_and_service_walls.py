"""What was decided about a visit or a new service is kept: marks end once, stages only follow one another."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

SET = ("commissioner_id", "organisation_id", "kind", "reason", "until", "by_id", "at")
OLD, NEW = (", ".join(f"{row}.{column}" for column in SET) for row in ("OLD", "NEW"))


class Migration(migrations.Migration):
    dependencies = [("oversight", "0008_visits_and_new_services")]

    operations = [
        refuse(
            "oversight_programmemark_kept",
            "oversight_programmemark",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR ({NEW}) IS DISTINCT FROM ({OLD}) OR OLD.ended_at IS NOT NULL
            THEN {violation("a mark on the visit programme is kept as it was set; it is taken back once")} END IF;
            """,
        ),
        composite_key("oversight_mobilisationstep", "mobilisation_id", "oversight_mobilisation", "commissioner_id"),
        *append_only("oversight_mobilisationstep"),
        *never_truncated("oversight_programmemarkevent", "oversight_mobilisationevent"),
    ]
