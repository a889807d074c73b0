"""The letters about figures, by kind. Who gets each is said in ``chasing.recipients``.

The commissioner's own people are not written to about its own figures: they see them where they opened the period.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from chasing import recipients
from chasing.models import Letter

if TYPE_CHECKING:
    from accounts.models import User
    from training.models.returns import FigureReturn
    from training.models.submissions import FigureSubmission

PLEASE_SIGN = "figures_please_sign"


def asked_for(returns: Sequence["FigureReturn"], *, on: date, at: datetime) -> list[Letter]:
    """One letter to everybody who prepares each return and to its contacts for reminders. Two queries."""
    return recipients.to_preparers("figures_asked", [each for each in returns if not each.is_own], on=on, at=at)


def receipts(
    figure_return: "FigureReturn", submission: "FigureSubmission", *, by: "User", at: datetime
) -> Iterator[Letter]:
    """A receipt to whoever submitted and to everybody who answers for the figures."""
    return recipients.with_receipt(
        "figures_receipt", figure_return, submission=submission.pk, link=submission.link, by=by, at=at
    )


def signature_asked(figure_return: "FigureReturn", *, by: "User", on: date, at: datetime) -> list[Letter]:
    """To everybody who may sign as the provider's executive, once a day. Each names who asked, for the history."""
    asked = recipients.to_executives(PLEASE_SIGN, figure_return, on=on, at=at, about={"day": on.toordinal()})
    for letter in asked:
        letter.about["by"] = by.pk
    return asked


def withdrawn(figure_return: "FigureReturn", *, at: datetime) -> list[Letter]:
    """To the organisation: nothing has to be done any more."""
    if figure_return.is_own:
        return []
    return [recipients.envelope("figures_withdrawn", figure_return, at=at, to_organisation=figure_return.organisation)]
