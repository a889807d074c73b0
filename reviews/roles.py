"""What an organisation may be asked for in a review: one entry for each part it can have (domain.md 8.3).

To add one, add its entry; ``written`` says that there is a paper to draft, quality-assure and sign.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Part:
    """One part that an organisation has in a review, and what its author is told to do."""

    code: str
    label: str
    todo: str
    written: bool = True


PARTS = MappingProxyType(
    {
        part.code: part
        for part in (
            Part(
                "imr", "Individual management report",
                "Write your organisation’s own report: senior author, not directly involved and not the line manager.",
            ),
            Part("chronology", "Chronology", "List what your organisation did and when, each entry with its source."),
            Part("summary", "Summary of involvement", "Say in short how your organisation was involved."),
            Part(
                "health_overview", "Health overview report",
                "Bring the reports of all health organisations together, with what they mean for commissioning.",
            ),
            Part("panel", "Panel membership", "Name somebody for the panel and let them take part.", written=False),
            Part("information", "Information only", "Send the information that the board asked for.", written=False),
        )
    }
)  # fmt: skip
PART_CHOICES = tuple((code, part.label) for code, part in PARTS.items())
OWN_REPORT = "health_overview"  # of the commissioner's designated professionals, and of nobody else
