"""A visit to a provider: planned, written up, reported to the provider, and final.

A visit is "done" from the day on which its write-up was closed; "visited on" is its last day. A provider knows of a
visit only by the report that was sent to it. To add a kind, a member of ``Kind``; to add a state, one of ``State``, in
``DONE`` or not, with its tone.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from accounts.capabilities import Can
from accounts.models.memberships import Strand
from accounts.references import new_reference
from accounts.refusals import Refused
from design.calendar import london_date
from oversight.models.visit_team import refuse_interest
from providers.tenancy import SharedQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from oversight.models.visit_steps import VisitStep
    from oversight.models.visit_team import VisitMember
    from providers.models import Organisation


class VisitQuerySet(SharedQuerySet):
    """Visits. Outside the team that works on them only a final report is read; a provider meets its own draft, too."""

    drafts = ~Q(state="final")
    # The list is taken out by those who see the work: whoever exports has to see each row as well.
    # What slipped into a draft is removed before anybody else reads it.
    sees_drafts = frozenset(
        {Can.SEE_VISIT_WORK, Can.DO_VISITS, Can.SIGN_VISIT_REPORT, Can.EXPORT, Can.FREEZE, Can.REMOVE_IDENTIFIABLE}
    )
    shared_with_associates = Q(state="final")
    shared_capabilities = frozenset({Can.SEE_VISIT_REPORTS})

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; each with whose it is, where, and who leads it, which every page of a visit shows."""
        shown = ("commissioner", "organisation__category", "site", "lead")
        return super().permitted(user, can, on=on).select_related(*shown)

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        with_us = ("with_provider", "final") if can == Can.ANSWER_VISIT_REPORT else ("final",)
        return super()._own_reach(user, can, on) & Q(state__in=with_us)

    def known_to(self, user: "User", *, on: date) -> Self:
        """Those that the person works on, and those whose final report they read."""
        working = self.permitted(user, Can.SEE_VISIT_WORK, on=on)
        return working | self.permitted(user, Can.SEE_VISIT_REPORTS, on=on)

    def of(self, organisation: Any) -> Self:
        """Those to one provider."""
        return self.filter(organisation=organisation)

    def done(self) -> Self:
        """Those that took place: the write-up is closed."""
        return self.filter(state__in=Visit.DONE)

    def coming(self) -> Self:
        """Planned and not written up."""
        return self.filter(state=Visit.State.PLANNED)

    def newest_by_organisation(self) -> Self:
        """Of those done, the newest of each provider: one row each, in one statement."""
        return self.done().order_by("organisation_id", "-ended_on", "-pk").distinct("organisation_id")

    def last_visited_on(self, organisation: str = "pk") -> Subquery:
        """The day of the last visit, to annotate providers with; ``organisation`` is the path to it."""
        newest = self.done().filter(organisation=OuterRef(organisation)).order_by("-ended_on", "-pk")
        return Subquery(newest.values("ended_on")[:1])

    @transaction.atomic
    def plan(
        self, commissioner: "Organisation", organisation: "Organisation", *, by: "User", at: datetime,
        team: "Iterable[VisitMember]" = (), **fields: Any,
    ) -> "Visit":  # fmt: skip
        """Plan a visit with its team. Refused when one of them declared an interest in the provider."""
        visit: Visit = self.create(
            commissioner=commissioner, organisation=organisation, first_planned_on=fields["planned_on"],
            planned_by=by, planned_at=at, **fields,
        )  # fmt: skip
        refuse_interest(visit.lead, visit, on=london_date(at))
        for member in team:
            member.join(visit, on=london_date(at))
        visit.note("planned", by=by, at=at, new=visit.planned_on)
        return visit

    def next_planned_on(self, organisation: str = "pk") -> Subquery:
        """The day of the next planned visit, to annotate providers with."""
        soonest = self.coming().filter(organisation=OuterRef(organisation)).order_by("planned_on", "pk")
        return Subquery(soonest.values("planned_on")[:1])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Visit(models.Model):
    """One visit: whose, to whom, why, when, and how far its report is."""

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        SHORT_NOTICE = "short_notice", "Short notice"
        UNANNOUNCED = "unannounced", "Unannounced"
        RESPONSIVE = "responsive", "Responsive to a concern"
        FOLLOW_UP = "follow_up", "Follow-up"
        JOINT = "joint", "Joint with another body"
        VIRTUAL = "virtual", "Virtual"

    class Trigger(models.TextChoices):
        PROGRAMME = "programme", "Visit programme"
        LOW_GRADE = "low_grade", "Low grade"
        INDICATOR = "indicator", "Training or another indicator below its threshold"
        INCIDENT = "incident", "Serious incident or never event"
        WHISTLE_BLOWING = "whistle_blowing", "Whistle-blowing"
        COMPLAINTS = "complaints", "Several complaints"
        REGULATOR = "regulator", "Change of the regulator’s rating"
        INTELLIGENCE = "intelligence", "Soft intelligence"
        NEW_SERVICE = "new_service", "New contract or service"
        EARLIER_VISIT = "earlier_visit", "An earlier visit"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        DONE = "done", "Visited, no report yet"
        DRAFT = "draft", "Report being drafted"
        WITH_PROVIDER = "with_provider", "Draft report with the provider"
        FINAL = "final", "Final report"
        CANCELLED = "cancelled", "Cancelled"

    DONE: ClassVar[tuple[str, ...]] = (State.DONE, State.DRAFT, State.WITH_PROVIDER, State.FINAL)
    TONES: ClassVar[dict[str, str]] = {
        "planned": "info",
        "done": "waiting",
        "draft": "waiting",
        "with_provider": "waiting",
        "final": "good",
        "cancelled": "quiet",
    }

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="visits")
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.PROGRAMME)
    strands = ArrayField(models.CharField(max_length=12, choices=Strand.choices))
    scope = models.CharField("what is looked at", max_length=600, blank=True)
    lead = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=13, choices=State.choices, default=State.PLANNED)
    planned_on = models.DateField()
    first_planned_on = models.DateField(editable=False)
    notice_given_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    comments_until = models.DateField(null=True, blank=True, help_text="The last day for comments on the draft")
    comments_closed_at = models.DateTimeField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="visit_whose"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "draft", "with_provider", "final"])
                | Q(started_on__isnull=False, ended_on__isnull=False),
                name="visit_done_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__lte=F("ended_on")), name="visit_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(strands=[]), name="visit_of_a_strand"),
        ]
        indexes = [
            models.Index(fields=["commissioner", "state", "planned_on"], name="visit_by_state"),
            models.Index(fields=["organisation", "-ended_on"], name="visit_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"Visit to {self.organisation}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    @property
    def is_planned(self) -> bool:
        """Not written up and not cancelled: it can be moved, cancelled and written up."""
        return self.state == self.State.PLANNED

    def was_attended_by(self, user: "User") -> bool:
        """Did the person lead it or go along?"""
        return self.lead_id == user.pk or self.team.filter(user=user).exists()

    @property
    def visited_on(self) -> date | None:
        """Its last day, once it was done."""
        return self.ended_on if self.state in self.DONE else None

    def takes_comments(self, on: date) -> bool:
        """Is the provider's window for comments on the draft open on the day?"""
        until = self.comments_until
        in_time = until is not None and until >= on and self.comments_closed_at is None
        return in_time and self.state == self.State.WITH_PROVIDER

    @property
    def shown_on(self) -> date:
        """The day for lists: when it was, or is planned."""
        return self.visited_on or self.planned_on

    @property
    def strands_in_words(self) -> str:
        """Children, adults."""
        return ", ".join(Strand(each).label for each in self.strands)

    @transaction.atomic
    def replan(self, to: date, *, reason: str, by: "User", at: datetime) -> None:
        """Another day, with the reason; the first planned day stays."""
        old = self.planned_on
        self.move((self.State.PLANNED,), planned_on=to)
        self.note("replanned", reason, by=by, at=at, old=old, new=to)

    @transaction.atomic
    def give_more_time(self, to: date, *, reason: str, by: "User", at: datetime) -> None:
        """Another last day for comments, with the reason; comments that were closed are open again."""
        old = self.comments_until
        self.move((self.State.WITH_PROVIDER,), comments_until=to, comments_closed_at=None)
        self.note("more_time", reason, by=by, at=at, old=old or to, new=to)

    @transaction.atomic
    def cancel(self, *, reason: str, by: "User", at: datetime) -> None:
        """It will not take place; nothing of it counts as a visit."""
        self.move((self.State.PLANNED,), state=self.State.CANCELLED)
        self.note("cancelled", reason, by=by, at=at)

    def move(self, old: tuple[str, ...], **changes: Any) -> None:
        """Conditional on the state and on the version that was read: of two at once, one is told."""
        moved = type(self).objects.filter(pk=self.pk, state__in=old, version=self.version)
        done = moved.update(version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not done:
            raise IllegalMove(
                f"This visit has changed since you opened it: it is now “{self.get_state_display()}”. "
                "Look at it as it stands, then decide again."
            )

    def note(self, what: str, words: str = "", *, by: "User | None", at: datetime, **days: date) -> "VisitStep":
        """Keep that something happened to it, by whom and why."""
        whose = {"commissioner_id": self.commissioner_id, "organisation_id": self.organisation_id}
        return self.steps.create(what=what, words=words, by=by, at=at, **whose, **days)


class IllegalMove(Refused):
    """The visit is not in a state from which this can happen; the message says what to do."""
