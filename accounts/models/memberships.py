"""A role of one person in one organisation, from when to when, given by whom."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import pghistory
from django.contrib.auth import get_user_model
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models, transaction
from django.db.models import Exists, F, Func, Q
from django.db.models.functions import Greatest

from accounts import clock, post, reach
from accounts.capabilities import Can as Capability
from accounts.capabilities import Role, Side, roles_granting
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.sessions import end_sessions
from design.calendar import london_date
from design.statements import ask

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.people import User


class WrongSide(Refused):
    """One person cannot be on the provider's and the commissioner's side at once."""


class HeldAlready(Refused):
    """The person holds this role there already, or it waits for confirmation."""


class DateRange(Func):
    """The half-open range from the first day to the last; an open end has none."""

    function = "daterange"
    output_field: ClassVar[Any] = DateRangeField()


# Its people cover for one another across commissioners that share it.
DESIGNATED_TEAM = (Role.DESIGNATED_PROFESSIONAL, Role.NAMED_GP)


class Strand(models.TextChoices):
    """The three strands of safeguarding assurance."""

    CHILDREN = "children", "Children"
    ADULTS = "adults", "Adults"
    LOOKED_AFTER = "looked_after", "Looked after children"


def in_words(strands: list[str]) -> str:
    """ "children, adults and looked after children"."""
    words = [str(Strand(strand).label).lower() for strand in strands]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


@dataclass(frozen=True)
class Acts:
    """As what somebody acts in one request: the live roles that ``MembershipQuerySet.noted`` read at its beginning.

    ``permitted`` asks the database for those places instead of asking it for the roles again in every question
    (decision 0001). It is the person's for one request and one London day, and is never kept any longer.
    """

    on: date
    roles: frozenset[str]
    covers: bool
    held: tuple[tuple[str, int, tuple[str, ...]], ...] = ()  # role, organisation, strands
    own: frozenset[int] = frozenset()  # organisations in which they hold a role of their own

    def places(self, roles: list[str]) -> list[int]:
        """Ids of the organisations in which one of these roles is held."""
        return sorted({organisation for role, organisation, _ in self.held if role in roles})

    def strands(self, roles: list[str]) -> dict[int, list[str]]:
        """The strands held in one of these roles, for each organisation."""
        found: dict[int, set[str]] = {}
        for role, organisation, strands in self.held:
            if role in roles:
                found.setdefault(organisation, set()).update(strands)
        return {organisation: sorted(strands) for organisation, strands in sorted(found.items())}


def acts_of(user: "User", on: date | None = None) -> Acts | None:
    """As what the person acts in this request; None outside one, and for another day than the request's own."""
    return user.acts if user.acts is not None and user.acts.on == (on or clock.today()) else None


def asked_by(user: "User", *more: Any) -> tuple[Any, ...] | None:
    """The key under which a statement of this person's may be kept for others of theirs; None outside a request."""
    return None if user.acts is None else (*more, user.pk, user.acts)


@cache
def _read() -> list[tuple[str, type[models.Model], list[str]]]:
    """What is read to know as what somebody acts: each row's own columns, and those of its person and organisation."""
    kinds: dict[str, Any] = {"": Membership}
    kinds |= {name: Membership._meta.get_field(name).related_model for name in ("user", "organisation")}
    return [(name, kind, [field.attname for field in kind._meta.concrete_fields]) for name, kind in kinds.items()]


