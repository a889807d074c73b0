"""Rounds and returns of the demonstration's years: issued by the product's own verb, answered set-based."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from assurance import issuing
from assurance.models import Answer, Round, SelfAssessment, SendBack, Submission
from assurance.models.documents import digest
from assurance.models.recipients import tell_provider
from assurance.models.submitting import DECLARATION
from assurance_portal.locality import behaviour
from assurance_portal.locality.behaviour import Course, Said
from assurance_portal.locality.loading import updated
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality, Place
from chasing.models import DueChange, Letter
from design.calendar import LONDON, FinancialYear, add_working_days
from framework.models import CriterionVersion, FrameworkVersion

BATCH = 4_000
RECEIVED = ("submitted", "under_review", "sent_back", "validated")


@dataclass
class Return:
    """One return of the locality with what the provider said, by criterion version."""

    assessment: SelfAssessment
    place: Place
    course: Course
    said: dict[int, Said]
    answers: dict[int, int]

    @property
    def place_key(self) -> int:
        """The provider's id."""
        return self.assessment.organisation_id


@dataclass
class Year:
    """One round of one commissioner, with its returns."""

    round: Round
    years_ago: int
    returns: list[Return]
    criteria: dict[int, CriterionVersion]
    on: date

    def moment(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """A moment of a day in London, and nothing of the demonstration's today."""
        return past(day, hour, minute, on=self.on)

    def answered_at(self, each: "Return") -> datetime:
        """When its provider wrote the answers."""
        return self.moment(each.course.submitted or self.round.opens_on + timedelta(days=9), 9, 12)

    @cached_property
    def in_order(self) -> dict[int, int]:
        """The place of each criterion in the order of the framework: "1.10" after "1.9"."""
        numbered = sorted(self.criteria, key=lambda pk: [int(n) for n in self.criteria[pk].ref.split(".")])
        return {pk: place for place, pk in enumerate(numbered)}

    @cached_property
    def words(self) -> dict[tuple[int, str], str]:
        """What each criterion asks in each tier."""
        return {(pk, each.tier): each.text for pk, one in self.criteria.items() for each in one.wordings.all()}

    @cached_property
    def keys(self) -> dict[int, str]:
        """The key of each provider's place by its id."""
        return {each.place_key: each.place.key for each in self.returns}


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in London."""
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


def past(day: date, hour: int = 10, minute: int = 0, *, on: date) -> datetime:
    """A moment of a day in London, at the latest the one at which the demonstration's today began.

    Whatever the hour at which it is loaded, nothing in it is still to come; and the same day gives the same world.
    """
    return min(moment(day, hour, minute), moment(on, 0))


def dates(year: FinancialYear, *, on: date) -> tuple[date, date]:
    """Opening and due date: May to June in a year that is over, the last ten weeks in the running one."""
    if on not in year:
        return date(year.starts.year, 5, 2), date(year.starts.year, 6, 30)
    opened = max(year.starts, on - timedelta(days=74))
    return opened, max(add_working_days(opened, 30), on - timedelta(days=17))


def load(locality: Locality, people: People, *, years: int, on: date, seed: int) -> list[Year]:
    """Issue and answer every year, the oldest first."""
    running = FinancialYear.of(on)
    found = []
    for ago in reversed(range(years)):
        year = running
        for _ in range(ago):
            year = year.previous
        for commissioner in locality.commissioners.values():
            found.append(_year(locality, commissioner, year, ago, people, on=on, seed=seed))
    _file_away_letters(on)
    return found


def _version(on: date) -> FrameworkVersion:
    shipped = FrameworkVersion.objects.filter(framework__commissioner=None, state="published")
    return shipped.filter(valid_from__lte=on).order_by("-valid_from").first() or shipped.order_by("valid_from")[0]


def _year(
    locality: Locality, commissioner: Any, year: FinancialYear, ago: int, people: People, *, on: date, seed: int
) -> Year:
    opened, due = dates(year, on=on)
    round_ = Round.objects.create(
        commissioner=commissioner, framework_version=_version(opened), year=year.slug, opens_on=opened, due_on=due,
        name=f"Annual safeguarding self-assessment {year.label}",
    )  # fmt: skip
    issuing.issue(round_, by=people["analyst"], at=past(opened, 9, on=on), on=opened)
    if ago:
        Round.objects.filter(pk=round_.pk).update(state=Round.State.CLOSED)
    found = Year(round_, ago, [], _criteria(round_), on)
    found.returns = list(_returns(locality, found, on=on, seed=seed))
    _answer(found, people)
    _submit(found, people)
    return found


def _criteria(round_: Round) -> dict[int, CriterionVersion]:
    rows = round_.framework_version.criteria.select_related("standard").prefetch_related("wordings")
    return {row.pk: row for row in rows}


def _returns(locality: Locality, year: Year, *, on: date, seed: int) -> Iterable[Return]:
    """What becomes of each return, and what its provider says."""
    asked: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Answer.objects.filter(self_assessment__round=year.round)
    for assessment, criterion, pk in rows.values_list("self_assessment", "criterion_version", "pk").iterator():
        asked[assessment][criterion] = pk
    for assessment in year.round.assessments.select_related("organisation", "commissioner"):
        place = locality.place_of(assessment.organisation_id)
        if year.years_ago:
            course = behaviour.past_course(
                place, year=year.round.year, years_ago=year.years_ago, due=year.round.due_on, seed=seed
            )
        else:
            course = behaviour.running_course(
                place, year=year.round.year, opened=year.round.opens_on, due=year.round.due_on, on=on, seed=seed
            )
        share = 1.0 if course.end in RECEIVED else 0.45 if course.end == "in_progress" else 0.0
        said = {
            criterion: behaviour.answer(place, year.criteria[criterion], years_ago=year.years_ago, seed=seed)
            for criterion in asked[assessment.pk]
            if behaviour.chance("filled", place.key, year.criteria[criterion].criterion_id, seed) <= share
        }
        yield Return(assessment, place, course, said, asked[assessment.pk])


ANSWERED = """
    UPDATE assurance_answer a
    SET value = jsonb_build_object('grade', said.grade), narrative = said.narrative,
        not_applicable_reason = said.reason, version = 2, answered_at = said.at, answered_by_id = said.by
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bigint[])
        AS said (id, grade, narrative, reason, at, by)
    WHERE a.id = said.id
