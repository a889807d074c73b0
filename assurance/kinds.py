"""Self-assessments as a due thing: whom a reminder of a return speaks to."""

from chasing.kinds import Kind, register

RETURN = Kind(
    code="self_assessment",
    model="assurance.SelfAssessment",
    name="Self-assessment",
    plural="Self-assessments",
    title="round__name",
    route="assurance:assessment-detail",
    audiences=("preparers", "lead", "executive", "quality"),
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(RETURN)