def _made(values: tuple[Any, ...]) -> "Membership":
    """The row with its person and organisation, from the values of ``_read``'s columns."""
    left, found = iter(values), {}
    for name, kind, columns in _read():
        found[name] = kind.from_db(DEFAULT_DB_ALIAS, columns, list(islice(left, len(columns))))
    row = cast(Membership, found.pop(""))
    for name, one in found.items():
        setattr(row, name, one)
    return row


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about who holds which role where."""

    def live(self, *, on: date | None = None) -> Self:
        """In force on the day: begun, not ended, and confirmed where two people are needed."""
        on = on or clock.today()
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on),
            starts_on__lte=on,
            confirmed_at__isnull=False,
            user__is_active=True,
        )

    def acting(self, user: "User", *, on: date | None = None) -> Self:
        """The person's own live memberships and, while they cover for somebody, that person's.

        Cover carries the roles at commissioners where the person has a role as well, and those of the designated
        team elsewhere when the person is a designated professional. It ends with the person's own role.
        """
        on = on or clock.today()
        if (acts := acts_of(user, on)) is not None and not acts.covers:
            return self.live(on=on).filter(user=user)
        from accounts.models.access import Cover

        covered = Cover.objects.live(on=on).filter(covered_by=user).values("absent")
        mine = self.model.objects.live(on=on).filter(user=user, side=Side.COMMISSIONER)
        here = Q(organisation__in=mine.values("organisation"))
        next_door = Q(role__in=DESIGNATED_TEAM) & Exists(mine.filter(role=Role.DESIGNATED_PROFESSIONAL))
        return self.live(on=on).filter(Q(user=user) | Q(user__in=covered, side=Side.COMMISSIONER) & (here | next_door))

    def noted(self, user: "User") -> list["Membership"]:
        """Everything in which the person acts today, own and covered, with its organisation; noted on the person."""
        today = clock.today()

        def question(pk: int) -> models.QuerySet[Any, Any]:
            columns = [f"{name}__{column}" if name else column for name, _, held in _read() for column in held]
            return self.acting(get_user_model()(pk=pk), on=today).values_list(*columns)

        rows = [_made(values) for values in ask(("noted", today), question, user.pk)]
        covers = any(row.user_id != user.pk for row in rows)
        user.acts = Acts(
            today, frozenset(row.role for row in rows), covers,
            tuple((row.role, row.organisation_id, tuple(row.strands)) for row in rows),
            frozenset(row.organisation_id for row in rows if row.user_id == user.pk),
        )  # fmt: skip
        return rows

    def side_of(self, user: "User", *, on: date | None = None) -> str:
        """On which side the person stands; an outside reader counts as the commissioner's (the shorter limit)."""
        sides = set(self.live(on=on).filter(user=user).values_list("side", flat=True))
        return str(Side.PROVIDER.value if sides == {Side.PROVIDER.value} else Side.COMMISSIONER.value)

    def may_remember_device(self, user: "User") -> bool:
        """Only people who work for providers and nowhere else (trust.md: the front door is light for them)."""
        return self.side_of(user) == Side.PROVIDER.value

    def granting(self, can: Capability) -> Self:
        """Those whose role holds the capability, at any scope."""
        return self.filter(role__in=roles_granting(can))

    def awaiting_confirmation(self) -> Self:
        """Commissioner roles, and strands added to one, that a second person has not confirmed yet."""
        waiting = Q(confirmed_at__isnull=True) | Q(proposed_strands__isnull=False)
        return self.filter(waiting, ends_on__isnull=True, user__is_active=True)

    def permitted(self, user: "User | AnonymousUser", can: Capability) -> Self:
        """Roles in organisations whose people the capability reaches."""
        return self.filter(reach.whose(user, can))

    def not_over(self, *, on: date) -> Self:
        """In force, still to come, or waiting for the second person."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))

    @transaction.atomic
    def end(self, *, by: "User | None", at: datetime) -> int:
        """End these memberships today and every session of their people; returns how many ended.

        Nobody ends their own: somebody has to be left who can give it back.
        """
        on = london_date(at)
        rows = list(self.not_over(on=on).select_for_update(of=("self",)).select_related("user"))
        if by is not None and by in {row.user for row in rows}:
            raise Refused("You cannot end your own role. Ask another administrator.")
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(
            ends_on=Greatest(F("starts_on"), on), ended_by=by, proposed_strands=None, version=F("version") + 1
        )
        for person in {row.user for row in rows}:
            end_sessions(person)
        return len(rows)

    @transaction.atomic
    def give(
        self,
        user: "User",
        *,
        role: str,
        organisation: Any,
        strands: list[str] | None = None,
        reason: str = "",
        by: "User",
        at: datetime,
    ) -> "Membership":
        """Give a role from today. A commissioner role waits for a second person; every other starts at once.

        Raises ``WrongSide`` for somebody of the other side and ``HeldAlready`` for a role held already.
        """
        waits = Role(role).side == Side.COMMISSIONER
        given = self.model(
            user=user, role=role, organisation=organisation, strands=strands or [], reason=reason,
            starts_on=london_date(at), granted_by=by,
            confirmed_by=None if waits else by, confirmed_at=None if waits else at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                # One at a time for each person: two that check each other's row would wait for ever.
                type(user).objects.select_for_update(no_key=True).get(pk=user.pk)
                given.save()
        except IntegrityError as problem:
            if "membership_one_side" in str(problem):
                raise WrongSide(WrongSide.__doc__) from problem
            if "membership_once" in str(problem):
                raise HeldAlready(HeldAlready.__doc__) from problem
            raise
        return given


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Membership(models.Model):
    """Role in organisation. A commissioner role needs two people (trust.md row 4)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=2, choices=Role.choices)
    side = models.CharField(max_length=12, choices=Side.choices, editable=False)
    strands = ArrayField(models.CharField(max_length=12, choices=Strand.choices), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # Strands that wait for the second person; None when none do.
    proposed_strands = ArrayField(
        models.CharField(max_length=12, choices=Strand.choices), null=True, blank=True, default=None
    )
    proposed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    granted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(side="commissioner") | Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")),
                name="membership_second_person",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["PL", "PC", "PE"], side="provider")
                | Q(role__in=["SB", "NE"], side="outside")
                | Q(side="commissioner") & ~Q(role__in=["PL", "PC", "PE", "SB", "NE"]),
                name="membership_side_fits_role",
            ),
            # Provider and commissioner side never together in one person.
            ExclusionConstraint(
                name="membership_one_side",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(side__in=["commissioner", "provider"]),
            ),
            ExclusionConstraint(
                name="membership_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["user", "role", "organisation"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep ``side`` equal to the role's side; the database refuses anything else."""
        self.side = Role(self.role).side
        super().save(*args, **kwargs)

    def end(self, *, by: "User | None", at: datetime) -> None:
        """End this role today and every session of the person. Refused for one's own."""
        Membership.objects.filter(pk=self.pk).end(by=by, at=at)

    @property
    def strands_in_words(self) -> str:
        """ "children and adults"."""
        return in_words(self.strands)

    @property
    def asked_in_words(self) -> str:
        """What the second person is asked to confirm."""
        if self.confirmed_at and self.proposed_strands is not None:
            return f"{self.get_role_display()}: {in_words(self.proposed_strands)} instead of {self.strands_in_words}"
        return f"{self.get_role_display()}{f' ({self.strands_in_words})' if self.strands else ''}"

    @transaction.atomic
    def confirm(self, *, by: "User", at: datetime) -> None:
        """The second person's yes: the role, or the added strand, holds from today and the person is told.

        Refused to whoever proposed it or is given it, and when somebody answered first.
        """
        row = self._waiting(by)
        if row.confirmed_at is None:
            row.starts_on, row.confirmed_by, row.confirmed_at = london_date(at), by, at
        if row.proposed_strands is not None:
            row.strands, row.proposed_strands = row.proposed_strands, None
        row.version += 1
        row.save()
        post.hand_in("access_confirmed", dedupe_key=f"access_confirmed:{row.pk}:{row.version}", at=at, user=row.user)
        self.refresh_from_db()

    @transaction.atomic
    def decline(self, *, by: "User", at: datetime) -> None:
        """The second person's no: nothing changes for the person."""
        row = self._waiting(by)
        if row.confirmed_at is None:
            row.ends_on, row.ended_by = max(row.starts_on, london_date(at)), by
        row.proposed_strands = None
        row.version += 1
        row.save()
        self.refresh_from_db()

    def _waiting(self, by: "User") -> "Membership":
        """The locked row, still waiting, answered by a second person."""
        waiting = Membership.objects.awaiting_confirmation().filter(pk=self.pk)
        row = waiting.select_for_update(of=("self",)).select_related("user").first()
        if row is None:
            raise Refused("Somebody has answered this already.")
        proposer = row.proposed_by_id if row.proposed_strands is not None and row.confirmed_at else row.granted_by_id
        if by.pk in (proposer, row.user_id):
            raise Refused("Another person than the one who proposed it, or is given it, has to answer this.")
        return row

    @transaction.atomic
    def change_strands(self, strands: list[str], *, by: "User", at: datetime) -> bool:
        """Strands taken away go at once; an added one waits for the second person. True when it waits."""
        row = Membership.objects.select_for_update().get(pk=self.pk)
        kept = [strand for strand in row.strands if strand in strands]
        added = set(strands) - set(row.strands)
        if not kept and not added:
            raise Refused("A designated professional holds one strand at least. End the role instead.")
        if kept:
            row.strands = kept
        row.proposed_strands, row.proposed_by = (sorted(strands), by) if added else (None, None)
        row.version += 1
        row.save()
        return bool(added)
