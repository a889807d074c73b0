"""Letters about figures: a question was asked, and one was answered. No mail holds a figure or the words of either."""

from datetime import datetime

from accounts.capabilities import Role
from chasing.kinds import kind_of
from chasing.letters import Context, Writer, register
from chasing.models import Letter
from training.models import FigureQuery
from training.models.queries import ANSWERED_LETTER, ASKED_LETTER


def _query(letter: Letter, state: str) -> Context | None:
    """Nothing when it has moved on since."""
    rows = FigureQuery.objects.filter(pk=letter.about.get("query"), state=state)
    query = rows.select_related("figure_return__period").first()
    if query is None:
        return None
    link = kind_of(query.kind_code).absolute(query.reference)
    return {"query": query, "period": query.figure_return.period, "link": link}


def _asked(letter: Letter, at: datetime) -> Context | None:
    return _query(letter, FigureQuery.State.ASKED)


def _answered(letter: Letter, at: datetime) -> Context | None:
    return _query(letter, FigureQuery.State.ANSWERED)


def register_query_writers() -> None:
    """Called when the app is ready."""
    leads = (Role.PROVIDER_LEAD.value, Role.PROVIDER_CONTRIBUTOR.value)
    register(Writer(ASKED_LETTER, _asked, also=leads), Writer(ANSWERED_LETTER, _answered))
