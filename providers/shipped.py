"""The categories and service questions that ship with the portal, from the files in ``data``.

To add a category or a question, add a line; to reword one, change its line and keep its code or key. The order of
the lines is the order on screen. Lines that leave a file stay in the database, because organisations point at them.
"""

import csv
from pathlib import Path

from django.db import transaction

from providers.models import Category, ServiceQuestion

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> None:
    """Bring both tables up to what this release ships: two statements, safe to run again."""
    Category.objects.bulk_create(
        [Category(**{**row, "assured": row["assured"] == "yes"}, position=n) for n, row in rows("categories")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "plural", "usual_contract", "tier", "code_shape", "assured", "position"],
    )
    ServiceQuestion.objects.bulk_create(
        [ServiceQuestion(**row, position=n) for n, row in rows("services")],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["question", "hint", "position"],
    )


def rows(name: str) -> list[tuple[int, dict[str, str]]]:
    """The lines of one file, numbered from one."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(enumerate(csv.DictReader(file), start=1))
