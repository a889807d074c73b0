"""Looks at what is about to be saved, asks about what may identify a person, and remembers what was said.

A finding is known again by its key: who writes, about what, in which box, and a keyed digest of the thing found. So a
text that saves itself with every key is counted once, and somebody who said that it is not about a person is not
asked again about the same words in the same box.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.text import get_text_list

from accounts.acting import memberships
from design.calendar import london_date
from design.text_checks import Doubt, Mark
from privacy.detection import Finding, Rule, find, tidy
from privacy.middleware import Writing, writing
from privacy.models import GuardRule, Override, Warned
from providers.models import Arrangement, Organisation, Site

REASON_LENGTH = 200
REASON_LEAST = 5


def look_at(form: Any, texts: Mapping[str, str]) -> dict[str, Doubt]:
    """What is to be asked about the texts of a form, by field. Asks the database only when there is a digit."""
    here = writing()
    digits = {name: text for name, text in texts.items() if any(map(str.isdigit, text))}
    if not digits or not here.takes_text:
        return {}
    rules = rules_for(here)
    found = {name: find(text, _of(rules), known=_known) for name, text in digits.items()}
    label = f"{type(form).__module__}.{type(form).__qualname__}"[-100:]
    doubts = {}
    for name, findings in found.items():
        marks = [Mark(*each.around(texts[name]), GuardRule.LOOKS_LIKE[each.code]) for each in findings]
        said = Said.of(form.data, form.add_prefix(name))
        if doubt := asked(findings, marks, said, form=label, field=name):
            doubts[name] = doubt
    return doubts


class Said:
    """What somebody answered beside a box: the ticked stamp and the reason."""

    def __init__(self, name: str, ticked: str = "", reason: str = "") -> None:
        self.name, self.ticked, self.reason = name, ticked, reason

    @classmethod
    def of(cls, data: Any, name: str) -> "Said":
        """As the form's data have it."""
        empty = Doubt(name, "")
        return cls(name, str(data.get(empty.box) or ""), str(data.get(empty.why) or "").strip())


def asked(
    findings: Sequence[Finding], marks: Sequence[Mark], said: Said, *, form: str, field: str, same: str = ""
) -> Doubt | None:
    """The doubt about these findings; None when there is nothing to ask (any more).

    ``same`` stands in the place of what was found where all of it is one thing, such as a file by its digest.
    """
    here = writing()
    keys = {_key(here, field, same or f"{each.code}:{tidy(each.text)}", each.code): each for each in findings}
    known = set(Override.objects.filter(warned__key__in=keys).values_list("warned__key", flat=True)) if keys else set()
    still = {key: each for key, each in keys.items() if key not in known}
    if not still:
        return None
    codes = {each.code for each in still.values()}
    shown = [mark for each, mark in zip(findings, marks, strict=True) if each.code in codes]
    stamp = sha256("|".join(sorted(still)).encode()).hexdigest()[:16]
    doubt = Doubt(said.name, _message(shown), shown, stamp, said.ticked == stamp, said.reason[:REASON_LENGTH])
    rows = _rows(here, still, findings, form=form, field=field)
    doubt.problem = _problem(doubt)
    if doubt.problem or not doubt.ticked:
        doubt.message = doubt.problem or doubt.message
        # A look at a page that lists what a workbook holds is no attempt to save it.
        Warned.objects.bulk_create(rows if here.takes_text else [], ignore_conflicts=True)
    else:
        doubt.settle = lambda: _override(here, rows, doubt.reason)
    return doubt


def _message(marks: Iterable[Mark]) -> str:
    kinds = list(dict.fromkeys(mark.looks_like for mark in marks))
    return f"Nothing is saved yet: there is what looks like {get_text_list(kinds, 'and')}. Take it out and save again"


def _problem(doubt: Doubt) -> str:
    """What is wrong with the answer that was given, if one was."""
    if not doubt.ticked:
        return ""
    if len(doubt.reason) < REASON_LEAST:
        return "Say in a few words why it is not about a person"
    if find(doubt.reason, _of(rules_for(writing())), known=_known):
        doubt.reason = ""
        return "Say why without repeating what was found"
    return ""


