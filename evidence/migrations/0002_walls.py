"""A version belongs to its item's organisation; what was uploaded never changes, only its scan."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

UPLOADED = violation("an uploaded version never changes")


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        composite_key("evidence_evidenceversion", "item_id", "evidence_evidenceitem", "organisation_id"),
        refuse(
            "evidence_version_kept",
            "evidence_evidenceversion",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' THEN {UPLOADED} END IF;
            IF (NEW.sha256, NEW.storage_name, NEW.item_id, NEW.number, NEW.size, NEW.uploaded_by_id, NEW.uploaded_at)
                IS DISTINCT FROM
               (OLD.sha256, OLD.storage_name, OLD.item_id, OLD.number, OLD.size, OLD.uploaded_by_id, OLD.uploaded_at)
            THEN {UPLOADED} END IF;
            """,
        ),
        *append_only("evidence_evidencedownload"),
        *never_truncated("evidence_evidenceitemevent", "evidence_evidenceversionevent"),
    ]
