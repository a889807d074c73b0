"""What taking a file of organisations would do, row by row, against the register as it is now. Saves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Upper

from accounts.capabilities import Can
from design.workbooks.values import plain
from oversight.bringing.organisations import COLUMNS, OF_ORGANISATION, PEOPLE, person_of, sites_of
from oversight.bringing.rows import Candidate, Difference, Line, Outcome
from oversight.bringing.same import Register
from providers.models import Arrangement, Category, Contact, Organisation, Site
from providers.models.arrangements import ContractForm

if TYPE_CHECKING:
    from accounts.models import User

HEADINGS = {column.key: column.heading for column in COLUMNS}
NEW, LEAVE = "new", "leave"


@dataclass
class Wanted:
    """What a row makes or changes. Without a ``target`` the organisation is new."""

    target: Organisation | None
    fields: dict[str, Any]
    arrangement: dict[str, Any] | None = None
    sites: list[str] = field(default_factory=list)
    contacts: list[dict[str, str]] = field(default_factory=list)
    contact_changes: list[tuple[Contact, dict[str, str]]] = field(default_factory=list)


class Comparison:
    """Everything that the rows are held against, asked once: six queries, whatever the number of rows."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, user: "User", on: date) -> None:
        self.lines, self.commissioner, self.on = lines, commissioner, on
        seen = Organisation.objects.permitted(user, Can.SEE_PROVIDERS, on=on).filter(kind=Organisation.Kind.PROVIDER)
        seen = seen.with_rights(user, Can.EDIT_PROVIDERS, on=on).select_related("category")
        self.register = Register(seen.order_by("pk"))
        known = [each.pk for each in self.register.known]
        codes = {line.get("code") for line in lines} - {"", *self.register.by_code}
        upper = Organisation.objects.annotate(upper=Upper("code")).filter(upper__in=codes)
        self.taken = set(upper.values_list("upper", flat=True))
        self.categories: Mapping[str, Category] = {each.code: each for each in Category.objects.all()}
        self.contracts = _grouped(Arrangement.objects.unended(on=on).filter(organisation__in=known))
        self.sites = _grouped(Site.objects.filter(organisation__in=known))
        self.contacts = _grouped(Contact.objects.current().filter(organisation__in=known))

    def outcomes(self, choices: Mapping[str, str]) -> list[Outcome]:
        """One for each row; ``choices`` are the answers to "is it the same?", by the row's key."""
        found = [self._outcome(line, choices.get(line.key, "")) for line in self.lines]
        aimed: dict[int, Outcome] = {}
        for each in found:
            target = each.wanted.target if each.wanted else None
            if target is None or each.state == "rejected":
                continue
            if target.pk in aimed:
                where = aimed[target.pk].line.where
                each.line.refuse(COLUMNS, "name", f"would be {target.name} as {where} is. Take one of the two out.")
                each.state = "rejected"
            aimed.setdefault(target.pk, each)
        return found

    def _outcome(self, line: Line, choice: str) -> Outcome:
        line = Line.of_json(line.as_json())
        title = line.get("name") or "No name"
        if line.get("code") in self.taken:
            why = "is on the register already, held by another commissioner. Ask your system administrator to add it."
            line.refuse(COLUMNS, "code", why)
        if line.problems:
            return Outcome(line, title, "rejected")
        same = self.register.find(
            name=title, code=line.get("code"), location=line.get("cqc_location_id"), postcode=line.get("postcode")
        )
        target = same.certain
        candidates = [Candidate(each.reference, _said(each), not same.by_code) for each in same.likely]
        if candidates:
            target = next((each for each in same.likely if each.reference == choice), None)
            if choice == LEAVE:
                return Outcome(line, title, "left", candidates=candidates)
            if target is None and not (choice == NEW and not same.by_code):
                return Outcome(line, title, "asked", candidates=candidates)
        found = self._existing(line, target) if target else self._new(line)
        found.candidates = candidates
        return found

    def _new(self, line: Line) -> Outcome:
        fields = {key: line.get(key) for key in OF_ORGANISATION} | {"category": self.categories[line.get("category")]}
        people = [person for prefix, kind in PEOPLE if (person := person_of(line, prefix, kind))]
        return Outcome(
            line, line.get("name"), "new", _as_differences(line, people),
            wanted=Wanted(None, fields, _contract(line), sites_of(line), people),
        )  # fmt: skip

    def _existing(self, line: Line, target: Organisation) -> Outcome:
        wanted = Wanted(target, {})
        differences: list[Difference] = []
        if target.is_closed:
            line.refuse(
                COLUMNS, "name", f"closed on {target.closed_on:%-d %B %Y}. Open it again first, or leave it out."
            )
        self._fields(line, target, wanted, differences)
        self._contract(line, target, wanted, differences)
        held = {plain(site.name) for site in self.sites.get(target.pk, [])}
        wanted.sites = [name for name in sites_of(line) if plain(name) not in held]
        differences += [Difference("Site", "", name) for name in wanted.sites]
        for prefix, kind in PEOPLE:
            if person := person_of(line, prefix, kind):
                self._person(person, target, wanted, differences)
        if differences and not wanted.arrangement and not target.may_edit_providers:  # type: ignore[attr-defined]
            line.refuse(COLUMNS, "name", "may not be changed by you. Ask the commissioner that leads it.")
        state = "rejected" if line.problems else "changed" if differences else "unchanged"
        return Outcome(line, line.get("name"), state, differences, wanted=wanted)

    def _fields(self, line: Line, target: Organisation, wanted: Wanted, differences: list[Difference]) -> None:
        """Empty cells change nothing."""
        for key in OF_ORGANISATION:
            was, becomes = getattr(target, key), line.get(key)
            if becomes and becomes != was:
                wanted.fields[key] = becomes
                differences.append(Difference(HEADINGS[key], was, becomes))
        category = self.categories[line.get("category")]
        if category.pk != target.category_id:
            wanted.fields["category"] = category
            differences.append(Difference(HEADINGS["category"], str(target.category or ""), str(category)))

    def _contract(self, line: Line, target: Organisation, wanted: Wanted, differences: list[Difference]) -> None:
        """A contract of ours that runs stays as it is; without one the row's is added."""
        running = self.contracts.get(target.pk, [])
        if any(each.commissioner_id == self.commissioner.pk for each in running):
            return
        if line.get("part") == Arrangement.Part.LEAD and any(each.part == Arrangement.Part.LEAD for each in running):
            why = "cannot be lead: another commissioner leads this provider. Write Associate."
            line.refuse(COLUMNS, "part", why)
            return
        wanted.arrangement = _contract(line)
        differences.append(Difference("Contract", "", _contract_said(line)))

    def _person(
        self, person: dict[str, str], target: Organisation, wanted: Wanted, differences: list[Difference]
    ) -> None:
        held = [each for each in self.contacts.get(target.pk, []) if each.kind == person["kind"]]
        contact = next((each for each in held if plain(each.name) == plain(person["name"])), None)
        words = str(Contact.Kind(person["kind"]).label)
        if contact is None:
            wanted.contacts.append(person)
            differences.append(Difference(words, "", _person_said(person)))
            return
        fields = ("job_title", "email", "telephone")
        changed = {key: person[key] for key in fields if person.get(key) and person[key] != getattr(contact, key)}
        if changed:
            wanted.contact_changes.append((contact, changed))
            was = ", ".join(getattr(contact, key) for key in changed if getattr(contact, key))
            differences.append(Difference(f"{words} {contact.name}", was, ", ".join(changed.values())))


