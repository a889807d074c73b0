"""The visit pack as one printable PDF: pure reading, as far as whoever downloads it may see.

What is for named people, and soft intelligence, stand on the last pages only, under the reader's name, to be taken
out before anybody else reads the pack. To add a part: its question in ``Pack._asked``, a property, and its place in
reports/visit_pack.html.
"""

from collections.abc import Mapping
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
from oversight.models import Concern, IntelligenceItem, StaffQuestions, Visit, VisitFinding
from oversight.pack.candidates import Criteria
from oversight.programme.lines import Line, Programme, contracts_of
from providers.models import Contact, Post
from training.known import ROWS as FIGURES
from training.known import Known, read, told_of

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
        """What the provider was asked, and what is known of each criterion; with everything else on the paper."""
        criteria = Criteria(self.visit, self.user, self.on)
        criteria.more = {"answers": criteria.answers(), **self._asked(criteria.newest)}
        return criteria

    def _asked(self, newest: Any) -> dict[str, Any]:
        """Every part by name; one question asks them all."""
        user, on, about = self.user, self.on, {"organisation": self.visit.organisation_id}
        whose = {"commissioner": self.visit.commissioner_id, **about}
        done = Visit.objects.permitted(user, Can.SEE_VISIT_WORK, on=on).done().filter(**about)
        last = done.exclude(pk=self.visit.pk).order_by("-ended_on", "-pk")[:1]
        found = VisitFinding.objects.judged().filter(visit__in=last.values("pk"))
        open_ = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).open().filter(**about)
        heard = IntelligenceItem.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).open().filter(**whose)
        worries = Concern.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).open().with_levels().filter(**whose)
        posts = Post.objects.permitted(user, Can.SEE_PROVIDERS, on=on).filter(**about).as_on(on)
        checked = StandardResult.objects.permitted(user, Can.SEE_RESULT, on=on)
        return {
            "team": self.visit.team.select_related("user"),
            "chosen": self.visit.lines.all(),
            "contacts": Contact.objects.permitted(user, Can.SEE_PROVIDERS).current().filter(**about)[:6],
            "standards": checked.filter(self_assessment__in=newest.values("pk"))
            .select_related("standard").order_by("standard__number", "pk"),
            "last": last,
            "findings": found.select_related("site")[:SHOWN],
            "actions": open_.select_related("owner").order_by("due_on", "pk")[:SHOWN],
            "posts": posts.order_by("title", "part"),
            "questions": StaffQuestions.objects.in_force(self.visit.commissioner_id, on)[:1],
            **{name: rows(self.visit.organisation, user, on) for name, rows in FIGURES.items()},
            "concerns": worries.select_related("theme"),
            "intelligence": heard.select_related("theme", "source", "reliability", "site")[:SHOWN],
        }  # fmt: skip

    @property
    def _known(self) -> Mapping[str, list[Any]]:
        return self.criteria.known

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

    @property
    def chosen(self) -> list[Any]:
        """The lines that somebody chose; empty while nobody did."""
        return self._known["chosen"]

    @property
    def team(self) -> list[Any]:
        """Who goes."""
        return self._known["team"]

    @cached_property
    def line(self) -> Line | None:
        """Its line on the programme: reasons, last visit, when due."""
        contracts = contracts_of(self.user, on=self.on).filter(organisation=self.visit.organisation_id)
        return next(iter(Programme(self.user, contracts, on=self.on).unmarked), None)

    @property
    def reasons(self) -> list[str]:
        """Why this provider, in words, without what only some may know."""
        return [each.words for each in self.line.reasons if each.source not in OF_THE_READER] if self.line else []

    @property
    def contacts(self) -> list[Contact]:
        """Whom to ask for."""
        return self._known["contacts"]

    @cached_property
    def standards(self) -> list[dict[str, Any]]:
        """Each standard: the provider's own counts and the validated ones, and when it was last checked."""
        found: dict[int, dict[str, Any]] = {}
        for row in self._known["standards"]:
            found.setdefault(row.standard_id, {"standard": row.standard})[row.basis] = row
        return list(found.values())

    @property
    def last(self) -> Visit | None:
        """The visit before this one."""
        return next(iter(self._known["last"]), None)

    @property
    def findings(self) -> list[Any]:
        """What was found then."""
        return self._known["findings"]

    @property
    def actions(self) -> list[Action]:
        """Open actions that everybody on the team may read."""
        return [each for each in self._known["actions"] if each.circle_id is None]

    @cached_property
    def figures(self) -> Known:
        """Training figures and key indicators that everybody on the team may read."""
        return read({name: told_of(self._known[name]) for name in FIGURES}, on=self.on, to_all=True)

    @property
    def posts(self) -> list[Post]:
        """Posts, and who holds them."""
        return self._known["posts"]

    @property
    def questions(self) -> list[str]:
        """What staff are asked."""
        return [question for rule in self._known["questions"] for question in rule.questions]

    @property
    def concerns(self) -> list[Any]:
        """Open concerns that the reader may know of."""
        return self._known["concerns"]

    @property
    def intelligence(self) -> list[Any]:
        """Open items that the reader may know of, newest first."""
        return self._known["intelligence"]

    @property
    def for_named_people(self) -> list[Action]:
        """Open actions for named people only."""
        return [each for each in self._known["actions"] if each.circle_id is not None]

    @property
    def heard(self) -> bool:
        """Does anything stand on the last pages beside why the visit is made?"""
        return bool(self.concerns or self.intelligence or self.for_named_people)


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
