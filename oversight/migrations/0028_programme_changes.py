"""What the visit programme is made of leaves a line when it changes, like what the overview is made of."""

from django.db import migrations

WATCHED = (
    "actions_action", "oversight_concern", "oversight_surveillancelabel", "oversight_surveillancelevel",
    "oversight_term", "oversight_visit", "oversight_visitrule", "oversight_visitweight", "oversight_weighing",
    "providers_post", "providers_postholder", "providers_postrule", "providers_regulatorrating",
)  # fmt: skip


def watch(table: str) -> migrations.RunSQL:
    """A statement that changes rows of the table leaves a line (assurance 0015)."""
    return migrations.RunSQL(
        f"CREATE TRIGGER programme_changed AFTER INSERT OR DELETE OR UPDATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION assurance_note_figures_change()",
        f"DROP TRIGGER programme_changed ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0027_local_authority_status_walls"),
        ("actions", "0002_walls"),
        ("assurance", "0016_policy_bounds_and_fewer_indexes_of_answers"),
        ("providers", "0004_post_walls"),
    ]

    operations = [watch(table) for table in WATCHED]
