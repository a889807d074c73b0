"""The letter box of accounts, and the words of its letters.

The accounts app hands in a kind, a person and ids (``accounts.post``). The link is made here when the letter is
sent: only its hash is kept, so no link ever lies in the box.
"""

from datetime import datetime
from typing import Any

from accounts import tokens
from accounts.models import Invitation, Membership, SecondStepReset, User
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from design.calendar import london_date
from design.components import written
from providers.models import Arrangement, Organisation


def box(
    kind: str,
    *,
    dedupe_key: str,
    at: datetime,
    user: User | None = None,
    invitation: Invitation | None = None,
    about: dict[str, int] | None = None,
) -> Letter | None:
    """Write one account letter, once per ``dedupe_key``."""
    organisation = invitation.organisation if invitation else _organisation_of(user, at)
    return Letter.objects.write(
        kind,
        dedupe_key=dedupe_key,
        at=at,
        to_user=user,
        is_account_mail=True,
        about={"invitation": invitation.pk} if invitation else about or {},
        organisation=organisation,
        commissioner=_commissioner_of(organisation, at),
    )


def _organisation_of(user: User | None, at: datetime) -> Organisation | None:
    held = Membership.objects.live(on=london_date(at)).filter(user=user).select_related("organisation")
    first = held.order_by("starts_on", "pk").first() if user else None
    return first.organisation if first else None


def _commissioner_of(organisation: Organisation | None, at: datetime) -> Organisation | None:
    """Whose designated professional signs: the commissioner itself, or the provider's lead commissioner."""
    if organisation is None or organisation.kind == Organisation.Kind.COMMISSIONER:
        return organisation
    leads = Arrangement.objects.live(on=london_date(at)).leading().filter(organisation=organisation)
    arrangement = leads.select_related("commissioner").first()
    return arrangement.commissioner if arrangement else None


def _reset(letter: Letter, at: datetime) -> Context | None:
    if letter.to_user is None:
        return None
    return {"link": tokens.reset_url(tokens.make_reset_token(letter.to_user, at=at))}


def _wake(letter: Letter, at: datetime) -> Context | None:
    if letter.to_user is None or letter.to_user.asleep_at is None:
        return None
    return {"link": tokens.wake_url(tokens.make_wake_token(letter.to_user, at=at))}


def _invitation(letter: Letter, at: datetime) -> Context | None:
    invitation = Invitation.objects.open(at=at).filter(pk=letter.about["invitation"]).first()
    if invitation is None:
        return None
    link = tokens.invitation_url(tokens.make_invitation_token(invitation))
    return {"link": link, "invitation": invitation, "greeting": invitation.name}


def _news(letter: Letter, at: datetime) -> Context | None:
    return {"link": absolute("accounts:own-account")}


def _access(letter: Letter, at: datetime) -> Context | None:
    held = Membership.objects.live(on=london_date(at)).filter(user=letter.to_user).select_related("organisation")
    return {"link": absolute("home"), "memberships": list(held)}


def _reset_news(letter: Letter, at: datetime, *states: str) -> dict[str, Any] | None:
    """Who has done what about a lost second step; nothing once it has moved on from these states."""
    found = SecondStepReset.objects.select_related("opened_by", "confirmed_by", "ended_by")
    reset = found.filter(pk=letter.about["reset"]).first()
    state = reset.state(at=at) if reset else ""
    if reset is None or state not in states:
        return None
    own = reset.user_id == letter.to_user_id
    link = absolute("accounts:own-account") if own else absolute("accounts:reset-page", reset.reference)
    return {
        "state": state, "link": link, "own": own, "opener": reset.opened_by, "confirmer": reset.confirmed_by,
        "ender": reset.ended_by, "until": written(reset.expires_at),
    }  # fmt: skip


def _reset_wanted(letter: Letter, at: datetime) -> Context | None:
    return _reset_news(letter, at, "asked", "open")


def _reset_opened(letter: Letter, at: datetime) -> Context | None:
    return _reset_news(letter, at, "asked", "open")


def _reset_done(letter: Letter, at: datetime) -> Context | None:
    told = _reset_news(letter, at, "done")
    return {**told, **woken} if told is not None and (woken := _wake(letter, at)) else None


def _reset_ended(letter: Letter, at: datetime) -> Context | None:
    return _reset_news(letter, at, "done", "cancelled")


WRITERS: tuple[Any, ...] = (
    Writer("password_reset", _reset, answers=True),
    Writer("wake_up", _wake, answers=True),
    Writer("invitation", _invitation, answers=True),
    Writer("factor_changed", _news, answers=True),
    Writer("access_confirmed", _access, answers=True),
    Writer("reset_wanted", _reset_wanted, answers=True),
    Writer("reset_opened", _reset_opened, answers=True),
    Writer("reset_done", _reset_done, answers=True),
    Writer("reset_ended", _reset_ended, answers=True),
)


def register_writers() -> None:
    """Called when the app is ready."""
    register(*WRITERS)
