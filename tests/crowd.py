"""Many of everything: more rows of each kind that lists show, copied from those of the measuring world."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import CircleMember, DeclaredInterest, Invitation, Membership, SignInEvent, User
from accounts.references import new_reference
from actions.models import Action, ActionEvidence, ActionUpdate
from assurance.models import (
    Answer,
    InQuestion,
    LevelResult,
    Rating,
    SelfAssessment,
    StandardResult,
    StrandReview,
    Submission,
)
from assurance_portal.world import World
from chasing.models import Chase, DueChange, Letter
from evidence.models import EvidenceItem
from exports.models import Export, FrozenView
from governance.models import AnnualReport
from providers.models import Arrangement, Contact, Organisation, Partnership, Site

OF_A_RETURN = (Answer, Submission, StrandReview, StandardResult, LevelResult, Rating, InQuestion)


def like(of: models.Model, i: int, changes: dict[str, Any]) -> Any:
    """An unsaved row like this one; a change is a value or a function of the row's number."""
    fields = {field.attname: getattr(of, field.attname) for field in of._meta.concrete_fields if not field.primary_key}
    if "reference" in fields:
        fields["reference"] = new_reference()
    row = type(of)(**fields)
    for name, value in changes.items():
        setattr(row, name, value(i) if callable(value) else value)
    return row


def made(rows: Iterable[Any]) -> list[Any]:
    """Written at once."""
    found = list(rows)
    return type(found[0])._default_manager.bulk_create(found) if found else []


