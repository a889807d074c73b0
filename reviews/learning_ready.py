"""What the portal has to know of learning when it starts: reminders, the letter, texts to remove from, the list.

No mail says what learning is about: it holds a reference and a day (hazard 27).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from accounts.capabilities import Can, Role
from chasing import kinds, letters
from chasing.models import Letter
from exports import listings
from privacy import texts
from reviews import commissioning
from reviews.lessons import LISTING
from reviews.models import Acknowledgement, LearningAsk
from reviews.models.learning import LETTER

ASKED = kinds.Kind(
    code="learning_ask",
    model="reviews.LearningAsk",
    name="Learning to answer",
    plural="Learning to answer",
    title="reference",
    title_prefix="Learning ",
    route="reviews:learning-answer",
    audiences=("lead", "quality"),
)
BEGINS = 60  # letters of a text by which it is known again


def _words(letter: Letter, at: datetime) -> letters.Context | None:
    """Nothing when it was answered or withdrawn before the letter left."""
    ask = LearningAsk.objects.outstanding().filter(pk=letter.about.get("ask")).first()
    return ask and {"ask": ask, "link": ASKED.absolute(ask.reference)}


def _page(way: str) -> Callable[[Any], str]:
    def address(row: Any) -> str:
        learning = attrgetter(way)(row) if way else row
        return reverse("reviews:learning-detail", args=[learning.reference])

    return address


def _parts(learning: Any) -> Iterable[tuple[str, str, int]]:
    passed = learning.disseminations.exclude(note="").values_list("note", "pk")
    answers = Acknowledgement.objects.filter(ask__learning=learning).values_list("text", "pk")
    for where, code, rows in (("Passed on", "passed", passed), ("Answer", "answer", answers)):
        yield from ((f"{where}: {Truncator(words).chars(BEGINS)}", f"reviews.{code}", pk) for words, pk in rows)


WORDS = {
    "title": "Title", "happened": "What happened", "matters": "Why it matters", "to_do": "What to do",
    "questions": "Questions for the team", "links": "Where to read more", "withdrawn_because": "Why it was withdrawn",
}  # fmt: skip
PASSED = {"note": "The note", "struck_because": "Why it was struck out"}
# A provider removes from its own answer only.
TEXTS = (
    texts.Text(
        "reviews.learning", "Learning", "reviews.Learning", WORDS, _page(""), Can.SEE_LEARNING, theirs=False,
        parts=_parts,
    ),
    texts.Text(
        "reviews.passed", "Learning passed on", "reviews.Dissemination", PASSED, _page("learning"), Can.SEE_LEARNING,
        theirs=False,
    ),
    texts.Text(
        "reviews.answer", "Answer to learning", "reviews.Acknowledgement", {"text": "What we do"},
        _page("ask.learning"), Can.SEE_LEARNING,
    ),
)  # fmt: skip


def register() -> None:
    """Called when the app is ready."""
    kinds.register(ASKED)
    letters.register(letters.Writer(LETTER, _words, also=(Role.PROVIDER_LEAD.value,)))
    listings.register(LISTING, commissioning.LISTING)
    texts.register(*TEXTS)