"""


def _answer(year: Year, people: People) -> None:
    """Write the answers in a few large statements, before anything is frozen."""
    rows = (
        (each.answers[criterion], said.grade, said.narrative, said.reason, at, by)
        for each in year.returns
        for by, at in ((people.leads[each.place_key].pk, year.answered_at(each)),)
        for criterion, said in each.said.items()
    )
    updated(ANSWERED, rows)


def _submit(year: Year, people: People) -> None:
    """Move the returns to where they stand, with their submissions and changed dates."""
    submissions, moves = [], []
    for each in year.returns:
        _place(year, each, people)
        if each.course.extended_to or each.course.sent_back:
            moves.append(_moved(year, each, people))
        if each.course.submitted:
            submissions.append(_submission(year, each, people))
    SelfAssessment.objects.bulk_update(
        [each.assessment for each in year.returns],
        ["state", "due_on", "due_version", "first_submitted_at", "submitted_at", "validated_at", "settled_at",
         "withdrawn_at", "withdrawn_by", "withdrawn_reason", "version"],
        batch_size=500,
    )  # fmt: skip
    DueChange.objects.bulk_create(moves)
    Submission.objects.bulk_create(submissions, batch_size=200)
    _send_back(year, people)


def _place(year: Year, each: Return, people: People) -> None:
    row, course = each.assessment, each.course
    row.state, row.version = course.end, 2
    if course.submitted:
        row.first_submitted_at = row.submitted_at = year.moment(course.submitted, 16, 20)
        row.settled_at = None if course.end == "sent_back" else row.submitted_at
    if course.validated:
        row.validated_at = year.moment(course.validated, 15)
    if course.end == "withdrawn":
        row.withdrawn_at = row.settled_at = year.moment(row.round.due_on, 11)
        row.withdrawn_by, row.withdrawn_reason = people["analyst"], "Not received; asked again in the next year’s round"
    if moved := course.extended_to or course.asked_again_by:
        row.due_on, row.due_version = moved, 2


def _moved(year: Year, each: Return, people: People) -> DueChange:
    """The date was extended before it came, or moved with what was sent back."""
    row, back = each.assessment, each.course.sent_back
    told = {
        "by": people["nurse"], "at": year.moment(back, 14, 10), "reason": "Sent back for more",
    } if back else {
        "by": people["analyst"], "agreed_by": people["nurse"],
        "at": year.moment(row.original_due_on - timedelta(days=3)),
        "reason": behaviour.pick(behaviour.WORDS["extension"]["reasons"], each.place.key, row.round.year),
    }  # fmt: skip
    return DueChange(
        kind=row.kind_code, thing=row.pk, commissioner_id=row.commissioner_id, organisation_id=row.organisation_id,
        old=row.original_due_on, new=row.due_on, **told,
    )  # fmt: skip


def _send_back(year: Year, people: People) -> None:
    """What ``StrandReview.send_back`` leaves behind: the request, its letter, answers that were submitted before."""
    sent_back = [(each.assessment, each.course.sent_back) for each in year.returns if each.course.sent_back]
    notes = behaviour.WORDS["sent_back"]["notes"]
    for row, day in sent_back:
        at = year.moment(day, 14, 10)
        back = SendBack.objects.create(
            self_assessment=row, commissioner_id=row.commissioner_id, organisation_id=row.organisation_id,
            due_on=row.due_on, by=people["nurse"], at=at, notes=behaviour.pick(notes, year.keys[row.organisation_id]),
        )  # fmt: skip
        tell_provider("sent_back", row, key=str(back.pk), at=at, send_back=back.pk)
    Answer.objects.filter(self_assessment__in=[row.pk for row, _ in sent_back]).update(submitted_before=True)


def _submission(year: Year, each: Return, people: People) -> Submission:
    row = each.assessment
    sent = each.course.submitted or year.round.due_on
    document = _document(year, each, sent, people)
    by = people.leads[each.place_key]
    return Submission(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, self_assessment_id=row.pk, number=1,
        document=document, sha256=digest(document), signed_by_name=document["signed_by"]["name"],
        signed_by_role=document["signed_by"]["role"], signed_on=sent, declaration=DECLARATION, submitted_by=by,
        submitted_at=year.moment(sent, 16, 20),
    )  # fmt: skip


def _document(year: Year, each: Return, sent: date, people: People) -> dict[str, Any]:
    """In the form of ``assurance.models.documents``."""
    row, round_ = each.assessment, year.round
    labels = {"green": "Met", "amber": "Partly met", "red": "Not met", "not_applicable": "Not applicable"}
    answers = []
    for criterion in sorted(each.said, key=year.in_order.__getitem__):
        version, said = year.criteria[criterion], each.said[criterion]
        words = year.words.get((criterion, row.tier), "")
        answers.append(
            {
                "criterion": str(version.criterion_id), "ref": version.ref, "standard": version.standard.number,
                "standard_title": version.standard.title, "text": words, "critical": version.critical,
                "grade": said.grade, "grade_label": labels[said.grade], "narrative": said.narrative,
                "not_applicable_reason": said.reason, "still_true_since_last_year": False, "evidence": [],
            }
        )  # fmt: skip
    return {
        "format": 1, "return": row.reference, "commissioner": row.commissioner.name,
        "organisation": {"name": row.organisation.name, "code": row.organisation.code},
        "round": {"name": round_.name, "year": round_.year, "framework": round_.framework_version.label},
        "tier": row.get_tier_display(), "due_on": row.due_on.isoformat(),
        "original_due_on": row.original_due_on.isoformat(), "answers": answers,
        "number": 1, "declaration": DECLARATION, "reported_now": False,
        "signed_by": {
            "name": people.executives.get(each.place_key) or people.leads[each.place_key].name,
            "role": "Executive lead", "on": sent.isoformat(),
        },
        "submitted_at": year.moment(sent, 16, 20).isoformat(timespec="seconds"),
        "channel": Submission.Channel.ONLINE.value,
        "received_from": "", "received_on": "", "correct_until": "",
    }  # fmt: skip


def _file_away_letters(on: date) -> None:
    """Nothing old is mailed: letters written by loading stay in the history as not sent."""
    Letter.objects.filter(state=Letter.State.PENDING).update(
        state=Letter.State.DROPPED, problem="Loaded with the demonstration: never sent"
    )