def _grouped(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.organisation_id, []).append(row)
    return found


def _said(each: Organisation) -> str:
    more = [part for part in (each.code, each.postcode or each.address, str(each.category or "")) if part]
    return f"{each.name} ({', '.join(more)})" if more else each.name


def _contract(line: Line) -> dict[str, Any]:
    keys = ("part", "contract_form", "contract_number")
    return {key: line.get(key) for key in keys} | {"starts_on": date.fromisoformat(line.get("starts_on"))}


def _contract_said(line: Line) -> str:
    part, form = Arrangement.Part(line.get("part")).label, ContractForm(line.get("contract_form")).label
    return f"{part}, {form}, since {date.fromisoformat(line.get('starts_on')):%-d %B %Y}"


def _person_said(person: Mapping[str, str]) -> str:
    return ", ".join(person[key] for key in ("name", "email", "telephone") if person.get(key))


def _as_differences(line: Line, people: Sequence[Mapping[str, str]]) -> list[Difference]:
    """What a new organisation comes with, in short."""
    found = [Difference("Contract", "", _contract_said(line))]
    found += [Difference(HEADINGS[key], "", line.get(key)) for key in ("code", "mailbox") if line.get(key)]
    found += [Difference("Site", "", name) for name in sites_of(line)]
    return found + [Difference(str(Contact.Kind(each["kind"]).label), "", _person_said(each)) for each in people]
