"""A link is its return's; to whom it was sent is kept, and it is taken back once."""

from django.db import migrations

from accounts.guards import composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
SAME_RETURN = ("self_assessment_id", *WHOSE)
SENT = ("self_assessment_id", "standard_id", "asked_through_id", "bearer_id", "made_by_id", "made_at")
OLD, NEW = (", ".join(f"{row}.{column}" for column in SENT) for row in ("OLD", "NEW"))


class Migration(migrations.Migration):
    dependencies = [("assurance", "0013_return_links"), ("accounts", "0005_link_bearers")]

    operations = [
        composite_key("assurance_returnlink", "self_assessment_id", "assurance_selfassessment", *WHOSE),
        composite_key("assurance_returnlink", "asked_through_id", "assurance_returnlink", *SAME_RETURN),
        composite_key("assurance_submission", "link_id", "assurance_returnlink", *SAME_RETURN),
        refuse(
            "assurance_returnlink_kept",
            "assurance_returnlink",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR ({NEW}) IS DISTINCT FROM ({OLD})
                OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
            THEN {violation("to whom a link was sent is kept; it is taken back once")} END IF;
            """,
        ),
        *never_truncated("assurance_returnlinkevent"),
    ]
