"""A colleague's link is its return's, through a link of the same return; which part it opens is kept."""

from django.db import migrations

from accounts.guards import composite_key, violation

WHOSE = ("commissioner_id", "organisation_id")
BEFORE = ("figure_return_id", "bearer_id", "made_by_id", "made_at")
KEPT = violation("to whom a link was sent is kept; it is taken back once")


def kept(*columns: str) -> str:
    """The function of the trigger: none of these changes, no link goes, and it is taken back once."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
        CREATE OR REPLACE FUNCTION training_figurelink_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF TG_OP = 'DELETE' OR ({new}) IS DISTINCT FROM ({old})
            OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
        THEN {KEPT} END IF; RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$
    """


class Migration(migrations.Migration):
    dependencies = [("training", "0010_figure_links_of_parts")]

    operations = [
        composite_key("training_figurelink", "asked_through_id", "training_figurelink", "figure_return_id", *WHOSE),
        migrations.RunSQL(kept(*BEFORE, "part", "asked_through_id"), kept(*BEFORE)),
    ]
