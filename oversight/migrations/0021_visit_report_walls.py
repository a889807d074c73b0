"""Reports, comments and letters of a visit are its commissioner's and its provider's; what was sent never changes."""

from django.db import migrations

from accounts.guards import append_only, composite_key, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
CHILDREN = ("actionplan", "reportcomment", "reportshare", "visitletter", "visitpart", "visitreport")
FINAL = violation("a visit whose report is final does not change what was written")
SENT = violation("a letter that was sent does not change")
SAID = violation("what was said about a draft does not change")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0020_visit_reports")]

    operations = [
        *(composite_key(f"oversight_{child}", "visit_id", "oversight_visit", *WHOSE) for child in CHILDREN),
        composite_key("oversight_concerntold", "finding_id", "oversight_visitfinding", *WHOSE),
        refuse(
            "oversight_visitpart_frozen",
            "oversight_visitpart",
            "INSERT OR UPDATE OR DELETE",
            f"""
            IF EXISTS (
                SELECT 1 FROM oversight_visit v
                WHERE v.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.visit_id ELSE OLD.visit_id END)
                    AND v.state IN ('final', 'cancelled')
            ) THEN {FINAL} END IF;
            """,
        ),
        refuse(
            "oversight_visitletter_sent",
            "oversight_visitletter",
            "UPDATE OR DELETE",
            f"IF OLD.sent_at IS NOT NULL THEN {SENT} END IF;",
        ),
        refuse(
            "oversight_reportcomment_said",
            "oversight_reportcomment",
            "UPDATE",
            f"""
            IF (NEW.visit_id, NEW.about, NEW.text, NEW.by_id, NEW.at)
                IS DISTINCT FROM (OLD.visit_id, OLD.about, OLD.text, OLD.by_id, OLD.at)
                OR (OLD.answer <> '' AND (NEW.answer, NEW.answer_text) IS DISTINCT FROM (OLD.answer, OLD.answer_text))
                OR (OLD.decision <> '' AND (NEW.decision, NEW.decision_text)
                    IS DISTINCT FROM (OLD.decision, OLD.decision_text))
            THEN {SAID} END IF;
            """,
        ),
        *append_only("oversight_visitreport"),
        *append_only("oversight_reportshare"),
        *append_only("oversight_concerntold"),
    ]
