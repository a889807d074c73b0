"""Is a reminder still so at the moment it is sent? Asked for a handful of letters at once, in a few queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import CircleMember, Cover, Membership
from chasing.kinds import kind_of
from chasing.models import Chase, Notice
from chasing.recipients import EXECUTIVES, LEADS, PREPARERS, QUALITY
from providers.models import Contact, Organisation

Why = Notice.Why
# For each reason the roles of which one must still be held at the provider; the quality team's is the commissioner's.
ROLES = {
    Why.PREPARER: {*PREPARERS, *LEADS},
    Why.LEAD: {*LEADS},
    Why.EXECUTIVE: {*EXECUTIVES},
    Why.QUALITY: {*QUALITY},
}


def lapsed(notices: Iterable[Notice], on: date) -> dict[int, str]:
    """The notices that may not go out any more, and why, in words for the history."""
    notices = list(notices)
    things, newest = _things(notices), _newest_reminders(notices)
    people = _People(notices, on)
    found: dict[int, str] = {}
    for notice in notices:
        reason = _about_the_thing(notice, things, newest, on) or people.gone(notice, things)
        if reason:
            found[notice.pk] = reason
    return found


def _things(notices: list[Notice]) -> dict[tuple[str, int], Any]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        wanted[notice.chase.kind].add(notice.chase.thing)
    rows = ((code, row) for code, ids in wanted.items() for row in kind_of(code).wants_a_reminder().filter(pk__in=ids))
    return {(code, row.pk): row for code, row in rows}


def _newest_reminders(notices: list[Notice]) -> dict[tuple[str, int], int]:
    """The latest reminder decided for each thing, so that letters that waited do not all go out together."""
    found: dict[tuple[str, int], int] = {}
    rows = Chase.objects.filter(outcome=Chase.Outcome.REMINDED, thing__in={notice.chase.thing for notice in notices})
    for kind, thing, pk in rows.filter(kind__in={notice.chase.kind for notice in notices}).values_list(
        "kind", "thing", "pk"
    ):
        found[kind, thing] = max(pk, found.get((kind, thing), 0))
    return found


def _about_the_thing(notice: Notice, things: dict[Any, Any], newest: dict[Any, int], on: date) -> str:
    chase = notice.chase
    thing = things.get((chase.kind, chase.thing))
    if thing is None:
        return "It no longer waits for the provider."
    if thing.due_version != chase.due_version:
        return "Its due date has been moved."
    if thing.paused_until and thing.paused_until > on:
        return "Reminders of it are paused."
    if chase.outcome == Chase.Outcome.REMINDED and newest.get((chase.kind, chase.thing), 0) > chase.pk:
        return "A later reminder has been written."
    return ""


class _People:
    """Who is still where, for all the notices at once."""

    def __init__(self, notices: list[Notice], on: date) -> None:
        away = {notice.instead_of_id for notice in notices if notice.instead_of_id}
        users = {notice.to_user_id for notice in notices if notice.to_user_id} | away
        circles = {notice.chase.circle_id for notice in notices if notice.chase.circle_id}
        held = Membership.objects.live(on=on).filter(user__in=users)
        self.held = set(held.values_list("user", "organisation", "role"))
        covers = Cover.objects.live(on=on).filter(absent__in=away)
        self.covers = set(covers.values_list("covered_by", "absent")) if away else set()
        self.places = {(user, organisation) for user, organisation, _ in self.held}
        members = CircleMember.objects.live(on=on).filter(circle__in=circles, user__in=users)
        self.members = set(members.values_list("circle", "user", "scope")) if circles else set()
        contacts = {notice.to_contact_id for notice in notices if notice.to_contact_id}
        rows = Contact.objects.current().filter(pk__in=contacts).exclude(email="")
        self.contacts = dict(rows.values_list("pk", "receives_reminders")) if contacts else {}
        boxes = {notice.to_organisation_id for notice in notices if notice.to_organisation_id}
        self.boxes = set(Organisation.objects.filter(pk__in=boxes).exclude(mailbox="").values_list("pk", flat=True))

    def gone(self, notice: Notice, things: dict[Any, Any]) -> str:
        """Why this recipient may not get the line any more; empty when they may."""
        if notice.to_user_id is None:
            return self._desk_gone(notice)
        if notice.instead_of_id and (notice.to_user_id, notice.instead_of_id) not in self.covers:
            return "The cover is over."
        # Whoever covers holds the other's place, but is on an access list only in their own name.
        chase, user = notice.chase, notice.instead_of_id or notice.to_user_id
        place = chase.commissioner_id if notice.why == Why.QUALITY else chase.organisation_id
        if notice.why == Why.OWNER:
            owner = getattr(things[chase.kind, chase.thing], f"{kind_of(chase.kind).owner}_id")
            if owner != user:
                return "It has another owner now."
            if (user, place) not in self.places:
                return "The person has left."
        elif not any((user, place, role) in self.held for role in ROLES[Why(notice.why)]):
            return "The person no longer holds that role."
        return "" if self._admits(chase, notice.to_user_id) else "The person is no longer on the access list."

    def _desk_gone(self, notice: Notice) -> str:
        if notice.chase.circle_id:
            return "Only named people may be told."
        if notice.to_contact_id:
            wanted = self.contacts.get(notice.to_contact_id)
            still = wanted is not None if notice.why == Why.EXECUTIVE else wanted
            return "" if still else "The contact no longer receives reminders."
        return "" if notice.to_organisation_id in self.boxes else "The organisation has no mailbox any more."

    def _admits(self, chase: Chase, user: int) -> bool:
        if chase.circle_id is None or (chase.circle_id, user, "whole") in self.members:
            return True
        return (chase.circle_id, user, "own") in self.members and (user, chase.organisation_id) in self.places
