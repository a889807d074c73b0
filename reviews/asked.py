"""One report that was asked for, as its page shows it to whoever asked and to whoever writes."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can, roles_granting
from chasing.models import DueChange
from providers.models import Contact
from reviews.models import Contribution, ContributionNote

if TYPE_CHECKING:
    from accounts.models import User

# What can be done next, by the state: route, words, right.
NEXT: dict[str, tuple[tuple[str, str, Can], ...]] = {
    "asked": (("draft", "Say that the draft is sent", Can.REPORT_CONTRIBUTION),),
    "sent_back": (("draft", "Say that the next draft is sent", Can.REPORT_CONTRIBUTION),),
    "draft": (("assure", "Quality-assure it", Can.ASSURE_CONTRIBUTION),),
    "assured": (("sign", "Record the signature of the executive", Can.SIGN_CONTRIBUTION),),
    "signed": (("submit", "Say that it is submitted", Can.REPORT_CONTRIBUTION),),
}
DONE = ("submit", "Say that it is done", Can.REPORT_CONTRIBUTION)
OPEN = (
    ("later", "Agree a later date", Can.EDIT_REVIEW),
    ("author", "Name another author", Can.ASK_CONTRIBUTION), ("withdraw", "Withdraw the request", Can.EDIT_REVIEW),
)  # fmt: skip


@dataclass
class OneReport:
    """One contribution on one day, for one reader."""

    contribution: Contribution
    reader: "User"
    on: date
    # As what the reader acts for its commissioner and its organisation.
    roles: frozenset[str]

    @cached_property
    def ours(self) -> bool:
        """Does the reader act for the commissioner?"""
        return not self.roles.isdisjoint(roles_granting(Can.SEE_REVIEW))

    def _may(self, can: Can) -> bool:
        return not self.roles.isdisjoint(roles_granting(can))

    @cached_property
    def steps(self) -> list[tuple[str, str]]:
        """What the reader may do next: route and words."""
        one = self.contribution
        following = NEXT.get(one.state, ())
        if one.state == "asked" and not one.of_part.written:
            following = (DONE,)
        found = [(f"reviews:contribution-{name}", words) for name, words, can in following if self._may(can)]
        mine = one.author_id == self.reader.pk
        return [] if mine and one.state == "draft" else found

    @cached_property
    def beside(self) -> list[tuple[str, str]]:
        """What may be done at any time while it is open, and saying something about its quality."""
        one, found = self.contribution, []
        if one.settled_at is None:
            found = [(f"reviews:contribution-{name}", words) for name, words, can in OPEN if self._may(can)]
        if one.withdrawn_on is None and (self._may(Can.EDIT_REVIEW) or self._may(Can.REPORT_CONTRIBUTION)):
            found.append(("reviews:contribution-say", "Say something about its quality"))
        return found

    @cached_property
    def notes(self) -> list[ContributionNote]:
        """What was done and said, the latest first."""
        return list(ContributionNote.objects.of(self.contribution).order_by("-pk"))

    @cached_property
    def changes(self) -> list[DueChange]:
        """Every move of its date."""
        rows = DueChange.objects.filter(kind=Contribution.kind_code, thing=self.contribution.pk)
        return list(rows.select_related("by", "agreed_by"))

    @cached_property
    def contact(self) -> Contact | None:
        """Whom to ring at the commissioner: who asked, else a designated professional."""
        whose = self.contribution.commissioner_id
        ours = list(Contact.objects.current().filter(organisation=whose, kind=Contact.Kind.DESIGNATED))
        asked = [each for each in ours if each.email.lower() == self.contribution.asked_by.email.lower()]
        return next(iter(asked or ours), None)

    @property
    def late(self) -> dict[str, int]:
        """Days past the first and past the agreed date."""
        first, agreed = self.contribution.days_late(self.on)
        return {"first": first, "agreed": agreed}

    @property
    def about(self) -> str:
        """The review in neutral words, for the organisation."""
        strands: Any = self.contribution.review.strands
        return {("children",): "about a child", ("adults",): "about an adult"}.get(tuple(strands), "")
