"""What was said of a review stays, its list is its own commissioner's and never one person's, and its clocks are its."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

KEPT = ("commissioner_id", "circle_id", "reference", "referred_on", "registered_by_id", "registered_at")
BEFORE, AFTER = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))

AMONG_ITS_PEOPLE = f"""
    IF NOT EXISTS (
        SELECT 1 FROM accounts_circle c WHERE c.id = NEW.circle_id AND c.commissioner_id = NEW.commissioner_id
    ) THEN {violation("a review is for a list of its own commissioner")} END IF;
    IF (
        SELECT count(*) FROM accounts_circlemember m
        WHERE m.circle_id = NEW.circle_id AND m.scope = 'whole' AND m.ends_on IS NULL
    ) < 2 THEN {violation("a review is for at least two people")} END IF;
"""
NEVER_ONE_PERSON = f"""
    IF OLD.scope = 'whole' AND NEW.ends_on IS NOT NULL AND OLD.ends_on IS NULL
       AND EXISTS (SELECT 1 FROM reviews_review r WHERE r.circle_id = NEW.circle_id)
       AND (
           SELECT count(*) FROM accounts_circlemember m
           WHERE m.circle_id = NEW.circle_id AND m.scope = 'whole' AND m.ends_on IS NULL AND m.id <> NEW.id
       ) < 2
    THEN {violation("the list of a review keeps two people")} END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_reviews_and_clocks"), ("accounts", "0005_link_bearers")]

    operations = [
        composite_key("reviews_clock", "review_id", "reviews_review", "commissioner_id"),
        *append_only("reviews_milestone"),
        *append_only("reviews_stagemove"),
        *append_only("reviews_kindchange"),
        *append_only("reviews_clockmove"),
        *append_only("reviews_reviewread"),
        *append_only("reviews_emergencyaccess"),
        *never_truncated("reviews_reviewevent", "reviews_clockevent"),
        refuse(
            "reviews_review_stays",
            "reviews_review",
            "UPDATE",
            f"IF ({BEFORE}) IS DISTINCT FROM ({AFTER}) THEN {violation('a review stays whose and what it is')} END IF;"
            f" IF OLD.closed_at IS NOT NULL THEN {violation('a closed review is not changed')} END IF;",
        ),
        refuse(
            "reviews_review_never_deleted", "reviews_review", "DELETE", violation("a review is closed, not deleted")
        ),
        refuse("reviews_review_among_its_people", "reviews_review", "INSERT", AMONG_ITS_PEOPLE),
        refuse("reviews_list_never_of_one", "accounts_circlemember", "UPDATE OF ends_on", NEVER_ONE_PERSON),
    ]
