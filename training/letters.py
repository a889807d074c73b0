"""The words of letters about figures: that they are asked for, that they arrived, that nothing is asked. No figure."""

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.capabilities import Role
from chasing.kinds import kind_of
from chasing.letters import Context, Writer, register
from chasing.models import Letter
from training.links import make_address, part_asked
from training.models import FigureLink, FigureReturn, FigureSubmission
from training.models.recipients import PLEASE_SIGN
from training.receipts import receipt_pdf

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


def _please_sign(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state__in=FigureReturn.EDITABLE, entering=False)


def _receipt(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter)
    submission = FigureSubmission.objects.filter(pk=letter.about["submission"]).first()
    return {**told, "submission": submission} if told and submission else None


def _withdrawn(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state=State.WITHDRAWN)


def _link(letter: Letter, at: datetime) -> FigureLink | None:
    """The link that the letter is about, while it may still be sent."""
    live = FigureLink.objects.live(at=at).filter(pk=letter.about["link"])
    found: FigureLink | None = live.select_related("figure_return__period", "asked_through").first()
    return found


def _figures_link(letter: Letter, at: datetime) -> Context | None:
    """Makes the secret of the link: an earlier letter with the same link opens nothing any more."""
    told, link = _about(letter, state__in=FigureReturn.EDITABLE), _link(letter, at)
    if told is None or link is None:
        return None
    until, address = link.last_day, make_address(link, at=at)
    return {**told, "about_link": link, "link": address, "greeting": link.name, "until": until}


def _colleague_link(letter: Letter, at: datetime) -> Context | None:
    """The same for one part, and by whom it is asked."""
    link = _link(letter, at)
    if link is None or link.asked_through is None or not (part := part_asked(link)):
        return None
    told = _figures_link(letter, at)
    return {**told, "part": part, "asks": link.asked_through.name} if told else None


def _link_announced(letter: Letter, at: datetime) -> Context | None:
    told, link = _about(letter, state__in=FigureReturn.EDITABLE), _link(letter, at)
    return {**told, "about_link": link} if told and link else None


def _receipt_by_link(letter: Letter, at: datetime) -> Context | None:
    """What was received, with the receipt attached; the receipt that leaves by mail holds no figures."""
    told = _receipt(letter, at)
    if told is None:
        return None
    submission = told["submission"]
    paper = receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, figures=False)
    name = f"figures-receipt-{told['figure_return'].reference}-{submission.number}.pdf"
    return {**told, "attachments": [(name, paper, "application/pdf")]}


def _to_link(letter: Letter, at: datetime) -> list[str]:
    """The address of the link that the letter is about."""
    return list(FigureLink.objects.filter(pk=letter.about.get("link")).values_list("email", flat=True))


def register_writers() -> None:
    """Called when the app is ready."""
    leads = (Role.PROVIDER_LEAD.value,)
    register(
        Writer("figures_asked", _asked, also=leads),
        Writer(PLEASE_SIGN, _please_sign),
        Writer("figures_receipt", _receipt, answers=True),
        Writer("figures_link", _figures_link, to=_to_link),
        Writer("figures_colleague_link", _colleague_link, to=_to_link),
        Writer("figures_link_announced", _link_announced),
        Writer("figures_receipt_by_link", _receipt_by_link, answers=True, to=_to_link),
        Writer("figures_withdrawn", _withdrawn, also=leads),
    )
