"""What taking each row of a file of reviews would do, for the person who chose it.

A row is compared only with reviews on whose list the person is. A row of somebody else's review is therefore a new
review, to the letter as if there were no other: the screen, the accepting and the answer's code are the same, so that
nothing can be learned from a file (trust.md row 24).
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from accounts.capabilities import Can
from accounts.models import CircleMember
from accounts.models.memberships import DESIGNATED_TEAM
from design.workbooks.values import plain
from oversight.bringing import review_plans
from oversight.bringing.reviews import COLUMNS, DAYS, HEADINGS, day_of
from oversight.bringing.rows import Difference, Line, Outcome, check
from providers.models import Organisation
from reviews.forms.details import holding, readers
from reviews.kinds import KINDS, STAGES
from reviews.models import ClockRule, Milestone, Review, ReviewTheme
from reviews.models.reviews import THEMES

if TYPE_CHECKING:
    from accounts.models import User

STEIS = re.compile(r"\d{4}/\d{1,7}")
TEXTS = ("pseudonym", "steis_number", "local_reference", "locality", "link")
PAST_BY = {"notified": "scoping", "decided": "decided"}  # from which stage on the day must be known


def named_on(user: "User", can: Can, on: date) -> Any:
    """The reviews on whose list the person is; to be let in for an emergency is not enough."""
    listed = CircleMember.objects.live(on=on).filter(
        user=user, circle=OuterRef("circle"), scope=CircleMember.Reach.WHOLE
    )
    return Review.objects.permitted(user, can, on=on).filter(Exists(listed))


class Comparison:
    """The commissioner's boards, themes and people, and the person's reviews: the same queries for any file."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, user: "User", on: date) -> None:
        self.lines, self.commissioner, self.user, self.on = lines, commissioner, user, on
        boards = Organisation.objects.filter(kind=Organisation.Kind.BOARD, partnerships__commissioner=commissioner)
        self.boards = {plain(board.name): board for board in boards.distinct()}
        self.themes = {plain(theme.label): theme for theme in ReviewTheme.objects.worded_for(commissioner, on)}
        people = list(readers(commissioner, on=on))
        self.people = {person.email.casefold(): person for person in people}
        team = list(holding(DESIGNATED_TEAM, commissioner, on=on))
        self.team = {name: each for each in team for name in (plain(each.name), plain(each.email))}
        rules = ClockRule.objects.in_force(commissioner, on)
        self.anchors = {(rule.kind, rule.anchor) for rule in rules if rule.anchor in PAST_BY}
        mine = list(named_on(user, Can.SEE_REVIEW, on).filter(commissioner=commissioner))
        self.mine = {key: review for review in reversed(mine) for key in _keys(review)}
        self.happened: dict[int, dict[str, date]] = {}
        for held in Milestone.objects.filter(review__in=mine).order_by("pk"):
            self.happened.setdefault(held.review_id, {})[held.event] = held.on

    @cached_property
    def kept(self) -> set[int]:
        """The reviews that the person may change."""
        return set(named_on(self.user, Can.EDIT_REVIEW, self.on).values_list("pk", flat=True))

    def outcomes(self, choices: Any = None) -> list[Outcome]:
        """One for each row; the same review twice in a file is taken once."""
        seen: dict[tuple[str, ...], str] = {}
        plans = [line for line in self.lines if line.get(review_plans.PLAN)]
        rows = [line for line in self.lines if not line.get(review_plans.PLAN)]
        found = [self._outcome(Line.of_json(line.as_json()), seen) for line in rows]
        new = {plain(each.line.get("local_reference")) for each in found if each.state == "new"}
        held = review_plans.Comparison(plans, self.commissioner, self.on, mine=self.mine, new=new - {""})
        return [*found, *held.outcomes()]

    def _outcome(self, line: Line, seen: dict[tuple[str, ...], str]) -> Outcome:
        title = f"{line.get('pseudonym') or 'No pseudonym'} {line.get('local_reference')}".strip()
        if not line.problems:
            self._look_up(line)
        if line.problems:
            return Outcome(line, title, "rejected")
        key = _key(line)
        if key in seen:
            where = "local_reference" if line.get("local_reference") else "pseudonym"
            line.refuse(COLUMNS, where, f"stands in {seen[key]} already. Take one of the two rows out.")
            return Outcome(line, title, "rejected")
        seen[key] = line.where
        review = self.mine.get(key)
        return self._new(line, title) if review is None else self._compared(line, title, review)

    def _look_up(self, line: Line) -> None:
        """Board, themes and people by name."""
        held = self.mine.get(_key(line))
        outside = held is not None and held.board_name != "" and held.board_name == line.get("board")
        if line.get("board") and plain(line.get("board")) not in self.boards and not outside:
            why = "is not one of your boards. If it is outside the area, write it under “Board outside the area”."
            line.refuse(COLUMNS, "board", why)
        elif line.get("board") and line.get("board_name"):
            line.refuse(COLUMNS, "board_name", "is filled in, and so is the board. Leave one of the two empty.")
        for name in THEMES:
            others = [line.get(other) for other in THEMES if other < name]
            if line.get(name) and plain(line.get(name)) not in self.themes:
                line.refuse(COLUMNS, name, "is not on the list of themes. Choose one of the list.")
            elif line.get(name) and line.get(name) in others:
                line.refuse(COLUMNS, name, "stands in this row already. Name each theme once.")
        if line.get("designated") and plain(line.get("designated")) not in self.team:
            line.refuse(COLUMNS, "designated", "is none of your designated professionals. Write the name or e-mail.")
        if line.get("steis_number") and not STEIS.fullmatch(line.get("steis_number")):
            line.refuse(COLUMNS, "steis_number", "is not a year, a stroke and a number, such as 2026/12345.")
        wanted = {name: line.get(name) for name in TEXTS if line.get(name)}
        check(line, COLUMNS, Review(**wanted), {name: name for name in wanted})

    def _people(self, line: Line) -> list["User"]:
        """Who else may know of it; says beside the cell when that is nobody."""
        said = [one.strip().casefold() for one in line.get("people").replace(",", ";").split(";") if one.strip()]
        unknown = [one for one in said if one not in self.people]
        others = [self.people[one] for one in said if one in self.people and self.people[one] != self.user]
        if unknown:
            why = f"{unknown[0]} is not the e-mail of somebody of yours who may be named on a review."
            line.refuse(COLUMNS, "people", why)
        elif not others:
            line.refuse(COLUMNS, "people", "names nobody but you. A review is for at least two people: name a second.")
        return others

    def _new(self, line: Line, title: str) -> Outcome:
        people, kind, stages = self._people(line), line.get("kind"), list(STAGES)
        stage = stages.index(line.get("stage"))
        for anchor, since in PAST_BY.items():
            runs = (kind, anchor) in self.anchors and stages.index(since) <= stage < stages.index("published")
            if runs and not line.get(anchor):
                why = f"is empty, and a clock of a {KINDS[kind].label} counts from it. Fill it in."
                line.refuse(COLUMNS, anchor, why)
        if line.problems:
            return Outcome(line, title, "rejected")
        said = [
            Difference("Kind", "", KINDS[kind].label), Difference("Stage", "", STAGES[line.get("stage")]),
            Difference("May know of it", "", ", ".join(["you", *(person.name for person in people)])),
            *(Difference(HEADINGS[key], "", f"{day:%-d %B %Y}") for key in DAYS if (day := day_of(line, key))),
        ]  # fmt: skip
        wanted = {"review": None, "fields": self._fields(line), "line": line, "people": people}
        return Outcome(line, title, "new", said, wanted=wanted)

    def _compared(self, line: Line, title: str, review: Review) -> Outcome:
        self._same_course(line, review)
        fields = {name: new for name, new in self._fields(line).items() if new != getattr(review, name)}
        if fields and (review.closed_at is not None or review.pk not in self.kept):
            why = "that is closed" if review.closed_at else "that you read and do not keep"
            line.refuse(COLUMNS, "pseudonym", f"is of a review {why}. Nothing of it is changed.")
        if line.problems:
            return Outcome(line, title, "rejected")
        said = [
            Difference(HEADINGS[name], _words(getattr(review, name)), _words(new)) for name, new in fields.items()
        ]  # fmt: skip
        wanted = {"review": review, "fields": fields, "line": line}
        return Outcome(line, title, "changed" if fields else "unchanged", said, wanted=wanted)

    def _same_course(self, line: Line, review: Review) -> None:
        """Its kind, stage and days are changed on its page, where clocks are counted and reasons kept."""
        where = "Change it on the page of the review, where its clocks are counted and the reason is kept."
        if line.get("kind") != review.kind:
            line.refuse(COLUMNS, "kind", f"is a {review.of_kind.label} here. {where}")
        if "stage" in line.refs and line.get("stage") != review.stage:
            line.refuse(COLUMNS, "stage", f"is “{review.get_stage_display()}” here. {where}")
        held = {"referred_on": review.referred_on, **self.happened.get(review.pk, {})}
        for key in ("referred_on", *DAYS):
            day, here = day_of(line, key), held.get(key)
            if day is not None and day != here:
                said = f"{here:%-d %B %Y}" if here else "not recorded"
                line.refuse(COLUMNS, key, f"is {said} here. {where}")

    def _fields(self, line: Line) -> dict[str, Any]:
        """What the row says of the review itself; an empty cell says nothing."""
        found: dict[str, Any] = {name: line.get(name) for name in TEXTS if line.get(name)}
        if (board := line.get("board")) and plain(board) in self.boards:
            found |= {"board": self.boards[plain(board)], "board_name": ""}
        elif line.get("board_name"):
            found |= {"board": None, "board_name": line.get("board_name")}
        found |= {name: self.themes[plain(line.get(name))] for name in THEMES if line.get(name)}
        if line.get("designated"):
            found["designated"] = self.team[plain(line.get("designated"))]
        if line.get("embargo_until"):
            found["embargo_until"] = day_of(line, "embargo_until")
        return found


def _keys(review: Review) -> list[tuple[str, ...]]:
    """What a row can say to mean this review: the board's reference, the portal's, or pseudonym, kind and day."""
    by_name = (plain(review.pseudonym), review.kind, review.referred_on.isoformat())
    return [(plain(said),) for said in (review.local_reference, review.reference) if said] + [by_name]


def _key(line: Line) -> tuple[str, ...]:
    if line.get("local_reference"):
        return (plain(line.get("local_reference")),)
    return plain(line.get("pseudonym")), line.get("kind"), line.get("referred_on")


def _words(value: Any) -> str:
    return f"{value:%-d %B %Y}" if isinstance(value, date) else str(value or "")
