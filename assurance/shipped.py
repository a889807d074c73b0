"""The default numbers for levels, sampling and staleness, valid until a commissioner sets its own."""

import tomllib
from pathlib import Path

from assurance.models import AssurancePolicy

DATA = Path(__file__).parent / "data" / "policy.toml"


def load() -> None:
    """Add the default policies that are not there yet; never changes a row that somebody may have used."""
    for row in tomllib.loads(DATA.read_text())["policy"]:
        if not AssurancePolicy.objects.filter(commissioner=None, valid_from=row["valid_from"]).exists():
            AssurancePolicy.objects.create(**row)
