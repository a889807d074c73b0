"""The words of letters about returns: what is asked, that it arrived, that there is a result. No grades, no answers."""

from datetime import datetime
from typing import Any

from accounts.capabilities import Role
from assurance.models import ColleagueAsk, SelfAssessment, Submission
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
    return _about(letter, state=State.SENT_BACK, send_backs=letter.about["send_back"])


def _withdrawn(letter: Letter, at: datetime) -> Context | None:
    return _about(letter, state=State.WITHDRAWN)


def _result(letter: Letter, at: datetime) -> Context | None:
    told = _about(letter, state=State.VALIDATED)
    return {**told, "link": absolute("assurance:result", told["assessment"].reference)} if told else None


def register_writers() -> None:
    """Called when the app is ready."""
    leads = (Role.PROVIDER_LEAD.value,)
    register(
        Writer("round_opened", _round_opened, also=leads),
        Writer("please_sign", _please_sign),
        Writer("colleague_asked", _colleague_asked),
        Writer("receipt", _receipt, answers=True),
        Writer("sent_back", _sent_back, also=leads),
        Writer("withdrawn", _withdrawn, also=leads),
        Writer("result", _result, also=(*leads, Role.EXECUTIVE_SIGNATORY.value)),
        Writer("level_changed", _result, also=(*leads, Role.EXECUTIVE_SIGNATORY.value)),
    )
