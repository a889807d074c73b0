"""Everything about a return is its commissioner's and its organisation's; what was submitted is frozen."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
PARTS = (
    "answer", "submission", "entryonbehalf", "sendback", "rating", "standardresult", "levelresult", "strandreview",
    "inquestion",
)  # fmt: skip
FROZEN = violation("the answers of a submitted return are frozen")
KEPT = violation("a rating is never overwritten")
SETTLED = violation("what was put in question is settled once and never changed")


class Migration(migrations.Migration):
    dependencies = [("assurance", "0001_initial"), ("actions", "0002_walls"), ("evidence", "0002_walls")]

    operations = [
        composite_key("assurance_selfassessment", "round_id", "assurance_round", "commissioner_id"),
        *(composite_key(f"assurance_{p}", "self_assessment_id", "assurance_selfassessment", *WHOSE) for p in PARTS),
        composite_key("assurance_answerevidence", "answer_id", "assurance_answer", *WHOSE),
        composite_key("assurance_answerevidence", "item_id", "evidence_evidenceitem", "organisation_id"),
        composite_key("assurance_criterionaction", "self_assessment_id", "assurance_selfassessment", *WHOSE),
        composite_key("assurance_criterionaction", "action_id", "actions_action", *WHOSE),
        composite_key("assurance_criterionaction", "rating_id", "assurance_rating", *WHOSE),
        refuse(
            "assurance_answer_frozen",
            "assurance_answer",
            "UPDATE OR DELETE",
            f"""
            IF NOT EXISTS (SELECT 1 FROM assurance_selfassessment s WHERE s.id = OLD.self_assessment_id
                AND s.state IN ('issued', 'in_progress', 'sent_back'))
            THEN {FROZEN} END IF;
            """,
        ),
        refuse(
            "assurance_rating_kept",
            "assurance_rating",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' THEN {KEPT} END IF;
            IF NEW.current OR (NEW.grade, NEW.outcome, NEW.comment, NEW.basis, NEW.by_id, NEW.at, NEW.on, NEW.strand, NEW.ground, NEW.evidence_id, NEW.source,
                               NEW.self_assessment_id, NEW.criterion_version_id)
                IS DISTINCT FROM (OLD.grade, OLD.outcome, OLD.comment, OLD.basis, OLD.by_id, OLD.at, OLD.on, OLD.strand, OLD.ground, OLD.evidence_id, OLD.source,
                               OLD.self_assessment_id, OLD.criterion_version_id)
            THEN {KEPT} END IF;
            """,
        ),
        refuse(
            "assurance_inquestion_settled_once",
            "assurance_inquestion",
            "UPDATE OR DELETE",
            f"""
            IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
                OR (NEW.since, NEW.reason, NEW.raised_by_id, NEW.raised_at, NEW.criterion_version_id)
                IS DISTINCT FROM (OLD.since, OLD.reason, OLD.raised_by_id, OLD.raised_at, OLD.criterion_version_id)
            THEN {SETTLED} END IF;
            """,
        ),
        *append_only("assurance_entryonbehalf"),
        *append_only("assurance_submission"),
        *append_only("assurance_sendback"),
        *never_truncated(
            "assurance_answerevent",
            "assurance_answerevidenceevent",
            "assurance_roundevent",
            "assurance_selfassessmentevent",
        ),
    ]
