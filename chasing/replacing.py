"""Who replaces somebody whom letters do not reach any more, or whose access has ended (hazard 17)?

Nothing is stored: the question stands while it is true, and goes when somebody checks the contact, fills the post or
ends either. Asked of the commissioner and of the provider alike; it never says what the letter was about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from chasing.models import Letter
from providers.models import Contact, Organisation, Post, PostHolder


@dataclass(frozen=True)
class Question:
    """One contact or post, and why somebody has to be named."""

    organisation: Organisation
    about: str
    why: str
    contact: Contact | None = None
    post: Post | None = None


def who_replaces(organisations: Any, *, on: date) -> list[Question]:
    """The questions of these organisations, by organisation. Two queries."""
    dead = with_dead_address(Contact.objects.current().filter(organisation__in=organisations)).filter(is_dead=True)
    found = [*asked_of(dead.select_related("organisation")), *whoever_is_gone(organisations, on=on)]
    return sorted(found, key=lambda each: (each.organisation.name, each.about))


def with_dead_address(contacts: Any) -> Any:
    """Annotates ``is_dead``: a letter to them was given up since somebody last checked them."""
    letters = Letter.objects.given_up().filter(to_contact=OuterRef("pk"))
    since = letters.filter(Q(created_at__date__gt=OuterRef("verified_on")) | Q(to_contact__verified_on=None))
    return contacts.annotate(is_dead=Exists(since))


def asked_of(dead: Iterable[Contact]) -> list[Question]:
    """The question about each of these contacts."""
    why = "A letter to this address was given up: the mail server does not take it."
    return [
        Question(row.organisation, f"{row.name}, {row.get_kind_display().lower()}", why, contact=row) for row in dead
    ]


def whoever_is_gone(organisations: Any, *, on: date) -> list[Question]:
    """People in posts whose access here has ended, whose contact has ended, or who left and still get letters."""
    live = Membership.objects.live(on=on).filter(user=OuterRef("user"))
    here = {"organisation": OuterRef("organisation")}
    worked_here = Membership.objects.filter(user=OuterRef("user"), **here)
    rows = PostHolder.objects.filter(organisation__in=organisations, part=PostHolder.Part.HOLDER)
    inside = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    # Somebody with an account elsewhere, who never had one here, has lost nothing.
    access_ended = Q(user__isnull=False, works=False) & (Q(worked=True) | Q(works_somewhere=False)) & inside
    contact_ended = Q(contact__ended_on__isnull=False) & inside
    still_written_to = Q(ends_on__lte=on, contact__ended_on__isnull=True, contact__receives_reminders=True)
    still_written_to &= Q(contact__name=F("name"))
    rows = rows.filter(starts_on__lte=on).annotate(
        works=Exists(live.filter(**here)), worked=Exists(worked_here), works_somewhere=Exists(live)
    )
    rows = rows.filter(access_ended | contact_ended | still_written_to)
    found = []
    for row in rows.select_related("organisation", "post", "contact"):
        if row.ends_on and row.ends_on <= on:
            why = "They have left the post, and letters still go to their address."
        elif row.contact and row.contact.ended_on:
            why = "Their contact has ended, and they are still recorded in the post."
        else:
            why = "Their access to this portal has ended, and they are still recorded in the post."
        found.append(Question(row.organisation, f"{row.name}, {row.post}", why, contact=row.contact, post=row.post))
    return found
