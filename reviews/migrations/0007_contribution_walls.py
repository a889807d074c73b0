"""What was asked for stays asked for, of its review's own list; what was said of it is only added to; a provider's
people are never on the list of a review for everything.
"""

from django.db import migrations

from accounts.guards import append_only, composite_key, never_truncated, refuse, violation

KEPT = (
    "commissioner_id", "organisation_id", "review_id", "circle_id", "reference", "part", "asked_on", "asked_by_id",
    "original_due_on",
)  # fmt: skip
BEFORE, AFTER = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))
OF_ITS_LIST = f"""
    IF NOT EXISTS (SELECT 1 FROM reviews_review r WHERE r.id = NEW.review_id AND r.circle_id = NEW.circle_id)
    THEN {violation("a contribution is for the list of its review")} END IF;
"""
NO_PROVIDER_SEES_ALL = f"""
    IF NEW.scope = 'whole' AND EXISTS (SELECT 1 FROM reviews_review r WHERE r.circle_id = NEW.circle_id)
       AND EXISTS (
           SELECT 1 FROM accounts_membership m
           WHERE m.user_id = NEW.user_id AND m.side = 'provider' AND (m.ends_on IS NULL OR m.ends_on > NEW.starts_on)
       )
    THEN {violation("somebody of a provider sees only their own part of a review")} END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_contributions")]

    operations = [
        composite_key("reviews_contribution", "review_id", "reviews_review", "commissioner_id"),
        *append_only("reviews_contributionnote"),
        *never_truncated("reviews_contributionevent"),
        refuse(
            "reviews_contribution_stays", "reviews_contribution", "UPDATE",
            f"IF ({BEFORE}) IS DISTINCT FROM ({AFTER}) THEN {violation('a contribution stays whose and what it is')}"
            f" END IF; IF OLD.settled_at IS NOT NULL THEN {violation('a contribution that is over is not changed')}"
            " END IF;",
        ),
        refuse(
            "reviews_contribution_never_deleted", "reviews_contribution", "DELETE",
            violation("a contribution is withdrawn, not deleted"),
        ),
        refuse("reviews_contribution_of_its_list", "reviews_contribution", "INSERT", OF_ITS_LIST),
        refuse("reviews_no_provider_sees_all", "accounts_circlemember", "INSERT OR UPDATE OF scope", NO_PROVIDER_SEES_ALL),
    ]  # fmt: skip
