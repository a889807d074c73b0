"""The blocks of words in the paper: their order, what each is for, and how long it may be.

To add a block, add a line here and a place for it in templates/reports/annual_first.html or annual_rest.html.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One block. ``asks`` tells the writer what belongs in it; ``needed`` says that approval waits for it."""

    key: str
    title: str
    asks: str
    most: int
    needed: bool = True


SECTIONS: tuple[Section, ...] = (
    Section(
        "asked",
        "What is asked of the meeting",
        "One or two sentences: what the Governing Body is asked to receive, agree or decide.",
        500,
    ),
    Section(
        "statement",
        "Statement of assurance",
        "Four sentences: how many providers have a validated level and which; what is known least about; what has "
        "changed since last year; what the commissioner concludes.",
        1_000,
    ),
    Section(
        "unknown",
        "What we do not know",
        "The figures are listed by themselves. Add in words what else is not known, and when it will be.",
        600,
        needed=False,
    ),
    Section(
        "concerns",
        "Three concerns and what is being done",
        "Begin each on a line of its own with “1.”, “2.”, “3.”: the concern, what is being done, who and by when.",
        1_200,
    ),
    Section(
        "achievements",
        "What was achieved",
        "What is better for children and adults than a year ago, and how that is known.",
        2_500,
        needed=False,
    ),
    Section(
        "progress",
        "Progress on last year’s priorities",
        "Each priority of last year, and what came of it. Last year’s words are beside.",
        2_500,
        needed=False,
    ),
    Section(
        "priorities",
        "Priorities for next year",
        "Begin each on a line of its own with “1.”, “2.”, “3.”: what, who and by when.",
        2_500,
    ),
)
BY_KEY = {section.key: section for section in SECTIONS}
