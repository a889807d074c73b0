"""The contact log: who of ours spoke with, met or wrote to whom, when, and what was owed.

Which kinds there are and which boxes they have is one table: ``oversight.contact_kinds``.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.contact_kinds import BY_CODE, CALL, CHOICES, HUMAN, SECTION_27, ContactKind
from oversight.models.withdrawing import Correctable, correctable_constraints

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


class ContactEntryQuerySet(TenantQuerySet):
    """Contacts in the users' words."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def of(self, organisation: "Organisation | int") -> Self:
        """About one organisation."""
        return self.filter(organisation=organisation)

    def human(self) -> Self:
        """Somebody of the provider was spoken to or met; an unanswered call is no contact."""
        return self.standing().filter(kind__in=HUMAN, spoke=True)

    def human_contact(self, organisation: "Organisation | int", since: date | None = None) -> Self:
        """Calls, meetings and visits with a person of the provider's since a day (inclusive), newest first."""
        found = self.human().of(organisation)
        return (found.filter(happened_on__gte=since) if since else found).order_by("-happened_on", "-pk")

    def about(self, kind: str, thing: int) -> Self:
        """Calls about one thing that is owed, newest first."""
        return self.standing().filter(about_kind=kind, about_thing=thing).order_by("-happened_on", "-pk")

    def last_human_on(self, organisation: str = "organisation") -> Subquery:
        """The day of the last human contact, as a column beside rows that name an organisation."""
        newest = self.human().filter(organisation=OuterRef(organisation)).order_by("-happened_on")
        return Subquery(newest.values("happened_on")[:1])

    def requests(self) -> Self:
        """What local authorities asked for under section 27, in the order of its due date."""
        return self.standing().filter(kind=SECTION_27).order_by(F("settled_on").asc(nulls_first=True), "due_on", "pk")

    def open_requests(self) -> Self:
        """Not answered yet."""
        return self.requests().filter(settled_on__isnull=True)

    def overdue_requests(self, *, on: date) -> Self:
        """Not answered, and the date has passed."""
        return self.open_requests().filter(due_on__lt=on)

    def last_of(self, user: "User") -> "ContactEntry | None":
        """What the person logged last, for the defaults of the next one."""
        found: ContactEntry | None = (
            self.filter(logged_by=user).select_related("organisation", "commissioner").order_by("-pk").first()
        )
        return found

    def log(
        self, commissioner: "Organisation | None", organisation: "Organisation", *, thing: Any = None, **values: Any
    ) -> "ContactEntry":
        """Log one contact; ``thing`` is a due thing that a call was about."""
        about = {}
        if thing is not None:
            about = {"about_kind": thing.kind_code, "about_thing": thing.pk, "about_reference": thing.reference}
        entry: ContactEntry = self.create(commissioner=commissioner, organisation=organisation, **about, **values)
        return entry

    def counted_by_kind(self, first: date, last: date) -> dict[str, int]:
        """How many of each kind happened between two days, both included. One query."""
        found = self.standing().filter(happened_on__range=(first, last)).order_by()
        return dict(found.values_list("kind").annotate(n=Count("pk")))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ContactEntry(Correctable):
    """One contact. Corrections stay in its history; withdrawn it counts no more and can still be read."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=CHOICES)
    happened_on = models.DateField("date")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="who of us")
    with_whom = models.CharField("with whom", max_length=200, blank=True)
    spoke = models.BooleanField("spoke to somebody", default=True)
    forum = models.CharField("which committee or meeting", max_length=200, blank=True)
    papers = models.CharField("papers received", max_length=300, blank=True)
    points = models.TextField("key points", blank=True)
    challenge = models.TextField("challenge made", blank=True)
    taken = models.ForeignKey("oversight.Term", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What is owed, as the reminders know it: a registered kind and the row's id and reference.
    about_kind = models.CharField(max_length=40, blank=True)
    about_thing = models.BigIntegerField(null=True, blank=True)
    about_reference = models.CharField(max_length=10, blank=True)
    due_on = models.DateField("answer due", null=True, blank=True)
    settled_on = models.DateField("answered on", null=True, blank=True)
    settled_words = models.CharField("how it was answered", max_length=300, blank=True)
    settled_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    logged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    objects = ContactEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name_plural = "contact entries"
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="contact_entry_whose"),
            *correctable_constraints("contact_entry"),
            models.CheckConstraint(
                condition=Q(kind=SECTION_27, due_on__isnull=False) | ~Q(kind=SECTION_27) & Q(due_on__isnull=True),
                name="contact_entry_request_is_due",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(due_on__isnull=False, settled_on__gte=F("happened_on")),
                name="contact_entry_settled_after_asked",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, settled_by__isnull=True)
                | Q(settled_on__isnull=False, settled_by__isnull=False),
                name="contact_entry_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_thing__isnull=True, about_reference="")
                | Q(kind=CALL, about_thing__isnull=False) & ~Q(about_kind="") & ~Q(about_reference=""),
                name="contact_entry_about_a_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["commissioner", "-happened_on"], name="contact_entry_of_commissioner"),
            models.Index(fields=["organisation", "-happened_on"], name="contact_entry_of_organisation"),
            models.Index(fields=["about_kind", "about_thing"], name="contact_entry_about"),
            models.Index(
                fields=["due_on"],
                condition=Q(due_on__isnull=False, settled_on__isnull=True, withdrawn_at__isnull=True),
                name="contact_entry_request_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sort.label} {self.reference}"

    @property
    def sort(self) -> ContactKind:
        """The kind's words and boxes."""
        return BY_CODE[self.kind]

    @property
    def is_human(self) -> bool:
        """Somebody of the provider was spoken to."""
        return self.sort.human and self.spoke and not self.is_withdrawn

    def is_overdue(self, on: date) -> bool:
        """A request that nobody has answered although its date has passed."""
        return self.due_on is not None and self.settled_on is None and not self.is_withdrawn and self.due_on < on

    def settle(self, *, on: date, words: str, by: "User") -> None:
        """The request was answered on a day. Of two at once the second is refused."""
        self._refuse_withdrawn()
        waiting = type(self)._default_manager.filter(pk=self.pk, settled_on__isnull=True, due_on__isnull=False)
        values: dict[str, Any] = {"settled_on": on, "settled_words": words, "settled_by": by}
        if not waiting.update(version=F("version") + 1, **values):
            raise Refused("Somebody else has just recorded the answer. Look at what they wrote.")
        self.refresh_from_db()
