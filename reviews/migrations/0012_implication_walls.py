"""Implications and criteria of a recommendation are its commissioner's; a closed implication stays."""

from django.db import migrations

from accounts.guards import composite_key, never_truncated, refuse, violation


class Migration(migrations.Migration):
    dependencies = [("reviews", "0011_implications_and_criteria")]

    operations = [
        composite_key("reviews_implication", "recommendation_id", "reviews_recommendation", "commissioner_id"),
        composite_key(
            "reviews_recommendationcriterion", "recommendation_id", "reviews_recommendation", "commissioner_id"
        ),
        *never_truncated("reviews_implicationevent", "reviews_recommendationcriterionevent"),
        refuse(
            "reviews_implication_stays",
            "reviews_implication",
            "UPDATE",
            f"IF NEW.recommendation_id <> OLD.recommendation_id OR OLD.closed_on IS NOT NULL"
            f" THEN {violation('a closed implication is not changed')} END IF;",
        ),
        refuse(
            "reviews_implication_kept",
            "reviews_implication",
            "DELETE",
            violation("an implication is closed, not deleted"),
        ),
    ]