def _override(here: Writing, rows: list[Warned], reason: str) -> None:
    Warned.objects.bulk_create(rows, ignore_conflicts=True)
    held = Warned.objects.filter(key__in=[row.key for row in rows])
    by = _person(here)
    Override.objects.bulk_create(
        [Override(warned=each, reason=reason, by=by, at=here.at) for each in held], ignore_conflicts=True
    )


def _rows(
    here: Writing, keys: Mapping[str, Finding], findings: Sequence[Finding], *, form: str, field: str
) -> list[Warned]:
    commissioner, organisation = whose(here)
    rules = rules_for(here)
    return [
        Warned(
            commissioner_id=commissioner, organisation_id=organisation, rule=rules[each.code], code=each.code,
            route=here.route, form=form, field=field[:100], key=key, by=_person(here), at=here.at,
            places=sum(other.code == each.code and tidy(other.text) == tidy(each.text) for other in findings),
        )
        for key, each in keys.items()
    ]  # fmt: skip


def _key(here: Writing, field: str, thing: str, code: str) -> str:
    person = _person(here)
    place = here.reference or here.route
    parts = (str(person.pk if person else ""), place, field, code, thing)
    return salted_hmac("privacy.warned", "\x1f".join(parts), algorithm="sha256", secret=settings.SECRET_KEY).hexdigest()


def _person(here: Writing) -> Any:
    if here.by is not None:
        return here.by
    user = getattr(here.request, "user", None)
    return user if user is not None and user.is_authenticated else None


def rules_for(here: Writing) -> dict[str, GuardRule]:
    """The rules that hold for whoever it is about, by kind. One query for a request."""
    commissioner, _ = whose(here)
    if commissioner not in here.rules:
        here.rules[commissioner] = GuardRule.objects.one_each(commissioner, london_date(here.at), by="code")
    found: dict[str, GuardRule] = here.rules[commissioner]
    return found


def _of(rules: Mapping[str, GuardRule]) -> list[Rule]:
    return [row.rule for row in rules.values() if row.on]


def findings_in(texts: Iterable[str]) -> list[list[Finding]]:
    """For each of many texts what is found; for workbooks and files."""
    rules = _of(rules_for(writing()))
    return [find(text, rules, known=_known) for text in texts]


def _known(asked: set[str]) -> Collection[str]:
    """Which of these postcodes are an organisation's or a site's. One query for those not asked about before."""
    here = writing()
    if new := asked - set(here.postcodes):
        spaced = {f"{each[:-3]} {each[-3:]}": each for each in new}
        held = Organisation.objects.filter(postcode__in=spaced).order_by().values_list("postcode", flat=True)
        sites = Site.objects.filter(postcode__in=spaced).order_by().values_list("postcode", flat=True)
        there = {spaced[each] for each in held.union(sites)}
        here.postcodes |= {each: each in there for each in new}
    return {each for each in asked if here.postcodes[each]}


def whose(here: Writing) -> tuple[int | None, int | None]:
    """The commissioner and the organisation that the text is about, as far as they are known."""
    about = here.about if here.about is not None else getattr(here.request, "about", None)
    commissioner = getattr(about, "commissioner_id", None)
    organisation = about.pk if isinstance(about, Organisation) else getattr(about, "organisation_id", None)
    if commissioner is not None or here.request is None:
        return commissioner, organisation
    if not hasattr(here, "_place"):
        here._place = _from_memberships(here, organisation)  # type: ignore[attr-defined]
    return here._place  # type: ignore[attr-defined, no-any-return]


def _from_memberships(here: Writing, organisation: int | None) -> tuple[int | None, int | None]:
    person = _person(here)
    held = [row.organisation for row in memberships(here.request)] if person is not None and here.request else []
    ours = [each.pk for each in held if each.kind == Organisation.Kind.COMMISSIONER]
    if ours:
        return ours[0], organisation
    place = organisation or (held[0].pk if held else None)
    leads = Arrangement.objects.live(on=london_date(here.at)).leading().filter(organisation=place)
    return (leads.values_list("commissioner", flat=True).first() if place else None), place
