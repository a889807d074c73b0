"""Questions about contributions in the users' words, and the one way to ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import CircleMember, Membership
from chasing.models.due import DueQuerySet
from chasing.models.letters import Letter
from design.calendar import london_date
from reviews.models.access import ListedQuerySet, OwnPartQuerySet
from reviews.roles import OWN_REPORT

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from providers.models import Organisation
    from reviews.models.contributions import Contribution
    from reviews.models.reviews import Review

WAITS_FOR_US = Q(draft_on__isnull=False, outcome="")
BESIDE = ("organisation", "author", "asked_by", "review", "commissioner", "assured_by")
BEGUN = "A report of this kind is asked of this organisation already. Withdraw it first, or give it a later date."


@dataclass(frozen=True)
class Asked:
    """Of whom: an organisation, and its author by account or by name."""

    organisation: "Organisation"
    author: "User | None" = None
    author_name: str = ""


class ContributionQuerySet(OwnPartQuerySet, DueQuerySet):  # type: ignore[override]
    """Contributions. A provider reaches its own while the person is named on the review's list."""

    circle_path = "circle"

    def waiting(self) -> Self:
        """Outstanding, and with the organisation rather than with whoever quality-assures."""
        return self.outstanding().exclude(WAITS_FOR_US)

    def to_assure(self) -> Self:
        """Those whose draft waits to be quality-assured."""
        return self.outstanding().filter(WAITS_FOR_US)

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; with what every page of them says."""
        return super().permitted(user, can, on=on).select_related(*BESIDE)

    @transaction.atomic
    def ask(
        self, review: "Review", part: str, whom: Iterable[Asked], *, due_on: date, by: "User", at: datetime,
        hours: Decimal | None = None,
    ) -> "list[Contribution]":  # fmt: skip
        """Ask these organisations; each author with an account is named on the list for their own report, and told.

        Refused, all of it, for a closed review, a day that has passed, an author who works elsewhere, an organisation
        that is asked for the same already, and for a health overview report of anybody but the commissioner.
        """
        type(review)._default_manager.select_for_update(of=("self",)).get(pk=review.pk)
        on = london_date(at)
        if review.closed_at is not None:
            raise Refused("This review is closed, and nothing more is asked for.")
        if due_on < on:
            raise Refused("Choose today or a day to come, so that there is time to write.")
        return [self._ask_one(review, part, each, due_on=due_on, hours=hours, by=by, at=at) for each in whom]

    def _ask_one(
        self, review: "Review", part: str, each: Asked, *, due_on: date, hours: Decimal | None, by: "User", at: datetime
    ) -> "Contribution":
        on = london_date(at)
        if part == OWN_REPORT and each.organisation.pk != review.commissioner_id:
            raise Refused("The health overview report is the commissioner’s own designated professional’s.")
        if self.filter(review=review, organisation=each.organisation, part=part, withdrawn_on__isnull=True).exists():
            raise Refused(f"{each.organisation}: {BEGUN}")
        if each.author is not None:
            name_author(each.author, each.organisation, review, by=by, at=at)
        asked: Contribution = self.create(
            commissioner_id=review.commissioner_id, organisation=each.organisation, circle_id=review.circle_id,
            review=review, part=part, author=each.author, author_name="" if each.author else each.author_name,
            hours=hours, asked_on=on, asked_by=by, due_on=due_on, original_due_on=due_on,
        )  # fmt: skip
        asked.notes.create(kind="asked", on=on, by=by, at=at)
        tell_author(asked, by=by, at=at)
        return asked


def tell_author(asked: "Contribution", *, by: "User", at: datetime) -> None:
    """One letter to an author with an account that a report is due: ids only, and once for each author."""
    if asked.author is not None and asked.author != by:
        Letter.objects.write(
            "review_report_asked", dedupe_key=f"review_report_asked:{asked.pk}:{asked.author_id}", at=at,
            to_user=asked.author, commissioner_id=asked.commissioner_id, organisation_id=asked.organisation_id,
            circle_id=asked.circle_id, about={"contribution": asked.pk},
        )  # fmt: skip


def name_author(author: "User", organisation: "Organisation", review: "Review", *, by: "User", at: datetime) -> None:
    """Put the author on the review's list for rows about their own organisation; refused for somebody of another."""
    if not Membership.objects.live(on=london_date(at)).filter(user=author, organisation=organisation).exists():
        raise Refused(f"{author} does not work for {organisation}. Choose somebody who does, or write a name.")
    if not review.circle.members.not_over(on=london_date(at)).filter(user=author).exists():
        review.circle.add(
            author, scope=CircleMember.Reach.OWN, reason="Writes a report for this review", by=by, at=at
        )  # fmt: skip


class OfContributionQuerySet(ListedQuerySet):
    """Rows that hang on a contribution."""

    commissioner_path = "contribution__commissioner"
    organisation_path = "contribution__organisation"
    circle_path = "contribution__circle"

    def of(self, contribution: Any) -> Self:
        """Its own, as they were said."""
        return self.filter(contribution=contribution).select_related("by")
