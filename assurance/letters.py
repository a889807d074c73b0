"""The words of letters about returns: what is asked, that it arrived, that there is a result. No grades, no answers."""

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.capabilities import Role
from assurance.kinds import links_of
from assurance.links import make_address
from assurance.models import ColleagueAsk, ReturnLink, SelfAssessment, Submission
from assurance.models.recipients import PLEASE_SIGN
from assurance.receipts import receipt_pdf
from assurance.returns import MINUTES_EACH_BY_LINK, minutes_for
from chasing.kinds import kind_of
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter

State = SelfAssessment.State


def _about(letter: Letter, **wanted: Any) -> Context | None:
    """The return that the letter is about, while it is as ``wanted``."""
    found = SelfAssessment.objects.filter(pk=letter.about["self_assessment"], **wanted).select_related("round")
    assessment = found.first()
    if assessment is None:
        return None
    return {"assessment": assessment, "link": kind_of(assessment.kind_code).absolute(assessment.reference)}


def _round_opened(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state__in=SelfAssessment.EDITABLE)


def _please_sign(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state__in=SelfAssessment.EDITABLE)


def _colleague_asked(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter, state__in=SelfAssessment.EDITABLE, entering=False)
    ask = ColleagueAsk.objects.open().filter(pk=letter.about["ask"]).select_related("standard", "by").first()
    if told is None or ask is None:
        return None
    link = absolute("assurance:return-standard", told["assessment"].reference, ask.standard.number)
    return {**told, "ask": ask, "link": link}


def _receipt(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter)
    submission = Submission.objects.filter(pk=letter.about["submission"]).first()
    return {**told, "submission": submission} if told and submission else None


def _sent_back(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter, state=State.SENT_BACK, send_backs=letter.about["send_back"])
    return {**told, "beside": links_of([told["assessment"].pk], at).get(told["assessment"].pk)} if told else None


def _withdrawn(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state=State.WITHDRAWN)


def _result(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter, state=State.VALIDATED)
    return {**told, "link": absolute("assurance:result", told["assessment"].reference)} if told else None


def _link(letter: Letter, at: datetime) -> ReturnLink | None:
    """The link that the letter is about, while it may still be sent."""
    live = ReturnLink.objects.live(at=at).filter(pk=letter.about["link"])
    found: ReturnLink | None = live.select_related("self_assessment", "standard", "made_by", "asked_through").first()
    return found


def _return_link(letter: Letter, at: datetime) -> Context | None:
    """Makes the secret of the link: an earlier letter with the same link opens nothing any more."""
    told, link = _about(letter, state__in=SelfAssessment.EDITABLE), _link(letter, at)
    if told is None or link is None:
        return None
    until = link.last_day
    minutes = minutes_for(told["assessment"].answers.count(), each=MINUTES_EACH_BY_LINK)
    asks = link.asked_through.name if link.asked_through else ""
    return {
        **told, "about_link": link, "link": make_address(link, at=at), "greeting": link.name, "until": until,
        "minutes": minutes, "asks": asks,
    }  # fmt: skip


def _link_announced(letter: Letter, at: datetime) -> Context | None:
    told, link = _about(letter, state__in=SelfAssessment.EDITABLE), _link(letter, at)
    return {**told, "about_link": link} if told and link else None


def _receipt_by_link(letter: Letter, at: datetime) -> Context | None:
    """What was received, with the receipt attached; the receipt that leaves by mail holds no answers."""
    told = _receipt(letter, at)
    if told is None:
        return None
    submission = told["submission"]
    paper = receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, answers=False)
    name = f"receipt-{told['assessment'].reference}-{submission.number}.pdf"
    return {**told, "attachments": [(name, paper, "application/pdf")]}


def _to_link(letter: Letter, at: datetime) -> list[str]:
    """The address of the link that the letter is about."""
    sent = ReturnLink.objects.filter(pk=letter.about.get("link"))
    return list(sent.values_list("email", flat=True))


def register_writers() -> None:
    """Called when the app is ready."""
    leads = (Role.PROVIDER_LEAD.value,)
    register(
        Writer("round_opened", _round_opened, also=leads),
        Writer(PLEASE_SIGN, _please_sign),
        Writer("colleague_asked", _colleague_asked),
        Writer("return_link", _return_link, to=_to_link),
        Writer("colleague_link", _return_link, to=_to_link),
        Writer("link_announced", _link_announced),
        Writer("receipt_by_link", _receipt_by_link, answers=True, to=_to_link),
        Writer("receipt", _receipt, answers=True),
        Writer("sent_back", _sent_back, also=leads),
        Writer("withdrawn", _withdrawn, also=leads),
        Writer("result", _result, also=(*leads, Role.EXECUTIVE_SIGNATORY.value)),
        Writer("level_changed", _result, also=(*leads, Role.EXECUTIVE_SIGNATORY.value)),
    )
