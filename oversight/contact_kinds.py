"""The kinds of contact that are logged, and the few boxes that each asks for: one table.

To add a kind: a line in ``KINDS``. ``boxes`` are fields of ``ContactEntry`` beside date, provider and notes; ``human``
says that somebody of the provider was spoken to, which an escalation above the named lead needs.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContactKind:
    """One kind of contact: its words, its boxes in order, and what they are called here."""

    code: str
    label: str
    hint: str
    boxes: tuple[str, ...]
    human: bool = False
    required: tuple[str, ...] = ()


MEETING = ("forum", "papers", "points", "challenge", "taken")
KINDS: tuple[ContactKind, ...] = (
    ContactKind("call", "Telephone call about something owed", "A return, a plan or an action that is due",
                ("thing", "with_whom", "spoke", "points"), True, ("thing",)),
    ContactKind("committee", "Provider safeguarding committee", "Papers, challenge and the assurance you took",
                MEETING, True, ("forum",)),
    ContactKind("performance", "Performance or contract meeting", "Contract review, quality or performance meeting",
                MEETING, True, ("forum",)),
    ContactKind("board", "Board or sub-group attendance", "Of a safeguarding board or partnership",
                MEETING, False, ("forum",)),
    ContactKind("governing_body", "Governing Body attendance", "A paper taken or a question answered",
                ("forum", "points"), False),
    ContactKind("development", "Individual development work", "Support offered to a named professional or practice",
                ("with_whom", "points"), True, ("with_whom",)),
    ContactKind("supervision", "Supervision given", "To a named professional: that it took place, not about whom",
                ("with_whom", "points"), True, ("with_whom",)),
    ContactKind("advice", "Advice given", "The question in general: no patient detail",
                ("with_whom", "points"), True, ("points",)),
    ContactKind("local_authority", "Local authority request (section 27)",
                "Section 27 of the Children Act 1989, with the date by which an answer is due",
                ("with_whom", "points", "due_on"), False, ("points", "due_on")),
    ContactKind("letter", "Letter received", "From whom, and what it asks",
                ("with_whom", "points"), False, ("with_whom",)),
    ContactKind("other", "Other contact", "Anything else worth remembering", ("with_whom", "points"), False,
                ("points",)),
)  # fmt: skip
BY_CODE = {kind.code: kind for kind in KINDS}
HUMAN = tuple(kind.code for kind in KINDS if kind.human)
CHOICES = [(kind.code, kind.label) for kind in KINDS]
SECTION_27 = "local_authority"
CALL = "call"
