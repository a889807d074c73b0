"""Links to figures: how they are followed, what their holders see, what those see who keep them (``chasing.links``)."""

from dataclasses import replace
from datetime import datetime

from accounts.capabilities import Can
from accounts.models import User
from chasing.links import Secrets, Sent, as_sent
from training.models import FigureLink, FigureReturn
from training.models.links import may_go
from training.sheet import Sheet, sheet_of

OF_RETURN = ("figure_return__period", "figure_return__commissioner", "figure_return__organisation")
BESIDE = (*OF_RETURN, "commissioner", "asked_through")
SECRETS = Secrets(FigureLink, "figures-link", "training", BESIDE)
make_address = SECRETS.make_address
url = SECRETS.url


def sent_for(figure_return: FigureReturn, user: User, *, at: datetime) -> list[Sent[FigureLink]]:
    """The links of a return that the person may take back, the latest first. One query."""
    seen = FigureLink.objects.permitted(user, Can.TAKE_LINKS_BACK).filter(figure_return=figure_return)
    rows = seen.select_related("made_by", "revoked_by")
    return as_sent(rows, figure_return, may_go=may_go(figure_return), at=at)


def sheet_behind(link: FigureLink) -> Sheet:
    """What the link opens of the return: everything, or the one part that a colleague was asked for."""
    sheet = sheet_of(link.figure_return)
    if link.is_whole:
        return sheet
    return replace(sheet, sections=[each for each in sheet.sections if each.code == link.part])


def part_asked(link: FigureLink) -> str:
    """What the part is called that a colleague was asked for; empty when it is not of the return any more."""
    section = sheet_of(link.figure_return).section(link.part)
    return section.heading if section else ""
