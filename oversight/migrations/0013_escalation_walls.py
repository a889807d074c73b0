"""Steps, notices and suspensions belong to one commissioner and one provider; history is append-only."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
APPEND_ONLY = (
    "oversight_escalationground",
    "oversight_escalationentry",
    "oversight_noticeground",
    "oversight_noticefile",
)
HISTORY = ("escalation", "contractnotice", "noticemilestone", "placementsuspension")
LEVEL = ["commissioner_id", "organisation_id", "label_id", "starts_on", "reason", "set_by_id", "set_at", "reference"]
OLD, NEW = (", ".join(f"{row}.{name}" for name in LEVEL) for row in ("OLD", "NEW"))


def of(child: str, column: str, parent: str) -> migrations.RunSQL:
    return composite_key(f"oversight_{child}", column, parent, *WHOSE)


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0012_escalation"),
        ("actions", "0002_walls"),
        ("assurance", "0002_walls"),
        ("evidence", "0002_walls"),
        ("providers", "0002_walls"),
    ]

    operations = [
        *(of(child, "escalation_id", "oversight_escalation") for child in ("escalationground", "escalationentry",
          "escalationpaper", "contractnotice")),
        *(of(child, "notice_id", "oversight_contractnotice") for child in ("noticeground", "noticemilestone",
          "noticefile")),
        of("noticeground", "action_id", "actions_action"),
        of("noticeground", "self_assessment_id", "assurance_selfassessment"),
        migrations.RunSQL(
            "ALTER TABLE oversight_noticefile ADD CONSTRAINT oversight_noticefile_item_whose FOREIGN KEY "
            "(item_id, commissioner_id) REFERENCES evidence_evidenceitem (id, organisation_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE oversight_noticefile DROP CONSTRAINT oversight_noticefile_item_whose",
        ),
        refuse(
            "oversight_notice_under_its_contract", "oversight_contractnotice", "INSERT OR UPDATE",
            "IF NOT EXISTS (SELECT 1 FROM providers_arrangement held WHERE held.id = NEW.contract_id AND "
            "held.commissioner_id = NEW.commissioner_id AND held.organisation_id = NEW.organisation_id) THEN "
            f"{violation('a notice is under a contract of its commissioner with its organisation')} END IF;",
        ),
        refuse(
            "oversight_suspension_at_its_site", "oversight_placementsuspension", "INSERT OR UPDATE",
            "IF NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM providers_site held WHERE "
            "held.id = NEW.site_id AND held.organisation_id = NEW.organisation_id) THEN "
            f"{violation('a suspension is at a site of its organisation')} END IF;",
        ),
        refuse(
            "oversight_surveillance_stays", "oversight_surveillancelevel", "UPDATE",
            f"IF ({OLD}) IS DISTINCT FROM ({NEW}) OR OLD.ends_on IS NOT NULL THEN "
            f"{violation('a level of surveillance is ended and never rewritten')} END IF;",
        ),
        *(wall for table in APPEND_ONLY for wall in append_only(table)),
        *never_truncated(*(f"oversight_{name}event" for name in HISTORY)),
    ]  # fmt: skip
