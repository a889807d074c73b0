"""Asking the provider's executive to sign: a letter to everybody who may, at most one a day, and who asked when."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import User
from chasing.models import Letter
from chasing.recipients import executives_of, post
from design.calendar import london_date
from training.models.documents import asked_with_boxes
from training.models.missing import missing_of
from training.models.recipients import PLEASE_SIGN, signature_asked
from training.models.returns import FigureReturn, IllegalMove

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Asked:
    """Whom a letter asks to sign, when, and by whom; ``again`` when they had been asked on that day already."""

    names: str
    at: datetime
    by: str = ""
    again: bool = False


@transaction.atomic
def ask_executive(figure_return: FigureReturn, *, by: User, at: datetime) -> Asked:
    """Write to everybody who may sign as the executive that the figures are ready; a second time on one day, to nobody.

    Nobody is named when nobody has that role. Raises IllegalMove when there is nothing to sign yet, or no longer.
    """
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if not locked.is_editable or locked.entering:
        state = locked.get_state_display()
        raise IllegalMove(f"These figures are “{state}”, so nobody is asked to sign them now. Look at them again.")
    if missing_of(asked_with_boxes(locked)):
        raise IllegalMove("These figures are not complete, so nobody can sign them yet. Check them first.")
    on = london_date(at)
    names = ", ".join(each.name for each in executives_of(locked, on=on))
    if _letters(locked).filter(about__day=on.toordinal()).exists():
        return Asked(names, at, again=True)
    post(signature_asked(locked, by=by, on=on, at=at))
    return Asked(names, at)


def asked_to_sign(figure_return: FigureReturn) -> list[Asked]:
    """Every time somebody was asked, for the history. Two queries, or one when nobody was."""
    asked: dict[tuple[Any, Any], list[Letter]] = {}
    for letter in _letters(figure_return).select_related("to_user").order_by("pk"):
        asked.setdefault((letter.about["day"], letter.about["by"]), []).append(letter)
    people = User.objects.in_bulk([by for _, by in asked]) if asked else {}
    return [
        Asked(", ".join(str(each.to_user) for each in letters), letters[0].created_at, str(people[by]))
        for (_, by), letters in asked.items()
    ]


def _letters(figure_return: FigureReturn) -> "QuerySet[Letter]":
    theirs = Letter.objects.filter(organisation=figure_return.organisation_id, kind=PLEASE_SIGN)
    return theirs.filter(about__figure_return=figure_return.pk)
