"""Levels of surveillance, steps, contract notices and suspensions for tests."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from oversight.models import (
    ContractNotice,
    Escalation,
    EscalationGround,
    EscalationRule,
    NoticeMilestone,
    NoticeRule,
    PlacementSuspension,
    SurveillanceLabel,
    SurveillanceLevel,
)
from providers.models import Arrangement, Organisation

ON = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def the_step(code: str) -> EscalationRule:
    """A shipped step."""
    return EscalationRule.objects.get(commissioner=None, code=code)


def a_level(whose: Organisation, about: Organisation, code: str = "enhanced", *, by: User, **fields: Any) -> Any:
    """The provider is watched at this level from the day."""
    label = SurveillanceLabel.objects.get(commissioner=None, code=code)
    given = {"reason": "Two serious findings", "on": ON, "at": AT, **fields}
    made: SurveillanceLevel = SurveillanceLevel.objects.set_level(whose, about, label, by=by, **given)
    return made


def a_proposal(whose: Organisation, about: Organisation, code: str = "letter", **fields: Any) -> Escalation:
    """The daily job proposed this step, for a reason that stands for good."""
    words = fields.pop("words", "The same indicator was red two quarters running")
    made = Escalation.objects.create(
        **{"commissioner": whose, "organisation": about, "step": the_step(code), "proposed_on": ON, **fields}
    )
    EscalationGround.objects.create(
        escalation=made, commissioner=whose, organisation=about, step_code=code, kind="example", thing=made.pk,
        words=words, since=ON, noted_on=ON,
    )  # fmt: skip
    made.note("proposed", "", by=None, on=made.proposed_on, at=AT)
    return made


def a_notice(whose: Organisation, about: Organisation, code: str = "performance", *, by: User, **fields: Any) -> Any:
    """A notice recorded under the contract that the two have."""
    rule = NoticeRule.objects.filter(commissioner=None, code=code, valid_to=None).get()
    made: ContractNotice = ContractNotice.objects.create(
        **{
            "commissioner": whose, "organisation": about, "rule": rule, "number": f"CPN {about.pk}",
            "contract": Arrangement.objects.get(commissioner=whose, organisation=about), "clause": rule.clause,
            "words": "Level 3 training below the threshold", "issued_on": ON, "issued_by": "Sam Lee, contracts",
            "recorded_by": by, "recorded_at": AT, **fields,
        }
    )  # fmt: skip
    return made


def a_milestone(notice: ContractNotice, due_on: date, **fields: Any) -> NoticeMilestone:
    """One promise of the plan."""
    number = notice.milestones.count() + 1
    made: NoticeMilestone = notice.milestones.create(
        **{
            "commissioner_id": notice.commissioner_id, "organisation_id": notice.organisation_id, "number": number,
            "text": f"Promise {number}", "due_on": due_on, **fields,
        }
    )  # fmt: skip
    return made


def a_suspension(whose: Organisation, about: Organisation, *, by: User, **fields: Any) -> PlacementSuspension:
    """No new placements."""
    return PlacementSuspension.objects.suspend(
        **{
            "commissioner": whose, "organisation": about, "authority": "la", "starts_on": ON,
            "reason": "Provider concerns process", "recorded_by": by, "recorded_at": AT, **fields,
        }
    )  # fmt: skip
