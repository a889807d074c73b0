"""One review: whose it is, of which kind, how far it has come, and who may know of it.

It holds a reference and a pseudonym, never a name, and no case text: the papers are the board's. Everything of it is
for the people on its list, who are two at least; others get counts by kind and stage, the Director of Nursing its
reference and clocks (trust.md rows 23 to 29).
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import Circle, CircleMember
from accounts.references import new_reference
from design.calendar import london_date
from providers.models.versions import Versioned
from reviews.kinds import EVENTS, KIND_CHOICES, KINDS, PLANNED, STAGES, Kind
from reviews.models.access import ReviewAccess
from reviews.models.clock_rules import ClockRule
from reviews.models.clocks import Clock
from reviews.models.milestones import KindChange, Milestone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from providers.models import Organisation


THEMES = ("theme_1", "theme_2", "theme_3")


class IllegalMove(Refused):
    """The review cannot go there; the message says why and what to do."""


class ReviewQuerySet(ReviewAccess):
    """Reviews in the users' words. A provider reaches none: it sees its own contribution and actions."""

    def counted_for(self, user: "User | AnonymousUser") -> list[tuple[str, str, int, int]]:
        """Kind, stage, how many the person may count, and on how many of these they are named. One query."""
        named = CircleMember.objects.live().filter(
            user=user.pk, circle=OuterRef("circle"), scope=CircleMember.Reach.WHOLE
        )
        rows = self.permitted(user, Can.COUNT_REVIEWS).annotate(named=Exists(named)).order_by()
        counts = {"n": models.Count("pk"), "mine": models.Count("pk", filter=Q(named=True))}
        return list(rows.values("kind", "stage").annotate(**counts).values_list("kind", "stage", *counts))

    def with_next_clock(self) -> Self:
        """Each with the clock that runs out next: what, its first day and its day now, and how often it was moved."""
        running = Clock.objects.filter(review=OuterRef("pk")).running().moved().order_by("due_on", "pk")
        names = {
            "next_words": "rule__words",
            "next_first": "original_due_on",
            "next_due": "due_on",
            "next_moves": "moved",
            "next_paused": "paused_on",
        }
        found = {name: Subquery(running.values(field)[:1]) for name, field in names.items()}
        return self.select_related("board", "commissioner").annotate(**found)

    def for_the_tracker(self) -> Self:
        """Each with what the national tracker asks: its themes, when it was published, and whether it was converted."""
        said = Milestone.objects.filter(review=OuterRef("pk"), event="published").order_by("-pk")
        became = KindChange.objects.filter(review=OuterRef("pk"))
        rows = self.select_related("board", "designated", *THEMES)
        return rows.annotate(published_on=Subquery(said.values("on")[:1]), converted=Exists(became))

    @transaction.atomic
    def register(
        self, kind: str, *, commissioner: "Organisation", people: "list[User]", reason: str, by: "User", at: datetime,
        referred_on: date, **details: Any,
    ) -> "Review":  # fmt: skip
        """Register a review for the people named, who must be two at least, the one who registers among them."""
        if by not in people or len(set(people)) < 2:
            raise Refused("A review is for at least two people, and you are one of them. Name a second person.")
        reference = new_reference()
        circle = Circle.objects.create(commissioner=commissioner, name=f"Review {reference}", reason=reason)
        for person in dict.fromkeys(people):
            circle.add(person, scope=CircleMember.Reach.WHOLE, reason=reason, by=by, at=at)
        review: Review = self.create(
            commissioner=commissioner, circle=circle, reference=reference, kind=kind, stage=KINDS[kind].stages[0],
            referred_on=referred_on, registered_by=by, registered_at=at, **details,
        )  # fmt: skip
        return review


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Review(Versioned):
    """A review of a death or of harm."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    circle = models.OneToOneField("accounts.Circle", on_delete=models.PROTECT, related_name="review")
    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    joint_with = models.CharField("held together with", max_length=20, blank=True, choices=KIND_CHOICES)
    strands = ArrayField(models.CharField(max_length=12), default=list)
    stage = models.CharField(max_length=16, choices=list(STAGES.items()))
    local_reference = models.CharField(max_length=60, blank=True)
    pseudonym = models.CharField(max_length=60)
    steis_number = models.CharField("StEIS number", max_length=12, blank=True)
    board = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    board_name = models.CharField("board outside the area", max_length=150, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    theme_1 = models.ForeignKey(
        "reviews.ReviewTheme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    theme_2 = models.ForeignKey(
        "reviews.ReviewTheme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    theme_3 = models.ForeignKey(
        "reviews.ReviewTheme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    referred_on = models.DateField("added on")
    designated = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    chair = models.CharField("panel chair", max_length=150, blank=True)
    reviewer = models.CharField("independent author or lead reviewer", max_length=150, blank=True)
    methodology = models.CharField(max_length=150, blank=True)
    family_involved = models.BooleanField("family involved", null=True)
    embargo_until = models.DateField(null=True, blank=True)
    link = models.URLField("link to the published report", blank=True)
    not_published_because = models.CharField(max_length=300, blank=True)
    registered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=300, blank=True)
    taken_back = models.BooleanField("brought in by mistake", default=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-referred_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner"], name="review_whose"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_because="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_because=""),
                name="review_closed_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(board__isnull=True) | Q(board_name=""), name="review_of_one_board"),
            models.CheckConstraint(
                condition=Q(taken_back=False) | Q(closed_at__isnull=False), name="review_taken_back_is_closed"
            ),
            models.CheckConstraint(condition=~Q(joint_with=models.F("kind")), name="review_joint_with_another_kind"),
        ]
        indexes = [models.Index(fields=["commissioner", "kind", "stage"], name="review_by_kind_and_stage")]

    def __str__(self) -> str:
        return f"{KINDS[self.kind].short} {self.reference}"

    @property
    def of_kind(self) -> Kind:
        """The entry of the table of kinds."""
        return KINDS[self.kind]

    @property
    def status(self) -> str:
        """As the national tracker counts: closed once it is published, embargoed, or completed and signed off."""
        stages = list(STAGES)
        past = stages.index(self.stage) >= stages.index("published")
        return "Closed" if past or self.closed_at is not None else "Open"

    @property
    def joint_kind(self) -> Kind | None:
        """The kind with which it is held together."""
        return KINDS.get(self.joint_with)

    @property
    def stages(self) -> list[str]:
        """The stages that it can be at: its kind's, and those of the kind with which it is held together, in order."""
        own = {*self.of_kind.stages, *(KINDS[self.joint_with].stages if self.joint_with else ())}
        return [stage for stage in STAGES if stage in own]

    def rules(self, on: date) -> list[ClockRule]:
        """The clocks of its kinds by the rules in force on the day, own ones before the shipped."""
        kinds = [self.kind, *filter(None, [self.joint_with])]
        found: dict[tuple[str, str], ClockRule] = {}
        for rule in ClockRule.objects.filter(kind__in=kinds).in_force(self.commissioner_id, on):
            found.setdefault((rule.kind, rule.step), rule)
        return sorted(found.values(), key=lambda rule: rule.pk)

    @transaction.atomic
    def record(self, event: str, *, on: date, by: "User", at: datetime, note: str = "") -> Milestone:
        """Something happened, or was wrong before: clocks that count from it begin, those that wait for it are met.

        Raises Refused for a day that has not come, unless it is one that is planned, and for a day before the incident.
        """
        self._still_open()
        held = Milestone.objects.holding(self)
        if event not in PLANNED and on > london_date(at):
            raise Refused(f"“{EVENTS[event]}” cannot be recorded for a day that has not come.")
        began = held.get("incident")
        if event == "incident" and any(day < on for name, day in held.items() if name != "incident"):
            raise Refused("Something is recorded for an earlier day. Correct that first.")
        if began is not None and event != "incident" and on < began:
            raise Refused(f"This is before the incident on {began:%-d %B %Y}. Check both days.")
        said: Milestone = self.milestones.create(event=event, on=on, note=note, by=by, at=at)
        self._count(held | {event: on}, changed={event}, by=by, at=at)
        return said

    def _count(self, held: dict[str, date], *, changed: set[str], by: "User", at: datetime) -> None:
        """Begin, recount and meet the clocks that hang on what changed."""
        clocks = {(each.rule.kind, each.rule.step): each for each in self.clocks.select_related("rule")}
        for anchor in changed & held.keys():
            for rule in (each for each in self.rules(held[anchor]) if each.anchor == anchor):
                running = clocks.get((rule.kind, rule.step))
                if running is None:
                    clocks[rule.kind, rule.step] = self._begin(rule, held[anchor])
                elif running.anchor_on != held[anchor]:
                    running.recount(held[anchor], by=by, at=at)
        for each in clocks.values():
            met = held.get(each.rule.until)
            if met != each.met_on:
                each.met_on = met
                each.save(update_fields=["met_on"])

    def _begin(self, rule: ClockRule, anchor_on: date) -> Clock:
        due = rule.due(anchor_on)
        begun: Clock = self.clocks.create(
            commissioner_id=self.commissioner_id, rule=rule, anchor_on=anchor_on, original_due_on=due, due_on=due
        )
        return begun

    @transaction.atomic
    def move_to(self, stage: str, *, expected: int, on: date, by: "User", at: datetime, reason: str = "") -> None:
        """Go to another stage of its kind; going back needs a reason. Closing has a verb of its own."""
        self._still_open()
        if stage not in self.stages or stage == "closed":
            raise IllegalMove("This kind of review has no such stage. Choose one of those offered.")
        if stage == self.stage:
            raise IllegalMove("The review is at this stage already.")
        if self.stages.index(stage) < self.stages.index(self.stage) and not reason.strip():
            raise IllegalMove("Going back to an earlier stage needs a reason.")
        if on > london_date(at):
            raise Refused("A stage cannot be reached on a day that has not come.")
        self.stage_moves.create(before=self.stage, after=stage, on=on, reason=reason, by=by, at=at)
        self.change(expected=expected, stage=stage)

    @transaction.atomic
    def convert(self, kind: str, *, expected: int, on: date, by: "User", at: datetime, reason: str) -> None:
        """Become a review of another kind: one history; unmet clocks end, those of the new kind begin."""
        self._still_open()
        if kind not in self.of_kind.becomes:
            raise IllegalMove(f"A {self.of_kind.label} does not become a {KINDS[kind].label}.")
        if not KINDS[kind].may_begin(on):
            raise IllegalMove(f"There was no {KINDS[kind].label} on {on:%-d %B %Y}.")
        self.kind_changes.create(before=self.kind, after=kind, on=on, reason=reason, by=by, at=at)
        of_this_kind = self.clocks.select_related("rule").filter(rule__kind=self.kind)
        for each in of_this_kind.running():
            each.end(on=on, reason=f"Became a {KINDS[kind].label}", by=by, at=at)
        stages = KINDS[kind].stages
        joint = "" if self.joint_with == kind else self.joint_with
        self.change(expected=expected, kind=kind, joint_with=joint, stage=self._nearest(stages))
        held = Milestone.objects.holding(self)
        self._count(held, changed=set(held), by=by, at=at)

    def _nearest(self, stages: tuple[str, ...]) -> str:
        """The stage that it is at, or where the new kind has none such, the last before it."""
        order = list(STAGES)
        reached = [stage for stage in stages if order.index(stage) <= order.index(self.stage)]
        return reached[-1] if reached else stages[0]

    @transaction.atomic
    def correct(self, *, expected: int, **values: Any) -> None:
        """What is said of it was wrong, or is known now."""
        self._still_open()
        self.change(expected=expected, **values)

    @transaction.atomic
    def close(
        self, *, expected: int, by: "User", at: datetime, reason: str, taken_back: bool = False
    ) -> None:  # fmt: skip
        """Close it for good, with a reason. A review is never deleted; one brought in by mistake is not counted.

        Its organisations are asked the criteria of its recommendations again (``reviews.models.criteria``).
        """
        self._still_open()
        if not reason.strip():
            raise IllegalMove("Say why the review is closed.")
        self.stage_moves.create(before=self.stage, after="closed", on=london_date(at), reason=reason, by=by, at=at)
        self.change(expected=expected, stage="closed", closed_by=by, closed_at=at, closed_because=reason,
                    taken_back=taken_back)  # fmt: skip
        if not taken_back:
            from reviews.models.criteria import ask_again

            ask_again(self, on=london_date(at))

    def _still_open(self) -> None:
        if self.closed_at is not None:
            raise IllegalMove("This review is closed and is not changed any more.")
