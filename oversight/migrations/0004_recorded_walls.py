"""Grades from records go only with the import that brought them in, and nothing of one is ever changed but its end."""

from django.db import migrations

from accounts.guards import refuse, violation

MADE = """
    EXISTS (
        SELECT 1 FROM oversight_trace trace JOIN oversight_import held ON held.id = trace.brought_in_id
        WHERE trace.recorded_set_id = {} AND trace.made AND held.state = 'accepted'
    )
"""


def only_with_its_import(table: str, column: str) -> migrations.RunSQL:
    no = violation(f"a row of {table} is removed only when the import that made it is undone")
    body = f"IF NOT {MADE.format(f'OLD.{column}')} THEN {no} END IF;"
    return refuse(f"{table}_only_with_its_import", table, "DELETE", body)


KEPT = ("recorded_set_id", "commissioner_id", "organisation_id", "year", "standard_id", "criterion_version_id", "grade",
        "outcome", "words")  # fmt: skip
SAME = ", ".join(f"OLD.{name}" for name in KEPT)
NOW = SAME.replace("OLD.", "NEW.")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0003_recorded_sets"), ("assurance", "0012_records")]

    operations = [
        only_with_its_import("assurance_recordedset", "id"),
        only_with_its_import("assurance_recordedgrade", "recorded_set_id"),
        refuse(
            "assurance_recordedgrade_stays",
            "assurance_recordedgrade",
            "UPDATE",
            f"IF ({SAME}) IS DISTINCT FROM ({NOW}) THEN {violation('a recorded grade is replaced and not changed')} "
            "END IF;",
        ),
    ]
