"""The words of letters about figures: that they are asked for, that they arrived, that nothing is asked. No figure."""

from datetime import datetime
from typing import Any

from accounts.capabilities import Role
from chasing.kinds import kind_of
from chasing.letters import Context, Writer, register
from chasing.models import Letter
from training.models import FigureReturn, FigureSubmission

State = FigureReturn.State


def _about(letter: Letter, **wanted: Any) -> Context | None:
    """The return that the letter is about, while it is as ``wanted``."""
    rows = FigureReturn.objects.filter(pk=letter.about["figure_return"], **wanted)
    found = rows.select_related("period").first()
    if found is None:
        return None
    return {"figure_return": found, "link": kind_of(found.kind_code).absolute(found.reference)}


def _asked(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state__in=FigureReturn.OWED)


def _receipt(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter)
    submission = FigureSubmission.objects.filter(pk=letter.about["submission"]).first()
    return {**told, "submission": submission} if told and submission else None


def _withdrawn(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state=State.WITHDRAWN)


def register_writers() -> None:
    """Called when the app is ready."""
    leads = (Role.PROVIDER_LEAD.value,)
    register(
        Writer("figures_asked", _asked, also=leads),
        Writer("figures_receipt", _receipt, answers=True),
        Writer("figures_withdrawn", _withdrawn, also=leads),
    )
