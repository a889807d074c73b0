"""People and desks of an organisation who may not have an account."""

from datetime import date
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.capabilities import Can, Scope, roles_granting
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.organisations import Organisation

if TYPE_CHECKING:
    from accounts.models import User


class ContactQuerySet(TenantQuerySet):
    """Contacts are seen with their organisation."""

    commissioner_path = ""

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        from providers.models.arrangements import Arrangement, Partnership

        held = self._held(user, on, roles_granting(can, Scope.ALL, Scope.STRAND)).values("organisation")
        commissioned = Arrangement.objects.filter(organisation=OuterRef("organisation"), commissioner__in=held)
        partnered = Partnership.objects.filter(board=OuterRef("organisation"), commissioner__in=held)
        return Q(organisation__in=held) | Q(Exists(commissioned)) | Q(Exists(partnered))

    def current(self) -> Self:
        """Not ended."""
        return self.filter(ended_on__isnull=True)

    def reminded(self) -> Self:
        """Those who receive reminders."""
        return self.current().filter(receives_reminders=True).exclude(email="")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "telephone", "out_of_hours_telephone"],
    append_only=True,
)
class Contact(models.Model):
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
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(email="") | ~Q(telephone=""), name="contact_can_be_reached"),
        ]

    def __str__(self) -> str:
        return self.name
