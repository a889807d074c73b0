"""What the contact log tells the pages of reminders: the last human contact, and the calls about what is owed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max
from django.urls import reverse

from accounts.capabilities import Can
from accounts.models import User
from chasing import spoken
from chasing.spoken import Log, Spoken, Told
from design.calendar import london_date
from oversight.contact_kinds import CALL
from oversight.models import ContactEntry
from providers.models import Organisation


def told(user: User, thing: Any, kind: str, on: date) -> Told:
    """One query for both: contacts with the provider, and among them the calls about the thing."""
    allowed = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).select_related("by")
    with_them = allowed.human_contact(thing.organisation_id)
    calls = allowed.about(kind, thing.pk)
    asked = urlencode(
        {"kind": CALL, "organisation": thing.organisation.reference, "thing": f"{kind}:{thing.reference}"}
    )
    may = Organisation.objects.permitted(user, Can.LOG_CONTACT, on=on).filter(pk=thing.organisation_id).exists()
    log = f"{reverse('oversight:contact-new')}?{asked}" if may and thing.circle_id is None else ""
    newest = with_them.first()
    return Told(_spoken(newest) if newest else None, [_spoken(each) for each in calls[:10]], log)


def _spoken(entry: ContactEntry) -> Spoken:
    said = entry.sort.label if entry.spoke else f"{entry.sort.label}: nobody answered"
    url = reverse("oversight:contact-detail", args=[entry.reference])
    return Spoken(entry.happened_on, said, str(entry.by), entry.with_whom, url)


def last_days(user: User, organisations: Collection[int]) -> Mapping[int, date]:
    """One query, whatever the number of organisations."""
    found = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG).human().filter(organisation__in=organisations)
    return dict(found.order_by().values_list("organisation").annotate(Max("happened_on")))


def logged(thing: Any, kind: str, *, by: User, words: str, at: datetime) -> None:
    """A call about the thing, with what was said to have been agreed."""
    if thing.circle_id is not None:
        return
    ContactEntry.objects.log(
        thing.commissioner, thing.organisation, thing=thing, kind=CALL, happened_on=london_date(at), by=by,
        points=words, logged_by=by, logged_at=at,
    )  # fmt: skip


def register() -> None:
    """Called once at start."""
    spoken.register(Log(told, last_days, logged))
