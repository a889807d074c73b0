"""Do sums of figures agree with SQL that knows nothing of the resolver? Every trend and roll-up, number by number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from training.models import Line, Period
from training.resolver.sums import Sum
from training.resolver.trends import rolled_up, slots, trend

ORACLE = """
WITH known AS (
  SELECT f.*, r.category AS of_category, upper(split_part(o.postcode, ' ', 1)) AS of_area
  FROM training_figure f
  JOIN training_figurereturn r ON r.id = f.figure_return_id
  JOIN providers_organisation o ON o.id = f.organisation_id
  WHERE f.kind = 'total' AND f.known_from <= %(at)s AND (f.known_to IS NULL OR f.known_to > %(at)s)
    AND f.commissioner_id = %(commissioner)s AND f.organisation_id <> f.commissioner_id
)
SELECT CASE WHEN %(by)s = 'area' THEN of_area ELSE of_category END, period_id, code, coalesce(sum(numerator), 0),
    coalesce(sum(denominator), 0), count(*)
FROM known WHERE period_id = ANY(%(periods)s) AND code = ANY(%(codes)s) GROUP BY 1, 2, 3
"""
Key = tuple[str, int, str]
Told = tuple[int, int, int]


def differences(user: User, last: Period, lines: Iterable[Line], *, at: datetime) -> tuple[int, list[str]]:
    """How many sums were compared over the eight periods up to the last one, and those that differ, in words."""
    lines, over, wrong, compared = list(lines), slots(user, last), [], 0
    for by in ("category", "area"):
        expected = _expected(last.commissioner_id, over.pks, lines, by, at)
        found: dict[Key, Told] = {}
        for line in lines:
            for place, sums in rolled_up(user, last.commissioner_id, over, line, by=by, at=at).items():
                pairs = zip(over.periods, sums, strict=True)
                found |= {(place, period.pk, line.code): _told(each) for period, each in pairs if period and each.given}
        compared += len(expected)
        wrong += _other(by, found, expected)
    whole: dict[Key, Told] = {}
    for code, sums in trend(user, last.commissioner_id, over, lines, at=at).items():
        pairs = zip(over.periods, sums, strict=True)
        whole |= {("", period.pk, code): _told(each) for period, each in pairs if period and each.given}
    together: dict[Key, Told] = {}
    for (_, period_pk, code), each in expected.items():
        before = together.get(("", period_pk, code), (0, 0, 0))
        together["", period_pk, code] = (before[0] + each[0], before[1] + each[1], before[2] + each[2])
    return compared + len(together), wrong + _other("everybody", whole, together)


def _told(found: Sum) -> Told:
    return found.n, found.d, found.given


def _expected(commissioner: int, periods: list[int], lines: list[Line], by: str, at: datetime) -> dict[Key, Told]:
    told: dict[str, Any] = {"at": at, "commissioner": commissioner, "by": by, "periods": periods}
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, told | {"codes": [line.code for line in lines]})
        return {(place, period, code): (n, d, given) for place, period, code, n, d, given in cursor.fetchall()}


def _other(what: str, found: dict[Key, Told], expected: dict[Key, Told]) -> list[str]:
    keys = sorted(found.keys() | expected.keys())
    return [
        f"{what} {key}: {found.get(key)}, not {expected.get(key)}"
        for key in keys
        if found.get(key) != expected.get(key)
    ]
