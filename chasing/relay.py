"""Takes letters out of the box and hands them to the mail server, each at least once and normally once.

A letter is claimed with a lease; whether it is still so is asked again; it is marked sent right after the server's
250. A relay that dies in between leaves a lease behind, the sweeper frees it, and the letter goes again with the same
Message-ID. Several relays may run at once: a claimed letter is skipped by the others.
"""

import logging
import smtplib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from chasing import letters, recheck
from chasing.models import Letter, Notice, SendingHold
from chasing.models.letters import ATTEMPTS, LEASE
from design.calendar import is_working_day, london_date

log = logging.getLogger(__name__)
AT_ONCE = 25
Clock = Callable[[], datetime]


class Unreachable(Exception):
    """The mail server does not answer: no fault of the letter."""


def deliver(now: Clock, *, rounds: int = 40) -> Counter[str]:
    """Send what is ready, account mail first, until nothing is left or the rounds are used up.

    ``now`` is asked for the time again and again, because leases run while letters are sent. Returns how many were
    sent, failed, dropped and released.
    """
    done: Counter[str] = Counter()
    connection = get_connection()
    try:
        for _ in range(rounds):
            claimed = claim(now())
            if not claimed:
                break
            done += _send_all(claimed, connection, now)
            if done["unreachable"]:
                break
    finally:
        connection.close()
    return done


def claim(at: datetime, limit: int = AT_ONCE) -> list[Letter]:
    """Take a lease on the letters whose turn it is; letters that another relay holds are skipped."""
    with transaction.atomic():
        turn = Letter.objects.ready(at).filter(_may_go(london_date(at)))
        turn = turn.order_by("-is_account_mail", "not_before", "id").select_for_update(skip_locked=True)
        taken = list(turn.values_list("pk", flat=True)[:limit])
        mine = Letter.objects.filter(pk__in=taken)
        mine.update(state=Letter.State.LEASED, lease_until=at + LEASE, attempts=F("attempts") + 1)
    people = mine.select_related("to_user", "to_contact", "to_organisation", "commissioner")
    return list(people.order_by("-is_account_mail", "not_before", "id"))


def _may_go(day: date) -> Q:
    """Account mail and answers always; everything else on working days, and not while sending is held."""
    at_once = Q(is_account_mail=True) | Q(kind__in=letters.answering_kinds())
    if not is_working_day(day):
        return at_once
    held = SendingHold.objects.in_place().filter(commissioner=OuterRef("commissioner"))
    return at_once | ~Q(Exists(held))


def sweep(at: datetime) -> int:
    """Free the letters of relays that never came back; the last attempt is the last."""
    left = Letter.objects.lapsed(at)
    why = "The relay stopped while it was being sent."
    over = left.filter(attempts__gte=ATTEMPTS).update(state=Letter.State.DEAD, lease_until=None, problem=why)
    return over + left.update(state=Letter.State.FAILED, lease_until=None, not_before=at, problem=why)


def _send_all(claimed: Sequence[Letter], connection: BaseEmailBackend, now: Clock) -> Counter[str]:
    done: Counter[str] = Counter()
    known: letters.Around = {}
    _drop_what_lapsed(claimed, now())
    for number, letter in enumerate(claimed):
        at = now()
        if letter.lease_until is None or at >= letter.lease_until - timedelta(seconds=20):
            return done + _release(claimed[number:], at)
        try:
            done[_send(letter, connection, now, known)] += 1
        except Unreachable as problem:
            done["failed"] += letter.fail(str(problem), at=now())
            done["unreachable"] += 1
            return done + _release(claimed[number + 1 :], now() + timedelta(minutes=1))
    return done


def _release(rest: Sequence[Letter], until: datetime) -> Counter[str]:
    return Counter(released=sum(letter.wait(until=until) for letter in rest))


def _drop_what_lapsed(claimed: Sequence[Letter], at: datetime) -> None:
    """Strike the lines that are no longer so; a letter without lines is dropped when it is written."""
    lines = Notice.objects.filter(letter__in=claimed, dropped_at__isnull=True).select_related("chase")
    for pk, reason in recheck.lapsed(lines, london_date(at)).items():
        Notice.objects.filter(pk=pk).update(dropped_at=at, dropped_because=reason)


def _send(letter: Letter, connection: BaseEmailBackend, now: Clock, known: letters.Around) -> str:
    """One letter: written, handed over, marked. What went wrong stays on the letter, in words without addresses."""
    try:
        message = letters.compose(letter, now(), known)
    except Exception as problem:
        log.exception("Letter %s could not be written", letter.reference)
        return "failed" if letter.fail(f"It could not be written ({type(problem).__name__}).", at=now()) else "lost"
    if isinstance(message, str):
        return "dropped" if letter.drop(message) else "lost"
    try:
        _hand_over(message, connection)
    except smtplib.SMTPRecipientsRefused as problem:
        code = max(code for code, _ in problem.recipients.values())
        said = f"The mail server refused the address ({code})."
        return "failed" if letter.fail(said, at=now(), for_good=code >= 500) else "lost"
    except smtplib.SMTPResponseException as problem:
        said = f"The mail server refused the letter ({problem.smtp_code})."
        return "failed" if letter.fail(said, at=now()) else "lost"
    return "sent" if letter.sent(at=now()) else "lost"


def _hand_over(message: EmailMessage, connection: BaseEmailBackend) -> None:
    """Over the one connection, opened when the first letter needs it and once more when the server has hung up."""
    message.connection = connection
    for last_try in (False, True):
        try:
            connection.open()
            message.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            raise
        except OSError as problem:  # everything else of smtplib, and the network
            connection.close()
            if last_try or not isinstance(problem, smtplib.SMTPServerDisconnected):
                raise Unreachable(f"The mail server could not be reached ({type(problem).__name__}).") from problem
        else:
            return
