"""Learning is its commissioner's, as is the review it came from; its words stay once they are published."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

KEPT = ("commissioner_id", "review_id", "reference")
WORDS = ("kind", "title", "happened", "matters", "to_do", "questions", "links", "published_by_id", "published_at")
PASSED = ("commissioner_id", "learning_id", "medium", '"on"', "categories", "staff_groups", "attendance", "note")
ASKED = ("commissioner_id", "organisation_id", "learning_id", "reference", "original_due_on")


def differ(names: tuple[str, ...]) -> str:
    """The condition that one of these columns changes."""
    before, after = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    return f"({before}) IS DISTINCT FROM ({after})"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_learning")]

    operations = [
        composite_key("reviews_learning", "review_id", "reviews_review", "commissioner_id"),
        composite_key("reviews_dissemination", "learning_id", "reviews_learning", "commissioner_id"),
        composite_key("reviews_learningask", "learning_id", "reviews_learning", "commissioner_id"),
        composite_key("reviews_acknowledgement", "ask_id", "reviews_learningask", "commissioner_id", "organisation_id"),
        *append_only("reviews_acknowledgement"),
        *never_truncated("reviews_learningevent"),
        refuse(
            "reviews_learning_stays",
            "reviews_learning",
            "UPDATE",
            f"IF {differ(KEPT)} THEN {violation('learning stays whose it is')} END IF;"
            f" IF OLD.state <> 'draft' AND {differ(WORDS)} THEN {violation('published learning is not changed')} END IF;"
            f" IF OLD.state <> 'draft' AND NEW.state = 'draft' THEN {violation('learning is withdrawn instead')} END IF;",
        ),
        refuse("reviews_learning_kept", "reviews_learning", "DELETE", violation("learning is withdrawn, not deleted")),
        refuse(
            "reviews_dissemination_stays",
            "reviews_dissemination",
            "UPDATE",
            f"IF OLD.struck_at IS NOT NULL OR {differ(PASSED)}"
            f" THEN {violation('what was passed on is struck out, not changed')} END IF;",
        ),
        refuse(
            "reviews_learningask_stays",
            "reviews_learningask",
            "UPDATE",
            f"IF {differ(ASKED)} THEN {violation('who was asked stays asked')} END IF;",
        ),
    ]
