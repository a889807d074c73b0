"""A link to figures is its return's; to whom it was sent is kept, and it is taken back once."""

from django.db import migrations

from accounts.guards import composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
SENT = ("figure_return_id", "bearer_id", "made_by_id", "made_at")
OLD, NEW = (", ".join(f"{row}.{column}" for column in SENT) for row in ("OLD", "NEW"))


class Migration(migrations.Migration):
    dependencies = [("training", "0006_figure_links"), ("accounts", "0005_link_bearers")]

    operations = [
        composite_key("training_figurelink", "figure_return_id", "training_figurereturn", *WHOSE),
        composite_key("training_figuresubmission", "link_id", "training_figurelink", "figure_return_id", *WHOSE),
        refuse(
            "training_figurelink_kept",
            "training_figurelink",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR ({NEW}) IS DISTINCT FROM ({OLD})
                OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
            THEN {violation("to whom a link was sent is kept; it is taken back once")} END IF;
            """,
        ),
        *never_truncated("training_figurelinkevent"),
    ]
