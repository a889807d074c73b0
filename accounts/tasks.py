"""What happens to accounts by itself."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from accounts import sessions
from accounts.capabilities import Role
from accounts.models import FormReceipt, Membership, User
from design.calendar import london_date

COMMISSIONER_DAYS = 90
OTHER_DAYS = 400
# These read a paper or two a year: their accounts sleep, they do not end.
SELDOM = [Role.GOVERNING_BODY, Role.SAFEGUARDING_BOARD, Role.NHS_ENGLAND]
# Without the last of these nobody could let anybody in again.
KEYS = [Role.SYSTEM_ADMINISTRATOR, Role.DIRECTOR_OF_NURSING]


@shared_task
def put_to_sleep(*, at: str | None = None, **_: object) -> int:
    """Every night: end commissioner accounts unused for 90 days, let the others sleep after 400.

    The last administrator and the last Director of Nursing of a commissioner stay. Safe to run twice.
    Returns how many accounts were ended or fell asleep.
    """
    moment = datetime.fromisoformat(at) if at else timezone.now()
    on = london_date(moment)
    staff = Membership.objects.live(on=on).filter(side="commissioner").exclude(role__in=SELDOM).values("user")
    unused = User.objects.unused_since(moment - timedelta(days=COMMISSIONER_DAYS)).filter(pk__in=staff)
    done = 0
    for person in unused.order_by("last_seen_at", "pk"):
        if not holds_the_last_key(person, at=moment):
            person.disable(by=None, at=moment)
            done += 1
    others = User.objects.unused_since(moment - timedelta(days=OTHER_DAYS)).exclude(pk__in=staff)
    return done + sum(person.fall_asleep(at=moment) for person in others.order_by("pk"))


@shared_task
def clear_away(*, at: str | None = None, **_: object) -> int:
    """Every night: remove sessions that are over, and receipts of forms that nobody can send again.

    Safe to run twice. Returns how many sessions went.
    """
    moment = datetime.fromisoformat(at) if at else timezone.now()
    FormReceipt.objects.filter(at__lt=moment - timedelta(days=2)).delete()
    return sessions.clear_away(at=moment)


def holds_the_last_key(person: User, *, at: datetime) -> bool:
    """Is the person the only one left, at some commissioner, who can let people in or confirm them?"""
    live = Membership.objects.live(on=london_date(at)).filter(role__in=KEYS)
    for held in live.filter(user=person):
        others = live.filter(role=held.role, organisation=held.organisation_id).exclude(user=person)
        if not others.filter(user__asleep_at__isnull=True).exists():
            return True
    return False
