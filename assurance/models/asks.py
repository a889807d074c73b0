"""What a validator asked for when a return was sent back: the notes, and a line beside each criterion concerned.

The only words of a validation that a provider sees before it is finished.
"""

from dataclasses import dataclass

from assurance.models.assessments import SelfAssessment
from assurance.models.ratings import Rating
from assurance.models.submissions import SendBack


@dataclass(frozen=True)
class Asked:
    """The last time the return was sent back: notes and date, and what was asked by criterion version."""

    back: SendBack
    by_criterion: dict[int, str]


def asked_of(assessment: SelfAssessment) -> Asked | None:
    """What the provider is asked to add; None unless the return is sent back. Two queries."""
    if assessment.state != SelfAssessment.State.SENT_BACK:
        return None
    back = assessment.send_backs.select_related("by").first()
    if back is None:
        return None
    asked = Rating.objects.current().filter(
        self_assessment=assessment, outcome=Rating.Outcome.MORE_EVIDENCE, at__lte=back.at
    )
    return Asked(back, dict(asked.values_list("criterion_version", "comment")))
