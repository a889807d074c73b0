"""What was seen at a site stays as it was seen, at a site of that provider; a later visit only retires it."""

from django.db import migrations

from accounts.guards import refuse, violation

KEPT = violation("what was seen on a visit is never overwritten")
ELSEWHERE = violation("what was seen belongs to a site of the provider")


class Migration(migrations.Migration):
    dependencies = [("assurance", "0017_seen_at_sites")]

    operations = [
        refuse(
            "assurance_seenatsite_kept",
            "assurance_seenatsite",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' THEN {KEPT} END IF;
            IF NEW.current OR (NEW.state, NEW.words, NEW.source, NEW.on, NEW.at, NEW.by_id, NEW.site_id,
                               NEW.criterion_id, NEW.organisation_id, NEW.commissioner_id)
                IS DISTINCT FROM (OLD.state, OLD.words, OLD.source, OLD.on, OLD.at, OLD.by_id, OLD.site_id,
                               OLD.criterion_id, OLD.organisation_id, OLD.commissioner_id)
            THEN {KEPT} END IF;
            """,
        ),
        refuse(
            "assurance_seenatsite_at_own_site",
            "assurance_seenatsite",
            "INSERT",
            f"""
            IF NEW.site_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM providers_site s WHERE s.id = NEW.site_id AND s.organisation_id = NEW.organisation_id
            ) THEN {ELSEWHERE} END IF;
            """,
        ),
    ]
