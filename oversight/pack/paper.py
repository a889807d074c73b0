"""The visit pack as one printable PDF: pure reading, as far as whoever downloads it may see.

What is for named people, and soft intelligence, stand on the last pages only, under the reader's name, to be taken
out before anybody else reads the pack. To add a part: a property of ``Pack`` and its place in reports/visit_pack.html.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from accounts.capabilities import Can
from actions.models import Action
from assurance.models import StandardResult
from design import pdf
from design.pdf_apart import Maker
from oversight.models import Concern, IntelligenceItem, StaffQuestions, Visit
from oversight.pack.candidates import Criteria
from oversight.programme.lines import Line, Programme, contracts_of
from providers.models import Contact, Post

if TYPE_CHECKING:
    from accounts.models import User

# Reasons that hold more than everybody on the team may know.
OF_THE_READER = ("concerns", "actions_overdue")
SHOWN = 25
GROUPS = ("Managers and leads", "Clinical staff", "Other staff", "People who use the service", "Families and carers")
RECORDS = ("Care records", "Staff files and checks", "Training records", "Incident and referral logs", "Policies")
FREE_LINES = 3


@dataclass
class Pack:
    """Everything on paper about one visit."""

    visit: Visit
    user: "User"
    on: date

    @cached_property
    def criteria(self) -> Criteria:
        """What the provider was asked, and what is known of each criterion."""
        return Criteria(self.visit, self.user, self.on)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of enquiry with what is known of each; proposed ones while nobody has chosen."""
        known = {each.criterion.pk: each for each in self.criteria.with_answers()}
        if held := self.chosen:
            return [
                {"text": each.text, "why": each.why, "known": known.get(each.criterion_version_id)} for each in held
            ]
        proposed = self.criteria.proposed
        return [_line(each, each) for pk, each in known.items() if pk in proposed]

    @cached_property
    def chosen(self) -> list[Any]:
        """The lines that somebody chose; empty while nobody did."""
        return list(self.visit.lines.all())

    @cached_property
    def team(self) -> list[Any]:
        """Who goes."""
        return list(self.visit.team.select_related("user"))

    @cached_property
    def line(self) -> Line | None:
        """Its line on the programme: reasons, last visit, when due."""
        contracts = contracts_of(self.user, on=self.on).filter(organisation=self.visit.organisation_id)
        return next(iter(Programme(self.user, contracts, on=self.on).lines), None)

    @property
    def reasons(self) -> list[str]:
        """Why this provider, in words, without what only some may know."""
        return [each.words for each in self.line.reasons if each.source not in OF_THE_READER] if self.line else []

    @cached_property
    def contacts(self) -> list[Contact]:
        """Whom to ask for."""
        allowed = Contact.objects.permitted(self.user, Can.SEE_PROVIDERS).current()
        return list(allowed.filter(organisation=self.visit.organisation_id)[:6])

    @cached_property
    def standards(self) -> list[dict[str, Any]]:
        """Each standard: the provider's own counts and the validated ones, and when it was last checked."""
        if self.criteria.returned is None:
            return []
        rows = StandardResult.objects.permitted(self.user, Can.SEE_RESULT, on=self.on)
        rows = rows.filter(self_assessment=self.criteria.returned).select_related("standard")
        found: dict[int, dict[str, Any]] = {}
        for row in rows.order_by("standard__number"):
            found.setdefault(row.standard_id, {"standard": row.standard})[row.basis] = row
        return list(found.values())

    @cached_property
    def last(self) -> Visit | None:
        """The visit before this one."""
        done = Visit.objects.permitted(self.user, Can.SEE_VISIT_WORK, on=self.on).done().of(self.visit.organisation_id)
        found: Visit | None = done.exclude(pk=self.visit.pk).order_by("-ended_on", "-pk").first()
        return found

    @cached_property
    def findings(self) -> list[Any]:
        """What was found then."""
        return list(self.last.findings.judged().select_related("site")[:SHOWN]) if self.last else []

    @cached_property
    def _actions(self) -> list[Action]:
        open_ = Action.objects.permitted(self.user, Can.SEE_ACTIONS, on=self.on).open()
        return list(open_.filter(organisation=self.visit.organisation_id).order_by("due_on", "pk")[:SHOWN])

    @property
    def actions(self) -> list[Action]:
        """Open actions that everybody on the team may read."""
        return [each for each in self._actions if each.circle_id is None]

    @cached_property
    def posts(self) -> list[Post]:
        """Posts, and who holds them."""
        allowed = Post.objects.permitted(self.user, Can.SEE_PROVIDERS, on=self.on)
        return list(allowed.of(self.visit.organisation_id).as_on(self.on).order_by("title", "part"))

    @cached_property
    def questions(self) -> list[str]:
        """What staff are asked."""
        found = StaffQuestions.objects.in_force(self.visit.commissioner_id, self.on).first()
        return list(found.questions) if found else []

    @cached_property
    def concerns(self) -> list[Any]:
        """Open concerns that the reader may know of."""
        allowed = Concern.objects.permitted(self.user, Can.SEE_INTELLIGENCE, on=self.on).open().with_levels()
        return list(allowed.filter(**self._whose).select_related("theme"))

    @cached_property
    def intelligence(self) -> list[Any]:
        """Open items that the reader may know of, newest first."""
        allowed = IntelligenceItem.objects.permitted(self.user, Can.SEE_INTELLIGENCE, on=self.on).open()
        return list(allowed.filter(**self._whose).select_related("theme", "source", "reliability", "site")[:SHOWN])

    @property
    def for_named_people(self) -> list[Action]:
        """Open actions for named people only."""
        return [each for each in self._actions if each.circle_id is not None]

    @property
    def heard(self) -> bool:
        """Does anything stand on the last pages beside why the visit is made?"""
        return bool(self.concerns or self.intelligence or self.for_named_people)

    @property
    def _whose(self) -> dict[str, int]:
        return {"commissioner": self.visit.commissioner_id, "organisation": self.visit.organisation_id}


def _line(said: Any, known: Any) -> dict[str, Any]:
    """One line on paper: its words and why, and what is known of its criterion."""
    return {"text": said.text, "why": said.why, "known": known}


def html_of(pack: Pack, *, at: datetime, demonstration: bool) -> str:
    """The pages before they are set."""
    said = {
        "pack": pack, "visit": pack.visit, "at": at, "demonstration": demonstration, "reader": pack.user,
        "title": "Visit pack", "groups": GROUPS, "records": RECORDS, "free_lines": range(FREE_LINES),
        "people": range(1, 6), "today": pack.on,
    }  # fmt: skip
    return render_to_string("reports/visit_pack.html", said)


def sheets() -> tuple[str, ...]:
    """Its stylesheets."""
    return pdf.stylesheet("print"), pdf.stylesheet("visit_pack")


def made(pack: Pack, *, at: datetime, demonstration: bool = False) -> bytes:
    """The finished file, set in a process of its own that loads while the pages are gathered."""
    with Maker() as maker:
        html = html_of(pack, at=at, demonstration=demonstration)
        return pdf.render(html, title="Visit pack", stylesheets=sheets(), at=at, apart=maker)
