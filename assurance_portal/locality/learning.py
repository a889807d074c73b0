"""Learning of the demonstration: published and passed on, asked for and answered by some, and one draft; also what
became of an implication for commissioning, with the criteria of a recommendation.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Membership
from assurance_portal.locality import reports
from assurance_portal.locality.places import read
from chasing.models import Letter
from framework.models import CriterionVersion
from providers.models import Category
from reviews.models import Learning, LearningAsk, Recommendation, Review
from reviews.models.criteria import link
from reviews.models.implications import report
from reviews.models.learning import LETTER

if TYPE_CHECKING:
    from assurance_portal.locality.reviews import Maker

WORDS = ("kind", "title", "happened", "matters", "strands", "themes")


def load(maker: "Maker", reviews: list[Review]) -> None:
    """Each of the file, written by the nurse and published by the director; then the implications."""
    known = set(Category.objects.values_list("code", flat=True))
    named = {review.pseudonym: review for review in reviews}
    for row in read("learning")["learning"]:
        _learning(maker, row, named.get(row.get("review", "")), known)
    Letter.objects.filter(kind=LETTER, state=Letter.State.PENDING).update(
        state=Letter.State.DROPPED, problem="Loaded with the demonstration: never sent"
    )
    reports.passed(maker, LearningAsk.objects.outstanding(), LearningAsk.kind_code)
    _implications(maker)


def _learning(maker: "Maker", row: dict[str, Any], review: Review | None, known: set[str]) -> None:
    nurse, director = maker.people["nurse"], maker.people["director"]
    written, *published = row["days"]
    said: dict[str, Any] = {name: row[name] for name in WORDS}
    said |= {name: "\n".join(row[name]) for name in ("to_do", "questions", "links")}
    asked: dict[str, Any] = {}
    if "answer_by" in row:
        asked = {"action_needed": True, "answer_by": maker.on + timedelta(days=row["answer_by"])}
    made = Learning.objects.draft(
        maker.commissioner, by=nurse, at=maker.at(written), review=review, staff_groups=row["staff"],
        categories=[code for code in row["categories"] if code in known], **said, **asked,
    )  # fmt: skip
    for day in published:
        made.publish(expected=1, by=director, at=maker.at(day), untied=True)
    for medium, day, categories, came in row.get("passed", ()):
        made.pass_on(
            medium=medium, on=maker.ago(day), categories=[code for code in categories if code in known],
            attendance=came if came != "" else None, staff_groups=row["staff"], by=nurse, at=maker.at(day),
        )  # fmt: skip
    asks = LearningAsk.objects.filter(learning=made).order_by("pk")
    for n, (ask, text) in enumerate(zip(asks[1:], row.get("answers", ()), strict=False)):
        lead = Membership.objects.filter(organisation=ask.organisation_id, role="PL").first()
        ask.acknowledge(text, by=lead.user if lead else nurse, at=maker.at(20 - 6 * n))


def _implications(maker: "Maker") -> None:
    """The first was decided; each further one waits to be reported. Their criteria are critical ones."""
    marked = Recommendation.objects.filter(commissioner=maker.commissioner, commissioning_implication=True)
    for n, asked in enumerate(marked.order_by("pk")):
        by = asked.recorded_by
        critical = CriterionVersion.objects.filter(critical=True).select_related("criterion").order_by("pk")
        link(asked, [row.criterion for row in critical[n : n + 2]])
        if not n:
            report(
                asked, by=by, at=maker.at(60), reported_on=maker.ago(60), committee="Quality and Safety Committee",
                decision="The measure is put into the contract from the next year", decided_on=maker.ago(32),
            )  # fmt: skip
