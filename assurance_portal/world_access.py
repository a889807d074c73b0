"""Who may see what in the measuring world, beside the roles: lists, interests, invitations, cover, an open question."""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.capabilities import Role
from accounts.models import Circle, CircleMember, Cover, DeclaredInterest, Invitation, Membership, SecondStepReset

if TYPE_CHECKING:
    from assurance_portal.world import World

FORTNIGHT = timedelta(days=14)


def make(world: "World") -> None:
    """The same at both commissioners."""
    for key, provider in (("A", "P1"), ("B", "P3")):
        _circle(world, key)
        _interest(world, key, provider)
        _cover(world, key)
        _waiting(world, key)
        _reset(world, key)
    for role, inviter, place in (
        (Role.QUALITY_ANALYST, "SA", "A"), (Role.QUALITY_ANALYST, "SA", "B"), (Role.PROVIDER_CONTRIBUTOR, "PL", "P1"),
        (Role.PROVIDER_CONTRIBUTOR, "PL", "P3"),
    ):  # fmt: skip
        _invitation(world, role, inviter, place)


def _circle(world: "World", key: str) -> None:
    """An access list on which the designated professional is alone, and nobody else of the commissioner."""
    nurse = world.person("DP", key)
    circle = Circle.objects.create(
        commissioner=world.organisations[key], name=world.canary("circle", "name"),
        reason=world.canary("circle", "reason"),
    )  # fmt: skip
    world.circles[key] = circle
    world.keep(circle)
    member = CircleMember.objects.create(
        circle=circle, user=nurse, starts_on=world.long_ago, added_by=nurse,
        reason=world.canary("circlemember", "reason"),
    )  # fmt: skip
    world.keep(member, whose=world.organisations[key])


def _interest(world: "World", key: str, provider: str) -> None:
    """The deputy has a declared interest in one provider, and so has a quality analyst in the same."""
    world.keep(
        DeclaredInterest.objects.create(
            user=world.person("NG", key), organisation=world.organisations[provider],
            nature=world.canary("interest", "nature"), starts_on=world.long_ago, declared_by=world.person("DN", key),
        ),
        whose=world.organisations[key],
    )  # fmt: skip


def _cover(world: "World", key: str) -> None:
    """Cover that has not begun, so that it changes nothing yet."""
    world.keep(
        Cover.objects.create(
            absent=world.person("CM", key), covered_by=world.person("QA", key), starts_on=world.on + FORTNIGHT,
            ends_on=world.on + FORTNIGHT * 2, reason=world.canary("cover", "reason"), agreed_by=world.person("DN", key),
        ),
        whose=world.organisations[key], about=world.organisations[key],
    )  # fmt: skip


def _waiting(world: "World", key: str) -> None:
    """A role that waits for its second person."""
    user = world.person("GB", key)
    world.keep(
        Membership.objects.create(
            user=user, role=Role.AUDITOR, organisation=world.organisations[key], starts_on=world.on,
            granted_by=world.person("SA", key), reason=world.canary("membership", "reason"),
        ),
        label="waiting",
    )  # fmt: skip


def _reset(world: "World", key: str) -> None:
    """The reset of a lost second step, opened and not yet confirmed."""
    world.keep(
        SecondStepReset.objects.create(
            user=world.person("CS", key), reason=world.canary("secondstepreset", "reason"),
            opened_by=world.person("SA", key), opened_at=world.at, expires_at=world.at + FORTNIGHT,
        ),
        whose=world.organisations[key], about=world.organisations[key],
    )  # fmt: skip


def _invitation(world: "World", role: Role, inviter: str, place: str) -> None:
    world.keep(
        Invitation.objects.create(
            email=f"{world.canary('invitation', 'email')}@example.org",
            name=world.canary("invitation", "name"),
            organisation=world.organisations[place],
            role=role,
            reason=world.canary("invitation", "reason"),
            invited_by=world.person(inviter, place),
            invited_at=world.at,
            expires_at=world.at + FORTNIGHT,
        )
    )


__all__ = ["make"]
