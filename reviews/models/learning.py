"""What was learnt, in general words: it is written, published by another person, passed on, and where action is needed
acknowledged by each provider that was asked.

Nothing of a case stands in it. The review that it came from is shown to nobody who is not on its list, and a draft that
names one is there for its people only. The lengths keep the briefing on one side of A4.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Sum

from accounts.capabilities import Can, Scope
from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.models import Letter
from design.calendar import london_date
from design.counting import counted
from providers.models import Arrangement
from providers.models.versions import Versioned
from reviews.media import KINDS, STATES, TONES
from reviews.models.asks import LearningAsk
from reviews.models.dissemination import Dissemination, Spread
from reviews.models.milestones import Milestone

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

TITLE, HAPPENED, MATTERS, LINE, LINES, LINKS = 90, 600, 400, 140, 5, 3
LETTER = "learning_to_read"


def lines(text: str) -> list[str]:
    """What stands on each line, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class IsOneOf(Func):
    """A value is one of an array's."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = models.BooleanField()


class LearningQuerySet(TenantQuerySet):
    """Learning. Commissioners read all of theirs, providers what is published for their category."""

    organisation_path = ""
    strands_path = "strands"
    circle_path = "review__circle"

    def _circle(self, user: "User", on: date, can: Can) -> Q:
        """A draft that names a review is for the people on its list; what was published is general words."""
        return ~Q(state=Learning.State.DRAFT) | super()._circle(user, on, can)

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        """A provider reads what its own commissioners have published for its category."""
        if not (roles := self._roles(user, on, can, Scope.OWN)):
            return Q(pk__in=[])
        ours = Arrangement.objects.live(on=on).filter(organisation__in=self._places(user, on, roles))
        mine = ours.filter(
            IsOneOf("organisation__category__code", OuterRef("categories")), commissioner=OuterRef("commissioner")
        )
        return Q(Exists(mine), state=Learning.State.PUBLISHED)

    def draft(self, commissioner: "Organisation", *, by: "User", at: datetime, **values: Any) -> "Learning":
        """A new one, which another person publishes."""
        made: Learning = self.create(commissioner=commissioner, written_by=by, written_at=at, **values)
        return made

    def public(self, *, on: date) -> Self:
        """What anybody may read: published, and put on the website by the day."""
        there = Dissemination.objects.standing().filter(learning=OuterRef("pk"), medium="website", on__lte=on)
        return self.filter(Exists(there), state=Learning.State.PUBLISHED)

    def with_reach(self) -> Self:
        """Each with how many were asked, how many of them answered, and how many came to events."""
        asks = LearningAsk.objects.filter(learning=OuterRef("pk"))
        came = Dissemination.objects.standing().filter(learning=OuterRef("pk")).order_by().values("learning")
        return self.annotate(
            asked=counted(asks),
            answered=counted(asks.filter(settled_at__isnull=False, ended=False)),
            attended=models.Subquery(came.annotate(n=Sum("attendance")).values("n")),
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Learning(Versioned):
    """A lesson or good practice."""

    class State(models.TextChoices):
        DRAFT = "draft", STATES["draft"]
        PUBLISHED = "published", STATES["published"]
        WITHDRAWN = "withdrawn", STATES["withdrawn"]

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey("reviews.Review", null=True, on_delete=models.PROTECT, related_name="learning")
    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=13, choices=list(KINDS.items()))
    strands = ArrayField(models.CharField(max_length=12), default=list)
    title = models.CharField(max_length=TITLE)
    happened = models.TextField("what happened, in general words", max_length=HAPPENED)
    matters = models.TextField("why it matters", max_length=MATTERS)
    to_do = models.TextField("what to do")
    questions = models.TextField("questions for the team", blank=True)
    links = models.TextField("where to read more", blank=True)
    themes = ArrayField(models.CharField(max_length=40), default=list)
    categories = ArrayField(models.CharField(max_length=8), default=list)
    staff_groups = ArrayField(models.CharField(max_length=10), default=list)
    action_needed = models.BooleanField("action needed", default=False)
    answer_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    # Nothing in the words lets the case be known, so that they need not wait for the review.
    untied = models.BooleanField(default=False)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = LearningQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "learning"
        ordering = ["-written_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner"], name="learning_whose"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_by__isnull=False, published_at__isnull=False),
                name="learning_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("written_by")),
                name="learning_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                & ~Q(withdrawn_because="")
                | ~Q(state="withdrawn") & Q(withdrawn_by__isnull=True, withdrawn_because=""),
                name="learning_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(action_needed=False) | Q(answer_by__isnull=False), name="learning_asked_by_a_day"
            ),
        ]
        indexes = [models.Index(fields=["commissioner", "state"], name="learning_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """How its state is shown."""
        return TONES[self.state]

    @property
    def asks_now(self) -> bool:
        """Are, or were, providers asked to answer?"""
        return self.action_needed and self.state != self.State.DRAFT

    @property
    def steps(self) -> list[str]:
        """What to do, one thing each."""
        return lines(self.to_do)

    @property
    def asks(self) -> list[str]:
        """Questions for the team."""
        return lines(self.questions)

    @property
    def reading(self) -> list[tuple[str, str]]:
        """Where to read more: words and address. A line without words is its own address."""
        found = []
        for line in lines(self.links):
            words, _, address = line.rpartition(" ")
            found.append((words.rstrip(" :,–-") or address, address))
        return found

    def held_back(self, on: date) -> str:
        """Why its review keeps it back on the day, in words; nothing when it does not."""
        if self.review is None:
            return ""
        if self.review.embargo_until is not None and self.review.embargo_until > on:
            return f"Its review is under embargo until {self.review.embargo_until:%-d %B %Y}."
        published = Milestone.objects.filter(review=self.review_id, event="published", on__lte=on)
        return "" if published.exists() else "Its review is not published."

    @transaction.atomic
    def write(self, *, expected: int, by: "User", at: datetime, **values: Any) -> None:
        """Other words. Only a draft is changed: what was published is withdrawn and written anew."""
        self._lock()
        if self.state != self.State.DRAFT:
            raise Refused("What was published is not changed. Withdraw it with a reason, and write it anew.")
        self.change(expected=expected, written_by=by, written_at=at, **values)

    @transaction.atomic
    def publish(self, *, expected: int, by: "User", at: datetime, untied: bool = False) -> int:
        """Publish it. Where action is needed each provider of its categories is asked, by a letter of ids only.

        Returns how many were asked. Refused for whoever wrote it last, and while its review is under embargo or not
        published, unless nothing in its words lets the case be known.
        """
        self._lock()
        on = london_date(at)
        if self.state != self.State.DRAFT:
            raise Refused(f"This is “{self.get_state_display()}” already.")
        if by.pk == self.written_by_id:
            raise Refused("You wrote this last, so another person has to read and publish it.")
        if not untied and (why := self.held_back(on)):
            raise Refused(f"{why} Wait for it, or read again whether anything in the words lets the case be known.")
        if self.answer_by is not None and self.action_needed and self.answer_by <= on:
            raise Refused("The day by which providers answer has passed. Change it first.")
        self.change(
            expected=expected, state=self.State.PUBLISHED, published_by=by, published_at=at,
            untied=untied and self.review_id is not None,
        )  # fmt: skip
        return self._ask(on, at) if self.action_needed else 0

    def providers(self, categories: Iterable[str], on: date) -> Any:
        """The contracts by which it reaches those whom the commissioner commissions in these categories that day."""
        live = Arrangement.objects.live(on=on).filter(commissioner=self.commissioner_id)
        return live.filter(organisation__category__code__in=list(categories)).exclude(organisation=F("commissioner"))

    def _ask(self, on: date, at: datetime) -> int:
        found = sorted(set(self.providers(self.categories, on).values_list("organisation", flat=True)))
        due: Any = self.answer_by
        asks = LearningAsk.objects.bulk_create(
            LearningAsk(
                learning=self, commissioner_id=self.commissioner_id, organisation_id=each, due_on=due,
                original_due_on=due,
            )
            for each in found
        )  # fmt: skip
        for ask in asks:
            Letter.objects.write(
                LETTER, dedupe_key=f"{LETTER}:{ask.pk}", at=at, about={"ask": ask.pk},
                to_organisation=ask.organisation, commissioner=ask.commissioner, organisation=ask.organisation,
            )  # fmt: skip
        return len(asks)

    @transaction.atomic
    def withdraw(self, *, expected: int, by: "User", at: datetime, reason: str) -> None:
        """Take it back with a reason. It leaves the public page and every provider's list; nobody is asked any more."""
        self._lock()
        if self.state == self.State.WITHDRAWN:
            raise Refused("This is withdrawn already.")
        self.change(
            expected=expected, state=self.State.WITHDRAWN, withdrawn_by=by, withdrawn_at=at, withdrawn_because=reason
        )
        LearningAsk.objects.filter(learning=self).outstanding().update(settled_at=at, ended=True)

    @transaction.atomic
    def pass_on(self, *, by: "User", at: datetime, **values: Any) -> Dissemination:
        """Record that it was passed on. Only what is published is."""
        self._lock()
        if self.state != self.State.PUBLISHED:
            raise Refused("Only what is published is passed on. Publish it first.")
        made: Dissemination = self.disseminations.create(
            commissioner_id=self.commissioner_id, recorded_by=by, recorded_at=at, **values
        )
        return made

    def reach(self, passed: Iterable[Dissemination], asks: Iterable[LearningAsk]) -> Spread:
        """To how many it went, how many answered, how many came. One query.

        ``passed`` are its ``disseminations``, ``asks`` who was asked of it (``asked_of``).
        """
        standing, asked = [each for each in passed if each.struck_at is None], list(asks)
        told: set[int] = set()
        groups: set[str] = set()
        if standing:
            any_of = Q(pk__in=[])
            for each in standing:
                any_of |= Q(pk__in=self.providers(each.categories, each.on).values("pk"))
            rows = Arrangement.objects.filter(any_of).values_list("organisation", "organisation__category__code")
            found = list(rows)
            told, groups = {pk for pk, _ in found}, {code for _, code in found}
        answered = sum(ask.settled_at is not None and not ask.ended for ask in asked)
        came = [each.attendance for each in standing if each.attendance is not None]
        return Spread(len(told), len(groups), len(asked), answered, sum(came) if came else None)

    def _lock(self) -> None:
        type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        self.refresh_from_db()