@dataclass
class Crowd:
    """``n`` more providers with everything of theirs, and ``n`` more of everything at P1 and at commissioner A.

    ``start`` numbers them, so that a second crowd does not meet the first.
    """

    world: World
    n: int
    start: int = 0

    def copies(self, of: models.Model, n: int | None = None, **changes: Any) -> list[Any]:
        """So many rows like this one."""
        return made(like(of, i, changes) for i in range(self.n if n is None else n))

    def named(self, word: str) -> Any:
        """A change that gives each row a name of its own."""
        return lambda i: f"{word}{self.start + i:03}"

    def gather(self) -> None:
        """Everybody and everything."""
        report = AnnualReport.objects.get(commissioner=self.a, state="published", number=1)
        others = self.copies(self.p1, name=self.named("Provider "), code="")
        self.register(others)
        self.people(others)
        self.returns(others)
        self.work(others)
        self.copies(report, number=lambda i: self.start + i + 2)
        for model, whose in ((FrozenView, "commissioner"), (Export, "organisation")):
            self.copies(model._default_manager.filter(**{whose: self.a})[0])
        self.access()

    @property
    def a(self) -> Organisation:
        """The commissioner."""
        return self.world.organisations["A"]

    @property
    def p1(self) -> Organisation:
        """Its first provider."""
        return self.world.organisations["P1"]

    def register(self, others: list[Organisation]) -> None:
        """Contracts, contacts and sites of the others; contacts, sites and links of the one."""
        lead = Arrangement.objects.get(commissioner=self.a, organisation=self.p1)
        contact = Contact.objects.filter(organisation=self.p1)[0]
        site = Site.objects.filter(organisation=self.p1)[0]
        for one in (lead, contact, site):
            self.copies(one, organisation=lambda i: others[i])
        for one in (contact, site):
            self.copies(one, name=self.named("Another "))
        boards = self.copies(self.world.organisations["board"], name=self.named("Board "))
        self.copies(Partnership.objects.filter(commissioner=self.a)[0], board=lambda i: boards[i])

    def people(self, others: list[Organisation]) -> None:
        """Colleagues on both sides, roles that wait for a second person, sign-ins; and one lead of many providers."""
        lead, analyst = self.world.person("PL", "P1"), self.world.person("QA", "A")
        for one, place in ((lead, self.p1), (analyst, self.a)):
            held = Membership.objects.get(user=one, organisation=place)
            people = self.copies(one, email=self.named(f"{held.role}@example.org."), name=self.named("Person "))
            self.copies(held, user=lambda i, people=people: people[i])
        waiting = self.copies(analyst, email=self.named("waiting@example.org."))
        self.copies(held, user=lambda i: waiting[i], confirmed_at=None, confirmed_by=None)
        self.copies(
            Membership.objects.get(user=lead, organisation=self.p1), organisation=lambda i: others[i], user=lead
        )
        for role in ("DP", "SA"):
            self.copies(SignInEvent(user=self.world.person(role, "A"), kind="signed_in", at=self.world.at))

    def returns(self, others: list[Organisation]) -> None:
        """Of every three one is being written as P1's is, one has come as P2's, one is validated as the shared one."""
        first = self.world.rounds[0]
        self.copies(first, name=self.named("Round "), state="closed")
        for n, key in enumerate(("P1", "P2", "shared")):
            one = SelfAssessment.objects.get(round=first, organisation=self.world.organisations[key])
            whose = others[n::3]
            rows = self.copies(one, len(whose), organisation=lambda i, whose=whose: whose[i])
            for model in OF_A_RETURN:
                held = list(model._default_manager.filter(self_assessment=one).order_by("pk"))
                made(
                    like(each, i, {"self_assessment": row, "organisation": row.organisation})
                    for i, row in enumerate(rows)
                    for each in held
                )

    def work(self, others: list[Organisation]) -> None:
        """Actions with steps and letters, moved dates, evidence and versions of it."""
        world, here = self.world, {"commissioner": self.a, "organisation": self.p1}
        action = Action.objects.filter(circle=None, **here).order_by("pk")[0]
        chase, letter = Chase.objects.get(thing=action.pk, kind="action"), Letter.objects.get(about__action=action.pk)
        rows = self.copies(action) + self.copies(action, organisation=lambda i: others[i])
        self.copies(ActionUpdate.objects.filter(action=action)[0])
        for row in rows:
            self.copies(chase, 1, thing=row.pk, organisation=row.organisation)
            self.copies(letter, 1, dedupe_key=f"crowd:{row.pk}", about={}, organisation=row.organisation)
        moved = {"by": world.person("QA", "A"), "reason": "Agreed", "at": world.at, "old": action.due_on, **here}
        asked = SelfAssessment.objects.filter(organisation=self.p1).order_by("pk")[0]
        for kind, thing in (("action", action), ("self_assessment", asked)):
            self.copies(DueChange(kind=kind, thing=thing.pk, new=world.on, **moved))
        item = EvidenceItem.objects.filter(circle=None, kind="file", **here).order_by("pk")[0]
        version, items = item.versions.get(number=1), self.copies(item)
        Action.objects.filter(pk=action.pk).update(owner=world.person("PL", "P1"), owner_name="")
        proof = ActionEvidence(action=action, added_by=world.person("PL", "P1"), added_at=world.at, **here)
        self.copies(proof, item=lambda i: items[i])
        self.copies(version, item=lambda i: items[i], storage_name=self.named("crowd/"))
        self.copies(version, number=lambda i: self.start + i + 2, storage_name=self.named("crowd/again/"))

    def access(self) -> None:
        """Access lists, the people on them, interests and invitations."""
        circle, nurse = self.world.circles["A"], self.world.person("DP", "A")
        member = CircleMember.objects.get(circle=circle, user=nurse)
        circles = self.copies(circle, name=self.named("List "))
        self.copies(member, circle=lambda i: circles[i])
        people = list(User.objects.filter(email__startswith="QA").order_by("-pk")[: self.n])
        self.copies(member, user=lambda i: people[i])
        interest = DeclaredInterest.objects.filter(organisation=self.p1)[0]
        # Not in a provider that the nurse validates: what she may do stays as it is.
        self.copies(interest, user=nurse, organisation=self.world.organisations["P3"])
        self.copies(Invitation.objects.filter(organisation=self.a)[0], email=self.named("invited@example.org."))


__all__ = ["Crowd"]
