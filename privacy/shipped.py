"""The default rules of the guard, and the columns from which words may be removed."""

import tomllib
from pathlib import Path

from privacy.models import GuardRule, Place
from privacy.texts import places

DATA = Path(__file__).parent / "data" / "rules.toml"


def load() -> None:
    """Add the default rules that are not there yet, and make the list of places that of the registry."""
    for row in tomllib.loads(DATA.read_text())["rule"]:
        if not GuardRule.objects.filter(commissioner=None, code=row["code"], valid_from=row["valid_from"]).exists():
            GuardRule.objects.create(**row)
    wanted = places()
    there = set(Place.objects.values_list("table", "column"))
    for table, column in there - wanted:
        Place.objects.filter(table=table, column=column).delete()
    Place.objects.bulk_create(Place(table=table, column=column) for table, column in sorted(wanted - there))
