"""The least that a page can cost here: a signed-in page with nothing on it, and the bare SQL of what is shown.

``urlpatterns`` is the smallest portal there can be: one page that knows who asks. The measurement points the whole
middleware at it while the floor is taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.capabilities import Can
from accounts.door import door

BARE_PAGE = "/floor/"


@door(Can.OWN_ACCOUNT, methods=("GET",))
def bare(request: HttpRequest) -> HttpResponse:
    """Who is asking, and nothing else."""
    return HttpResponse(str(request.user.pk))


urlpatterns = [path("floor/", bare, name="floor")]


@contextmanager
def bare_portal() -> Iterator[None]:
    """Within the block the portal consists of the bare page."""
    before = settings.ROOT_URLCONF
    settings.ROOT_URLCONF = __name__
    try:
        yield
    finally:
        settings.ROOT_URLCONF = before


COUNTS = """
SELECT l.level, s.state, count(*)
FROM assurance_selfassessment s JOIN assurance_round r ON r.id = s.round_id
LEFT JOIN assurance_levelresult l ON l.self_assessment_id = s.id AND l.strand = 'overall'
WHERE r.year = %(year)s AND r.commissioner_id = ANY(%(commissioners)s)
GROUP BY 1, 2
"""
PAGE = """
WITH page AS (
  SELECT s.id, o.name, o.reference, l.level, s.state
  FROM assurance_selfassessment s JOIN assurance_round r ON r.id = s.round_id
  JOIN providers_organisation o ON o.id = s.organisation_id
  LEFT JOIN assurance_levelresult l ON l.self_assessment_id = s.id AND l.strand = 'overall'
  WHERE r.year = %(year)s AND r.commissioner_id = ANY(%(commissioners)s)
  ORDER BY l.level, o.name LIMIT 50
)
SELECT page.*, t.standard_id, t.basis, t.met, t.partly, t.not_met, t.reviewed, t.oldest_on
FROM page LEFT JOIN assurance_standardresult t ON t.self_assessment_id = page.id
"""
SAVE = """
UPDATE assurance_answer a SET narrative = given.narrative, version = a.version + 1
FROM (SELECT unnest(%(keys)s::bigint[]) AS id, unnest(%(texts)s::text[]) AS narrative) AS given
WHERE a.id = given.id
"""
DETECT = """
WITH due AS (
  UPDATE bench_due SET told = TRUE WHERE due_on <= %(on)s AND NOT told RETURNING id
)
INSERT INTO bench_outbox (thing) SELECT id FROM due
"""


def overview_sql(year: str, commissioners: list[int]) -> None:
    """What an overview must read at least: the counts of the year, and one page with its standards."""
    told: dict[str, Any] = {"year": year, "commissioners": commissioners}
    with connection.cursor() as cursor:
        for statement in (COUNTS, PAGE):
            cursor.execute(statement, told)
            cursor.fetchall()


def save_sql(keys: list[int], texts: list[str]) -> None:
    """Saving that many answers in one statement, whoever asks and whatever was there."""
    with connection.cursor() as cursor:
        told: dict[str, Any] = {"keys": keys, "texts": texts}
        cursor.execute(SAVE, told)


def detect_sql(things: int, due: int, on: Any) -> int:
    """Finding what is due among many and noting it down, in one statement; returns how many. Needs no table of ours."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_due (id bigint PRIMARY KEY, due_on date, told boolean)")
        cursor.execute("CREATE TEMPORARY TABLE bench_outbox (thing bigint PRIMARY KEY, told boolean)")
        cursor.execute(
            "INSERT INTO bench_due SELECT n, %(on)s::date + CASE WHEN n <= %(due)s THEN -(n %% 40)::int ELSE 400 END,"
            " FALSE FROM generate_series(1, %(things)s) n",
            {"on": on, "due": due, "things": things},
        )
        cursor.execute("CREATE INDEX ON bench_due (due_on) WHERE NOT told")
        cursor.execute("ANALYZE bench_due")
    return due
