"""Removes words from a text, its history and its copies, and tells the Caldicott Guardian and the designated team.

The database does it (``privacy/migrations/0002``), and records it in the same statement. What was sent, printed or
taken out before cannot be called back: who had it is listed with the record (``seen_by``).
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import post
from accounts.capabilities import Role, roles_granting
from accounts.models import CircleMember, Membership, User
from accounts.references import new_reference
from accounts.refusals import Refused
from design.calendar import london_date
from exports.models import Export
from privacy.models import Removal
from privacy.texts import Seen, Text, all_keepers, text_of

LEAST, MOST = 3, 1_000
# Shorter words stand in other texts by chance: they are removed from the text and its history only.
SWEPT = 6
TOLD = (Role.CALDICOTT_GUARDIAN, Role.DESIGNATED_PROFESSIONAL)
LETTER = "identifiable_removed"


class NotThere(Refused):
    """The words are not in the text: mistyped, or somebody has removed them already."""


@transaction.atomic
def remove(text: Text, row: Any, field: str, words: str, *, reason: str, by: User, at: datetime) -> Removal:
    """Put "[removed on DATE]" in the place of the words, record it, and write to those who must know."""
    whose, reference = text.whose(row), new_reference()
    places = [text.copy_of(row, field), *text.also(row)]
    if len(words) >= SWEPT:
        places += [copy for keeper in all_keepers() for copy in keeper.holding(words, whose["commissioner"] or 0)]
    given = [{"table": place.table, "column": place.column, "id": place.pk} for place in dict.fromkeys(places)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privacy_remove_words(%s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                json.dumps(given), words, london_date(at), reference, whose["commissioner"], whose["organisation"],
                whose["circle"], text.code, reason, by.pk, at,
            ],
        )  # fmt: skip
        if not cursor.fetchone()[0]:
            raise NotThere("These words are not in the text any more. Somebody may have removed them already.")
    removal = Removal.objects.get(reference=reference)
    tell(removal, at=at)
    return removal


def tell(removal: Removal, *, at: datetime) -> None:
    """To the commissioner's Caldicott Guardians and designated professionals; of a list only to those on it."""
    held = Membership.objects.live(on=london_date(at)).filter(organisation=removal.commissioner_id, role__in=TOLD)
    people = User.objects.filter(pk__in=held.values("user"))
    if removal.circle_id is not None:
        named = CircleMember.objects.live(on=london_date(at)).filter(circle=removal.circle_id)
        people = people.filter(pk__in=named.values("user"))
    for person in people.order_by("pk"):
        post.hand_in(
            LETTER, dedupe_key=f"{LETTER}:{removal.pk}:{person.pk}", at=at, user=person, about={"removal": removal.pk}
        )


def row_of(removal: Removal) -> tuple[Text | None, Any]:
    """The text and the row that the removal was made in."""
    text = text_of(removal.text)
    return text, text.model._default_manager.filter(pk=removal.thing).first() if text is not None else None


def seen_by(removal: Removal) -> list[Seen]:
    """Who opened it or took it out before it was removed, as far as the portal keeps a log; latest first."""
    text, row = row_of(removal)
    if text is None or row is None:
        return []
    found = [seen for seen in text.seen(row) if seen.at <= removal.at]
    if text.listing:
        places = [removal.commissioner_id, removal.organisation_id]
        taken = Export.objects.filter(listing=text.listing, organisation__in=places, at__lte=removal.at)
        found += [
            Seen(str(each.by), f"took out the list “{each.title}”", each.at) for each in taken.select_related("by")
        ]
    return sorted(found, key=lambda seen: seen.at, reverse=True)


def could_read(removal: Removal) -> list[Membership]:
    """The people whose roles open the page on which it stood, on the day on which it was removed."""
    text = text_of(removal.text)
    if text is None:
        return []
    places = [removal.commissioner_id, *([removal.organisation_id] if text.theirs and removal.organisation_id else [])]
    held = Membership.objects.live(on=london_date(removal.at)).filter(
        organisation__in=places, role__in=roles_granting(text.read_by)
    )
    if removal.circle_id is not None:
        named = CircleMember.objects.live(on=london_date(removal.at)).filter(circle=removal.circle_id)
        held = held.filter(user__in=named.values("user"))
    return list(held.select_related("user", "organisation").order_by("organisation__name", "user__name"))


__all__ = ["NotThere", "could_read", "remove", "row_of", "seen_by", "tell"]
