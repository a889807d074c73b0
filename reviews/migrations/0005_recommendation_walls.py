"""A recommendation, what is done about it and what is said of it are its review's and its commissioner's, and stay."""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

WHOSE = ("commissioner_id", "organisation_id")
KEPT = ("commissioner_id", "review_id", "reference", "recorded_by_id", "recorded_at")
BEFORE, AFTER = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))

FOR_ITS_PEOPLE = f"""
    IF NOT EXISTS (
        SELECT 1 FROM reviews_recommendation m JOIN reviews_review r ON r.id = m.review_id
        JOIN actions_action a ON a.id = NEW.action_id
        WHERE m.id = NEW.recommendation_id AND a.circle_id = r.circle_id
    ) THEN {violation("an action of a review is for the people of the review")} END IF;
"""
STAYS_FOR_THEM = f"""
    IF NEW.circle_id IS DISTINCT FROM OLD.circle_id
       AND EXISTS (SELECT 1 FROM reviews_recommendationaction p WHERE p.action_id = NEW.id)
    THEN {violation("an action of a review is for the people of the review")} END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_recommendations_and_parts"), ("actions", "0003_widths_of_levels_and_outlook")]

    operations = [
        composite_key("reviews_recommendation", "review_id", "reviews_review", "commissioner_id"),
        composite_key("reviews_recommendationtheme", "recommendation_id", "reviews_recommendation", "commissioner_id"),
        composite_key("reviews_recommendationaction", "recommendation_id", "reviews_recommendation", "commissioner_id"),
        composite_key("reviews_recommendationaction", "action_id", "actions_action", *WHOSE),
        composite_key("reviews_impactreview", "part_id", "reviews_recommendationaction", *WHOSE),
        composite_key("reviews_position", "recommendation_id", "reviews_recommendation", "commissioner_id"),
        *append_only("reviews_position"),
        *never_truncated(
            "reviews_recommendationevent", "reviews_recommendationthemeevent", "reviews_recommendationactionevent",
            "reviews_impactreviewevent",
        ),
        refuse(
            "reviews_recommendation_stays",
            "reviews_recommendation",
            "UPDATE",
            f"IF ({BEFORE}) IS DISTINCT FROM ({AFTER})"
            f" THEN {violation('a recommendation stays whose and of which review it is')} END IF;",
        ),
        refuse(
            "reviews_recommendation_never_deleted",
            "reviews_recommendation",
            "DELETE",
            violation("a recommendation is superseded, not deleted"),
        ),
        refuse("reviews_part_for_its_people", "reviews_recommendationaction", "INSERT OR UPDATE", FOR_ITS_PEOPLE),
        refuse("reviews_action_stays_for_its_people", "actions_action", "UPDATE OF circle_id", STAYS_FOR_THEM),
    ]  # fmt: skip
