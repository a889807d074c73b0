"""What is known of a provider stays its own, within its people, and on its sites; what was weighed or entered stays."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")


def stays(table: str, *kept: str) -> migrations.RunSQL:
    """These columns of a row never change."""
    before, after = (", ".join(f"{row}.{name}" for name in (*WHOSE, "reference", *kept)) for row in ("OLD", "NEW"))
    no = violation(f"a row of {table} is withdrawn or closed, and made anew")
    return refuse(f"{table}_stays", table, "UPDATE", f"IF ({before}) IS DISTINCT FROM ({after}) THEN {no} END IF;")


def on_its_site(table: str) -> migrations.RunSQL:
    body = f"""
        IF NEW.site_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM providers_site s WHERE s.id = NEW.site_id AND s.organisation_id = NEW.organisation_id
        ) THEN {violation("this site is another organisation's".replace("'", "''"))} END IF;
    """
    return refuse(f"{table}_on_its_site", table, "INSERT OR UPDATE OF site_id", body)


AMONG_ITS_PEOPLE = f"""
    IF NEW.circle_id IS NOT NULL THEN
        IF NEW.concern_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM oversight_concern c WHERE c.id = NEW.concern_id AND c.circle_id = NEW.circle_id
        ) THEN {violation("a restricted item belongs to a concern for the same people")} END IF;
        IF NOT EXISTS (
            SELECT 1 FROM accounts_circle c WHERE c.id = NEW.circle_id AND c.commissioner_id = NEW.commissioner_id
        ) THEN {violation("an item is restricted to a list of its own commissioner")} END IF;
        IF (
            SELECT count(*) FROM accounts_circlemember m
            WHERE m.circle_id = NEW.circle_id AND m.scope = 'whole' AND m.ends_on IS NULL
        ) < 2 THEN {violation("a restricted item is for at least two people")} END IF;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("oversight", "0014_incidents_and_intelligence")]

    operations = [
        composite_key("oversight_weighing", "concern_id", "oversight_concern", *WHOSE),
        composite_key("oversight_intelligenceitem", "concern_id", "oversight_concern", *WHOSE),
        composite_key("oversight_indicator", "replaces_id", "oversight_indicator", *WHOSE),
        *append_only("oversight_weighing"),
        *append_only("oversight_indicator"),
        *never_truncated("oversight_concernevent", "oversight_intelligenceitemevent", "oversight_seriousincidentevent"),
        stays("oversight_seriousincident", "told_by_id", "told_at"),
        stays("oversight_intelligenceitem", "recorded_by_id", "recorded_at"),
        stays("oversight_concern", "opened_by_id", "opened_at", "circle_id"),
        on_its_site("oversight_seriousincident"),
        on_its_site("oversight_intelligenceitem"),
        refuse(
            "oversight_intelligenceitem_among_its_people",
            "oversight_intelligenceitem",
            "INSERT OR UPDATE OF circle_id, concern_id",
            AMONG_ITS_PEOPLE,
        ),
    ]
