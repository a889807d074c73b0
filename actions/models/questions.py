"""Questions about many actions, in the users' words; and the one way to open an action."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from accounts.capabilities import Can
from accounts.models.access import covered_places
from actions.models.status import code_on
from actions.origins import covered_origins
from chasing.models.due import DueQuerySet
from chasing.models.letters import Letter
from design.calendar import LONDON

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import Circle, User
    from actions.models.actions import Action
    from providers.models import Organisation

# Days past the date that was promised first: code, words, from, to.
AGES: tuple[tuple[str, str, int, int | None], ...] = (
    ("not-past", "Not past the original date", -100_000, 0),
    ("1-30", "1 to 30 days past", 1, 30),
    ("31-90", "31 to 90 days past", 31, 90),
    ("over-90", "More than 90 days past", 91, None),
)


class ActionQuerySet(DueQuerySet):
    """Actions in the users' words."""

    circle_path = "circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; each with whose it is, about whom, and its owner, which every page of an action shows."""
        return super().permitted(user, can, on=on).select_related("commissioner", "organisation", "owner")

    def with_status(self, *, on: date) -> Self:
        """Each with how it stands on the day, for ``status``; may be filtered by ``status_code``."""
        return self.annotate(status_code=code_on(on))

    def _circle(self, user: "User", on: date, can: Can) -> Q:
        """As everywhere; of what arose where lists are covered, whoever covers for somebody on its list as well."""
        named, acts = super()._circle(user, on, can), self._acts(user, on)
        if acts is not None and not acts.covers:
            return named
        places = covered_places(user, on).filter(circle=OuterRef("circle"))
        return named | Q(Exists(places), origin_kind__in=covered_origins())

    def open(self) -> Self:
        """Promised and not yet verified; "complete, awaiting verification" is still open."""
        return self.filter(state__in=self.model.OPEN_STATES)

    def awaiting_verification(self) -> Self:
        """The provider says it is done; nobody has verified it."""
        return self.filter(state=self.model.State.AWAITING)

    def complete(self) -> Self:
        """Verified by another person; nothing else counts as complete."""
        return self.filter(state__in=[self.model.State.IMPLEMENTED, self.model.State.EMBEDDED])

    def mine(self, user: "User") -> Self:
        """Those that the person owns or opened."""
        return self.filter(Q(owner=user) | Q(opened_by=user))

    def moved(self) -> Self:
        """Those whose date has been moved."""
        return self.filter(due_version__gt=1)

    def aged(self, code: str, *, on: date) -> Self:
        """Open ones so many days past their *original* date: moving the date does not make one younger."""
        _, _, first, last = next(age for age in AGES if age[0] == code)
        found = self.open().filter(original_due_on__lte=on - timedelta(days=first)) if first > 0 else self.open()
        return found if last is None else found.filter(original_due_on__gte=on - timedelta(days=last))

    def counted(self, *, on: date) -> dict[str, int]:
        """How many are open, overdue, awaiting verification, complete, closed otherwise, and of each age: one query."""
        still_open = Q(state__in=self.model.OPEN_STATES)
        counts = {
            "all": Count("pk"),
            "open": Count("pk", filter=still_open),
            "overdue": Count("pk", filter=Q(settled_at__isnull=True, due_on__lt=on)),
            "awaiting": Count("pk", filter=Q(state=self.model.State.AWAITING)),
            "complete": Count("pk", filter=Q(state__in=["implemented", "embedded"])),
            "closed": Count("pk", filter=Q(state__in=self.model.CLOSED_WITHOUT)),
            "moved": Count("pk", filter=still_open & Q(due_version__gt=1)),
        }
        for code, _, first, last in AGES:
            age = still_open & (Q(original_due_on__lte=on - timedelta(days=first)) if first > 0 else Q())
            if last is not None:
                age &= Q(original_due_on__gte=on - timedelta(days=last))
            counts[code] = Count("pk", filter=age)
        return self.order_by().aggregate(**counts)

    @transaction.atomic
    def open_for(
        self,
        commissioner: "Organisation",
        organisation: "Organisation",
        text: str,
        *,
        due_on: date,
        origin_kind: str,
        by: "User",
        at: datetime,
        owner: "User | None" = None,
        owner_name: str = "",
        evidence_required: str = "",
        circle: "Circle | None" = None,
        **fields: Any,
    ) -> "Action":
        """Open an action: its date is its original date for ever, and its owner is told by letter."""
        action: Action = self.create(
            commissioner=commissioner,
            organisation=organisation,
            circle=circle,
            text=text,
            owner=owner,
            owner_name="" if owner else owner_name,
            due_on=due_on,
            original_due_on=due_on,
            origin_kind=origin_kind,
            evidence_required=evidence_required,
            opened_by=by,
            opened_at=at,
            **fields,
        )
        tell_of_new_actions(action, at=at)
        return action


def tell_of_new_actions(action: "Action", *, at: datetime) -> "Letter | None":
    """One letter for all actions opened for a person within the hour, sent when the hour is over; ids only.

    Without an owner who signs in it goes to the organisation - unless the action is for named people only.
    """
    if action.owner_id is None and action.circle_id is not None:
        return None
    hour = at.astimezone(LONDON).replace(minute=0, second=0, microsecond=0)
    to = f"person:{action.owner_id}" if action.owner_id else f"organisation:{action.organisation_id}"
    return Letter.objects.write(
        "action_opened",
        dedupe_key=f"action_opened:{action.commissioner_id}:{action.organisation_id}:{to}:{hour:%Y-%m-%dT%H}",
        at=hour + timedelta(hours=1),
        to_user=action.owner,
        to_organisation=None if action.owner_id else action.organisation,
        commissioner_id=action.commissioner_id,
        organisation_id=action.organisation_id,
        about={"commissioner": action.commissioner_id, "organisation": action.organisation_id},
    )
