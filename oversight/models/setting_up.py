"""A commissioner's place while it is being set up: the list of what to do stands on the home pages until it is done.

Bootstrap begins it. To add a thing to do: a step in ``steps`` and its fact in ``with_facts``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import OuterRef, Q

from accounts.capabilities import Can, Role
from accounts.models import Membership
from accounts.tenancy import TenantQuerySet
from actions.models import Action
from assurance.models import RecordedGrade, Round
from chasing.models import SendingHold
from design.counting import counted
from providers.models import Arrangement, Contact, Organisation
from training.models import FigureReturn

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Step:
    """One thing to do: its words, whether it is done, how far it is, and where to do it, if this person may."""

    words: str
    done: bool
    how_far: str
    route: str = ""
    argument: str = ""
    optional: bool = False


class SettingUpQuerySet(TenantQuerySet):
    """Places that are being set up."""

    organisation_path = ""

    def begin(self, commissioner: Organisation, *, at: datetime) -> "SettingUp":
        """From now on the list stands on the home pages of those who set the place up."""
        made: SettingUp = self.create(commissioner=commissioner, begun_at=at)
        return made

    def shown(self) -> Self:
        """Not hidden."""
        return self.filter(hidden_at=None).select_related("commissioner")

    def with_facts(self, *, on: date) -> Self:
        """Everything that the steps look at, in the same query."""
        here = {"commissioner": OuterRef("commissioner")}
        ours = Arrangement.objects.live(on=on).filter(**here)
        outer = Arrangement.objects.live(on=on).filter(commissioner=OuterRef(OuterRef("commissioner")))
        theirs = Contact.objects.current().filter(organisation__in=outer.values("organisation"))
        people = Membership.objects.live(on=on).filter(organisation=OuterRef("commissioner"))
        return self.annotate(
            providers=counted(ours),
            contacts=counted(theirs),
            verified=counted(theirs.filter(verified_on__isnull=False)),
            actions=counted(Action.objects.filter(**here)),
            figures=counted(FigureReturn.objects.filter(**here)),
            recorded=counted(RecordedGrade.objects.current().filter(**here)),
            rounds=counted(Round.objects.filter(**here)),
            people=counted(people.exclude(Q(role=Role.SYSTEM_ADMINISTRATOR) | Q(role=Role.DIRECTOR_OF_NURSING))),
            holds=counted(SendingHold.objects.in_place().filter(**here)),
        )


class SettingUp(models.Model):
    """Begun with the place; the list goes away by itself when all is done, or when somebody hides it."""

    commissioner = models.OneToOneField("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = SettingUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None) | Q(hidden_at__isnull=False, hidden_by__isnull=False),
                name="setting_up_hidden_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Setting up {self.commissioner}"

    def hide(self, *, by: "User", at: datetime) -> None:
        """Off the home pages, for everybody of the commissioner."""
        SettingUp.objects.filter(pk=self.pk, hidden_at=None).update(hidden_at=at, hidden_by=by)
        self.refresh_from_db()

    def steps(self, can: Collection[Can]) -> list[Step]:
        """What there is to do, in order, with a link where this person may do it. Needs ``with_facts``."""
        n: Any = self

        def step(words: str, done: bool, how_far: str, needs: Can, route: str, **more: Any) -> Step:
            return Step(words, done, how_far, route if needs in can else "", **more)

        verified = f"{n.verified} of {n.contacts}"
        return [
            step("Invite the people of the team", n.people > 0, f"{n.people} invited", Can.MANAGE_PEOPLE,
                 "accounts:invitation-list"),
            step("Bring in organisations and contacts", n.providers > 0, f"{n.providers} providers",
                 Can.BRING_IN_ORGANISATIONS, "oversight:organisations-start"),
            step("Verify contacts", bool(n.contacts) and n.verified == n.contacts, verified, Can.SEE_PROVIDERS,
                 "providers:organisation-list"),
            step("Bring in grades of past years", n.recorded > 0, f"{n.recorded} grades", Can.BRING_IN_RECORDS,
                 "oversight:grades-start", optional=True),
            step("Bring in open actions", n.actions > 0, f"{n.actions} actions", Can.BRING_IN_RECORDS,
                 "oversight:actions-start", optional=True),
            step("Bring in figures of past quarters", n.figures > 0, f"{n.figures} returns", Can.BRING_IN_RECORDS,
                 "oversight:figures-start", optional=True),
            step("Choose the standards and make a round", n.rounds > 0, f"{n.rounds} rounds", Can.RUN_ROUNDS,
                 "assurance:round-list"),
            step("Start sending", not n.holds, "Mail is on" if not n.holds else "Mail is off", Can.SEND_REMINDERS,
                 "chasing:sending-go", argument=n.commissioner.reference),
        ]  # fmt: skip
