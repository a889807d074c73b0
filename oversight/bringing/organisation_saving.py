"""Puts the accepted rows of a file of organisations into the register, each with its trace. Nobody is told by mail."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from oversight.bringing.organisation_differences import Wanted
from oversight.bringing.rows import Outcome
from oversight.models import Import, Trace
from providers.models import Arrangement, Contact, Organisation, Site


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Make and change what the outcomes say; the caller holds the transaction. Says how many of each."""
    wanted: list[Wanted] = [each.wanted for each in outcomes if each.state in ("new", "changed")]
    new = [each for each in wanted if each.target is None]
    made = Organisation.objects.bulk_create(
        Organisation(**each.fields, registered_by=brought_in.commissioner) for each in new
    )
    for each, organisation in zip(new, made, strict=True):
        each.target = organisation
    contracts = Arrangement.objects.bulk_create(
        Arrangement(commissioner=brought_in.commissioner, organisation=each.target, **each.arrangement)
        for each in wanted
        if each.arrangement
    )
    sites = Site.objects.bulk_create(
        Site(organisation=each.target, name=name) for each in wanted for name in each.sites
    )
    contacts = Contact.objects.bulk_create(
        Contact(organisation=each.target, **person, receives_reminders=_reminded(person))
        for each in wanted
        for person in each.contacts
    )
    traces = [
        *(Trace(brought_in=brought_in, organisation=each, made=True, version=1) for each in made),
        *(Trace(brought_in=brought_in, arrangement=each, made=True, version=1) for each in contracts),
        *(Trace(brought_in=brought_in, site=each, made=True, version=1) for each in sites),
        *(Trace(brought_in=brought_in, contact=each, made=True, version=1) for each in contacts),
    ]
    for each in wanted:
        if each not in new:
            traces += _changed(brought_in, each)
    Trace.objects.bulk_create(traces)
    changed = len(wanted) - len(new)
    return {"new": len(new), "changed": changed, "contacts": len(contacts), "sites": len(sites)}


def _reminded(person: dict[str, str]) -> bool:
    """The named lead is who a reminder goes to, once sending has been started."""
    return person["kind"] == Contact.Kind.SAFEGUARDING_LEAD and bool(person["email"])


def _changed(brought_in: Import, wanted: Wanted) -> list[Trace]:
    found = []
    if wanted.fields and wanted.target is not None:
        before = _change(wanted.target, wanted.fields)
        found.append(Trace(brought_in=brought_in, organisation=wanted.target, made=False, before=before,
                           version=wanted.target.version))  # fmt: skip
    for contact, fields in wanted.contact_changes:
        # Other details than those that were checked have not been checked.
        before = _change(contact, {**fields, "verified_on": None, "verified_by": None})
        found.append(Trace(brought_in=brought_in, contact=contact, made=False, before=before, version=contact.version))
    return found


def _change(thing: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Change it by its own verb, and say what it was."""
    before = {name: getattr(thing, f"{name}_id" if name in ("category", "verified_by") else name) for name in fields}
    thing.change(expected=thing.version, **fields)
    return before


def restore(trace: Trace) -> bool:
    """Give a changed thing its earlier values back; False when somebody has changed it since."""
    thing: Any = trace.thing
    values = {f"{name}_id" if name in ("category", "verified_by") else name: was for name, was in trace.before.items()}
    same = type(thing).objects.filter(pk=thing.pk, version=trace.version)
    return bool(same.update(version=F("version") + 1, **values))
