"""History of imports cannot be truncated; rows of the register go only with the accepted import that made them."""

from django.db import migrations

from accounts.guards import never_truncated, refuse, violation

MADE = ("arrangement", "contact", "organisation", "site")


def only_with_its_import(key: str) -> migrations.RunSQL:
    table = f"providers_{key}"
    body = f"""
        IF NOT EXISTS (
            SELECT 1 FROM oversight_trace trace JOIN oversight_import held ON held.id = trace.brought_in_id
            WHERE trace.{key}_id = OLD.id AND trace.made AND held.state = 'accepted'
        ) THEN {violation(f"a row of {table} is removed only when the import that made it is undone")} END IF;
    """
    return refuse(f"{table}_only_with_its_import", table, "DELETE", body)


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_imports"), ("providers", "0002_walls")]

    operations = [*(only_with_its_import(key) for key in MADE), *never_truncated("oversight_importevent")]
