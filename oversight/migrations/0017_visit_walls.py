"""Everything of a visit is its commissioner's and its provider's, at the provider's own sites; a final one is frozen."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
CHILDREN = ("visitfinding", "visitmember", "visitstep")
FINAL = violation("a visit whose report is final does not change its findings")
UNDONE = violation("a visit that was done does not become another one")
ELSEWHERE = violation("a site of a visit belongs to the provider")
TEAM = violation("the team of a visit that was written up is kept")


def at_own_site(table: str) -> migrations.RunSQL:
    body = f"""
        IF NEW.site_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM providers_site s WHERE s.id = NEW.site_id AND s.organisation_id = NEW.organisation_id
        ) THEN {ELSEWHERE} END IF;
    """
    return refuse(f"{table}_at_own_site", table, "INSERT OR UPDATE OF site_id, organisation_id", body)


def while_visit(name: str, table: str, events: str, states: str, words: str) -> migrations.RunSQL:
    """Only while the visit of the row is in one of the states."""
    body = f"""
        IF NOT EXISTS (
            SELECT 1 FROM oversight_visit v
            WHERE v.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.visit_id ELSE OLD.visit_id END) AND v.state IN ({states})
        ) THEN {words} END IF;
    """
    return refuse(name, table, events, body)


class Migration(migrations.Migration):
    dependencies = [("oversight", "0016_visits"), ("actions", "0002_walls"), ("providers", "0002_walls")]

    operations = [
        composite_key("oversight_visit", "follows_id", "oversight_visit", *WHOSE),
        *(composite_key(f"oversight_{child}", "visit_id", "oversight_visit", *WHOSE) for child in CHILDREN),
        composite_key("oversight_findingaction", "finding_id", "oversight_visitfinding", *WHOSE),
        composite_key("oversight_findingaction", "action_id", "actions_action", *WHOSE),
        at_own_site("oversight_visit"),
        at_own_site("oversight_visitfinding"),
        while_visit(
            "oversight_visitfinding_frozen",
            "oversight_visitfinding",
            "INSERT OR UPDATE OR DELETE",
            "'planned', 'done', 'draft', 'with_provider'",
            FINAL,
        ),
        while_visit("oversight_visitmember_kept", "oversight_visitmember", "UPDATE OR DELETE", "'planned'", TEAM),
        refuse(
            "oversight_visit_kept",
            "oversight_visit",
            "UPDATE",
            f"""
            IF (OLD.state IN ('final', 'cancelled') AND NEW.state <> OLD.state)
                OR (OLD.state <> 'planned' AND NEW.state IN ('planned', 'cancelled') AND NEW.state <> OLD.state)
                OR (OLD.state <> 'planned' AND (NEW.kind, NEW.started_on, NEW.ended_on)
                    IS DISTINCT FROM (OLD.kind, OLD.started_on, OLD.ended_on))
            THEN {UNDONE} END IF;
            """,
        ),
        *append_only("oversight_visitstep"),
        *append_only("oversight_findingaction"),
        *never_truncated("oversight_visitevent"),
    ]
