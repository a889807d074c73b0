"""People and desks of an organisation who may not have an account."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from providers.models.arrangements import Partnership
from providers.models.organisations import Organisation
from providers.models.register import WithOrganisationQuerySet
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User


class ContactQuerySet(WithOrganisationQuerySet):
    """Contacts are seen with their organisation."""

    def current(self) -> Self:
        """Not ended."""
        return self.filter(ended_on__isnull=True)

    def matching(self, words: str) -> Self:
        """Every word is part of the name, the address or the organisation's name."""
        for word in words.split():
            named = Q(name__icontains=word) | Q(email__icontains=word) | Q(organisation__name__icontains=word)
            self = self.filter(named)
        return self

    def unchecked_since(self, day: date) -> Self:
        """Never checked, or last checked before the day."""
        return self.filter(Q(verified_on=None) | Q(verified_on__lt=day))

    def shown_to_providers(self) -> Self:
        """The people of a commissioner whom its providers ring."""
        return self.current().filter(kind__in=[Contact.Kind.DESIGNATED, Contact.Kind.CONTRACT])

    def front_doors_around(self, commissioners: Iterable[int] | models.QuerySet[Any]) -> Self:
        """The front doors of the authorities that these commissioners work with: the one source of their numbers."""
        links = Partnership.objects.current().filter(commissioner__in=commissioners)
        return (
            self.current()
            .filter(kind__startswith="front_door", organisation__in=links.values("board"))
            .order_by("name", "pk")
        )

    def reminded(self) -> Self:
        """Those who receive reminders."""
        return self.current().filter(receives_reminders=True).exclude(email="")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "telephone", "out_of_hours_telephone"],
    append_only=True,
)
class Contact(Versioned):
    """A named person or desk, when it was last verified, and whether it gets reminders."""

    class Kind(models.TextChoices):
        SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
        DEPUTY = "deputy", "Deputy safeguarding lead"
        NAMED_NURSE = "named_nurse", "Named nurse"
        NAMED_DOCTOR = "named_doctor", "Named doctor"
        EXECUTIVE = "executive", "Executive lead"
        REGISTERED_MANAGER = "registered_manager", "Registered manager"
        PRACTICE_MANAGER = "practice_manager", "Practice manager"
        CONTRACT = "contract", "Contract manager"
        DESIGNATED = "designated", "Designated professional"
        FRONT_DOOR_CHILDREN = "front_door_children", "Front door for children"
        FRONT_DOOR_ADULTS = "front_door_adults", "Front door for adults"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=150, blank=True)
    email = models.EmailField("e-mail address", max_length=254, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    out_of_hours_telephone = models.CharField(max_length=40, blank=True)
    receives_reminders = models.BooleanField(default=False)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="contact_whose"),
            models.CheckConstraint(condition=~Q(email="") | ~Q(telephone=""), name="contact_can_be_reached"),
            models.CheckConstraint(
                condition=Q(receives_reminders=False) | ~Q(email=""), name="contact_reminded_by_e_mail"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["front_door_children", "front_door_adults"]) | ~Q(telephone=""),
                name="contact_front_door_has_a_telephone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_front_door(self) -> bool:
        """A desk that takes a worry about somebody now; its numbers stand on every page that takes text."""
        return self.kind.startswith("front_door")

    def verify(self, *, by: "User", on: date, expected: int) -> None:
        """Somebody checked today that this is still the person and the number."""
        self.change(expected=expected, verified_on=on, verified_by=by)

    def end(self, *, on: date, expected: int) -> None:
        """No longer the contact: no more reminders, and out of every list of current contacts."""
        self.change(expected=expected, ended_on=on, receives_reminders=False)
