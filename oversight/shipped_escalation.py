"""The rules of escalation that ship: oversight/data/escalation.toml. Rows that are there are never rewritten."""

import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from oversight.models import EscalationPolicy, EscalationRule, NoticeRule, SurveillanceLabel, TriggerRule

RULES = Path(__file__).parent / "data" / "escalation.toml"
CODED = {"level": SurveillanceLabel, "step": EscalationRule, "trigger": TriggerRule, "notice": NoticeRule}


def load() -> None:
    """Add what is not there yet; a row of the same code ends the day before the next one begins."""
    tables = tomllib.loads(RULES.read_text())
    for row in tables["policy"]:
        EscalationPolicy.objects.get_or_create(commissioner=None, valid_from=row["valid_from"], defaults=row)
    for table, model in CODED.items():
        rows = sorted(tables[table], key=lambda row: (row["code"], row["valid_from"]))
        for _, of_code in groupby(rows, key=lambda row: row["code"]):
            _load(model, list(of_code))


def _load(model: Any, dated: list[dict[str, Any]]) -> None:
    ends = [row["valid_from"] for row in dated[1:]] + [None]
    for row, end in zip(dated, ends, strict=True):
        key = {"commissioner": None, "code": row["code"], "valid_from": row["valid_from"]}
        made, is_new = model.objects.get_or_create(**key, defaults={"valid_to": end, **row})
        if not is_new and end and made.valid_to is None:
            model.objects.filter(pk=made.pk).update(valid_to=end)
