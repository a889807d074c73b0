"""The visit programme reads training figures as well: what they are made of leaves a line when it changes."""

from django.db import migrations

WATCHED = (
    "training_collectingrule", "training_figure", "training_figurereturn", "training_line", "training_period",
)  # fmt: skip


def watch(table: str) -> migrations.RunSQL:
    """A statement that changes rows of the table leaves a line (0028)."""
    return migrations.RunSQL(
        f"CREATE TRIGGER programme_changed AFTER INSERT OR DELETE OR UPDATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION assurance_note_figures_change()",
        f"DROP TRIGGER programme_changed ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0030_imports_of_figures"),
        ("training", "0004_plans_that_fall_short"),
    ]

    operations = [watch(table) for table in WATCHED]
