"""The posts of organisations as a reader meets them: what there is, what the rules ask, and what has to be looked at.

A post that the rules ask for and nobody recorded is "not known", which is not the same as vacant. The rules are those
of the commissioner that leads the contract; a commissioner's own posts follow its own. A fixed number of queries,
however many organisations.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery

from providers.models import Arrangement, Organisation, Post, PostHolder, PostRule, ServiceAnswer
from providers.models.post_rules import asked_of

# The states, what each is called, its tone, and in which order they want attention.
STATES: dict[str, tuple[str, str]] = {
    "vacant": ("Vacant", "bad"),
    "unknown": ("Not known", "waiting"),
    "stale": ("Check out of date", "partly"),
    "leaving": ("Leaving", "info"),
    "held": ("Held", "good"),
}
# What a list of many organisations reads of a post, and of somebody's time in it.
OF_A_POST = ("pk", "organisation_id", "kind", "title", "part", "wte", "starts_on")
OF_A_TIME = ("post_id", "part", "name", "starts_on", "ends_on", "notice_on", "verified_on")


@dataclass(slots=True)
class Line:
    """One post of one organisation on a day; ``post`` is None where the rules ask for one and none is recorded.

    In a list of many organisations post and people are plain rows with ``OF_A_POST`` and ``OF_A_TIME``.
    """

    organisation: Organisation
    rule: PostRule | None
    post: Post | None
    on: date
    holder: PostHolder | None = None
    cover: PostHolder | None = None
    vacant_since: date | None = None

    @property
    def title(self) -> str:
        """The post's own title, else what the rule calls it."""
        return Post.__str__(self.post) if self.post else str(self.rule)

    @property
    def statutory(self) -> bool:
        """Law or statutory guidance asks for it."""
        return self.rule is not None and self.rule.statutory

    @property
    def days(self) -> int | None:
        """How long it has been vacant."""
        return (self.on - self.vacant_since).days if self.vacant_since else None

    @property
    def check_by(self) -> date | None:
        """The day by which somebody must say that it is still right."""
        if self.holder is None:
            return None
        after = timedelta(days=self.rule.verify_days if self.rule else 365)
        return (self.holder.verified_on or self.holder.starts_on) + after

    @property
    def state(self) -> str:
        """A key of ``STATES``."""
        if self.post is None:
            return "unknown"
        if self.holder is None:
            return "vacant"
        if self.check_by and self.check_by < self.on:
            return "stale"
        return "leaving" if self.holder.ends_on or self.holder.notice_on else "held"

    @property
    def in_words(self) -> str:
        """The state as the page says it."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return STATES[self.state][1]


@dataclass
class Rules:
    """Which rules hold for which organisation, and which services each gives."""

    leads: dict[int, int | None] = field(default_factory=dict)
    by_commissioner: dict[int | None, dict[str, PostRule]] = field(default_factory=dict)
    services: dict[int, frozenset[str]] = field(default_factory=dict)

    def of(self, organisation: Organisation) -> dict[str, PostRule]:
        """By kind, in the order of the screen; without a lead commissioner the shipped ones."""
        whose = (
            organisation.pk if organisation.kind == Organisation.Kind.COMMISSIONER else self.leads.get(organisation.pk)
        )
        return self.by_commissioner.get(whose) or self.by_commissioner[None]

    def asked(self, organisation: Organisation) -> list[PostRule]:
        """The posts that it must have."""
        return asked_of(self.of(organisation).values(), organisation, self.services.get(organisation.pk, frozenset()))


def rules_for(organisations: Any, *, on: date) -> Rules:
    """The rules of the day for these organisations: two queries."""
    leading = Arrangement.objects.live(on=on).leading().filter(organisation=OuterRef("pk"))
    answers = ServiceAnswer.objects.filter(organisation=OuterRef("pk"), holds=True)
    bodies = Organisation.objects.filter(pk__in=organisations).annotate(
        lead=Subquery(leading.values("commissioner")[:1]),
        given=ArraySubquery(answers.values("question__key")),
    )
    leads: dict[int, int | None] = {}
    services: dict[int, frozenset[str]] = {}
    alike: dict[frozenset[str], frozenset[str]] = {}
    for pk, lead, given in bodies.values_list("pk", "lead", "given"):
        leads[pk] = lead
        theirs = frozenset(map(sys.intern, given))
        services[pk] = alike.setdefault(theirs, theirs)
    rows = list(PostRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on))
    shipped = {row.kind: row for row in rows if row.commissioner_id is None}
    own: dict[int | None, dict[str, PostRule]] = {None: {}}
    for row in rows:
        if row.commissioner_id is not None:
            own.setdefault(row.commissioner_id, {})[row.kind] = row
    merged = {whose: {**shipped, **rules} for whose, rules in own.items()}
    ordered = {
        whose: dict(sorted(rules.items(), key=lambda pair: (pair[1].position, pair[0])))
        for whose, rules in merged.items()
    }
    return Rules(leads, ordered, services)


def lines_of(organisations: Iterable[Organisation], *, on: date, brief: bool = False) -> list[Line]:
    """Every post of these organisations and every one that the rules ask for: by organisation, in the rules' order.

    ``brief`` is for a list of a whole register: thousands of posts and people, of which only what is shown is held.
    """
    bodies = list(organisations)
    keys = [each.pk for each in bodies]
    rules = rules_for(keys, on=on)
    posts, times = _posts(keys, on=on, brief=brief), _times(keys, on=on, brief=brief)
    found = []
    for body in bodies:
        held, asked = rules.of(body), rules.asked(body)
        there = posts.get(body.pk, [])
        if not brief:
            for post in there:
                post.organisation = body
        kinds = {post.kind for post in there}
        mine = [_line(body, held.get(post.kind), post, times.get(post.pk, []), on) for post in there]
        mine += [Line(body, rule, None, on) for rule in asked if rule.kind not in kinds]
        found += sorted(mine, key=_place)
    return found


def _place(line: Line) -> tuple[int, str]:
    return (line.rule.position if line.rule else 999, line.title)


def _posts(organisations: list[int], *, on: date, brief: bool) -> dict[int, list[Any]]:
    """The posts of each that there are on the day."""
    rows = Post.objects.open(on=on).filter(organisation__in=organisations)
    found: dict[int, list[Any]] = {}
    for row in rows.values_list(*OF_A_POST, named=True) if brief else rows.select_related("line_manager"):
        found.setdefault(row.organisation_id, []).append(row)
    return found


def _times(organisations: list[int], *, on: date, brief: bool) -> dict[int, list[Any]]:
    """Who is in each post and who covers it, or for the vacancy clock the last one who did: nobody overlaps."""
    rows: Any = PostHolder.objects.filter(organisation__in=organisations, starts_on__lte=on)
    rows = rows.order_by("post_id", "part", "-starts_on").distinct("post_id", "part")
    rows = rows.values_list(*OF_A_TIME, named=True) if brief else rows.select_related("contact", "verified_by")
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.post_id, []).append(row)
    return found


def _line(body: Organisation, rule: PostRule | None, post: Post, times: list[PostHolder], on: date) -> Line:
    now = {row.part: row for row in times if row.ends_on is None or row.ends_on > on}
    holder = now.get(PostHolder.Part.HOLDER)
    left = [row.ends_on for row in times if row.part == PostHolder.Part.HOLDER and row.ends_on]
    since = None if holder else max([each for each in left if each], default=post.starts_on)
    return Line(body, rule, post, on, holder, now.get(PostHolder.Part.COVER), since)


@dataclass(frozen=True)
class Together:
    """Two posts that one person holds although the rules want two people."""

    name: str
    first: str
    second: str


def held_together(lines: Iterable[Line]) -> list[Together]:
    """Level 4 and level 5 posts, and those for looked after children, in one pair of hands: a warning, no refusal."""
    by_person: dict[str, list[Line]] = {}
    for line in lines:
        if line.holder and line.rule:
            by_person.setdefault(line.holder.name.casefold(), []).append(line)
    found = []
    for mine in by_person.values():
        for n, one in enumerate(mine):
            for other in mine[n + 1 :]:
                assert one.rule is not None
                assert other.rule is not None
                if other.rule.kind in one.rule.apart_from or one.rule.kind in other.rule.apart_from:
                    found.append(Together(one.holder.name if one.holder else "", one.title, other.title))
    return found
