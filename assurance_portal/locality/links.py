"""One small provider of the demonstration answers by link: begun last week, and a new link on its way this morning.

The letter is the one thing that a fresh demonstration sends: its mail page shows it, and the link in it opens.
"""

from collections.abc import Iterable
from datetime import timedelta

from assurance.models import ReturnLink
from assurance.models.answers import Entry
from assurance.models.links import may_go, send_link
from assurance_portal.locality import behaviour
from assurance_portal.locality.people import People
from assurance_portal.locality.years import Return, Year
from chasing.models import Letter
from chasing.recipients import registered_of

WRITTEN = 5


def load(years: Iterable[Year], people: People, *, seed: int) -> None:
    """A link that was sent and used, and the same address's next one."""
    for year in years:
        open_ = sorted((each for each in year.returns if _is_small(year, each)), key=lambda each: each.place.key)
        if open_:
            _by_link(year, open_[0], people, seed=seed)
            return


def _is_small(year: Year, each: Return) -> bool:
    return not year.years_ago and each.assessment.tier == "light" and not each.said and may_go(each.assessment)


def _by_link(year: Year, each: Return, people: People, *, seed: int) -> None:
    assessment, analyst = each.assessment, people["analyst"]
    to = registered_of([assessment.organisation_id])[assessment.organisation_id]
    if not to:
        return
    began, again = year.moment(year.on - timedelta(days=6), 10), year.moment(year.on, 0)
    address = {"name": to[0].name, "email": to[0].email}
    first = send_link(assessment, **address, by=analyst, at=began)
    used = began + timedelta(hours=5)
    said = [
        Entry(answer.pk, {"grade": words.grade}, words.narrative, words.reason)
        for answer in assessment.answers.in_order().select_related("criterion_version__standard")[:WRITTEN]
        if (words := behaviour.answer(each.place, answer.criterion_version, years_ago=0, seed=seed))
    ]
    assessment.record_answers(said, by=first.bearer, at=used)
    sent = {"sent_at": began, "first_opened_at": used - timedelta(minutes=9), "last_used_at": used}
    ReturnLink.objects.filter(pk=first.pk).update(**sent)
    Letter.objects.filter(about__link=first.pk).update(state=Letter.State.SENT, sent_at=began)
    send_link(assessment, **address, by=analyst, at=again)
