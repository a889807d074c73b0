"""The categories, service questions, posts and signposts that ship with the portal, from the files in ``data``.

To add a category or a question, add a line; to reword one, change its line and keep its code or key. The order of
the lines is the order on screen. Lines that leave a file stay in the database, because organisations point at them.
Posts and signposts are dated rows: added once, and never changed, because somebody may have relied on them.
"""

import csv
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from providers.models import Category, PostRule, ServiceQuestion, Signpost

DATA = Path(__file__).parent / "data"
YES_OR_NO = ("assured", "placed_in")


@transaction.atomic
def load() -> None:
    """Bring the tables up to what this release ships: a few statements, safe to run again."""
    Category.objects.bulk_create(
        [
            Category(**{**row, **{name: row[name] == "yes" for name in YES_OR_NO}}, position=n)
            for n, row in rows("categories")
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "plural", "usual_contract", "tier", "code_shape", *YES_OR_NO, "position"],
    )
    ServiceQuestion.objects.bulk_create(
        [ServiceQuestion(**row, position=n) for n, row in rows("services")],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["question", "hint", "position"],
    )
    _add_new(PostRule, "kind", "post", "posts")
    _add_new(Signpost, "key", "signpost", "signposts")


def _add_new(model: Any, key: str, entry: str, name: str) -> None:
    """The dated rows of a file that are not there yet; their place on screen follows the file."""
    found = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    there = {getattr(row, key): row for row in model.objects.filter(commissioner=None)}
    rows = list(enumerate(found[entry], start=1))
    model.objects.bulk_create(
        model(**row, valid_from=found["valid_from"], position=n) for n, row in rows if row[key] not in there
    )
    moved = [there[row[key]] for n, row in rows if row[key] in there and there[row[key]].position != n]
    places = {row[key]: n for n, row in rows}
    for row in moved:
        row.position = places[getattr(row, key)]
    model.objects.bulk_update(moved, ["position"])


def rows(name: str) -> list[tuple[int, dict[str, str]]]:
    """The lines of one file, numbered from one."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(enumerate(csv.DictReader(file), start=1))
