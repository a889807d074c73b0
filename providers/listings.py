"""The register and its contacts, as their pages show them and as they are taken out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind
from providers.forms.filters import ContactFilter, RegisterFilter
from providers.models import Arrangement, Contact, Organisation


def register_shown(filters: RegisterFilter, rows: Any, contracts: "QuerySet[Arrangement]", sort: str) -> Any:
    """The chosen organisations in the order that was asked for, each with its running ``contracts``."""
    contracts = contracts.select_related("commissioner").order_by("commissioner__name")
    listed = filters.in_state(rows).select_related("category").order_by(*filters.order(sort))
    return listed.prefetch_related(Prefetch("arrangements", contracts, to_attr="contracts"))


def _contract(one: Any, named: bool) -> str:
    """ "NHS Standard Contract, lead", for a reader with several commissioners with whose it is: as the page says it."""
    part = one.get_part_display().lower().replace(" commissioner", "")
    return f"{one.get_contract_form_display()}, {part}{f': {one.commissioner}' if named else ''}"


def columns(on: date, *, named: bool) -> tuple[Column, ...]:
    """As on the page; ``named`` says of which commissioner each contract is."""

    def contracts(row: Any) -> Cell:
        held = "; ".join(_contract(one, named) for one in row.contracts)
        return held or ("No contract now" if row.is_provider else "")

    return (
        Column("Name", str, width=40),
        Column("Category", lambda row: str(row.category or row.get_kind_display()), width=28),
        Column("Contract", contracts, width=50),
        Column("ODS code", lambda row: row.code, width=12),
        Column("Postcode", lambda row: row.postcode, width=12),
        Column("State", lambda row: "Closed" if row.is_closed and row.closed_on <= on else "Open", width=10),
    )


def _register(request: HttpRequest, reach: Reach) -> Shown:
    on = reach.on
    filters = RegisterFilter(request.GET, user=reach.user, on=on)
    contracts = reach.rows(filters.contracts())
    rows = filters.apply(Organisation.objects.permitted(reach.user, Can.SEE_PROVIDERS, on=on))
    rows = rows.permitted(reach.user, reach.can, on=on)
    if reach.only is not None:
        rows = rows.kept_by(reach.only)
    listed = register_shown(filters, rows, contracts, request.GET.get("sort", ""))
    return Shown(columns(on, named="commissioner" in filters.fields), listed, filters)


# --- Contacts ---


def contacts_shown(query: Mapping[str, Any], allowed: Any, *, on: date) -> tuple[ContactFilter, Any]:
    """The filter of the list of contacts, and its rows by organisation."""
    form = ContactFilter(query)
    rows = form.narrow(allowed, on=on).select_related("organisation__category", "verified_by")
    return form, rows.order_by("organisation__name", "kind", "name", "pk")


def _verified(contact: Contact) -> Cell:
    return contact.verified_on or "Never checked"


CONTACTS = (
    Column("Organisation", lambda row: str(row.organisation), width=40),
    Column("Name", lambda row: row.name, width=30, personal=True),
    Column("Job title", lambda row: row.job_title, width=30, personal=True),
    Column("What they are", lambda row: row.get_kind_display(), width=26),
    Column("Telephone", lambda row: row.telephone, width=18, personal=True),
    Column("Evenings and weekends", lambda row: row.out_of_hours_telephone, width=18, personal=True),
    Column("E-mail address", lambda row: row.email, width=36, personal=True),
    Column("Reminders", lambda row: "Yes" if row.receives_reminders else "No", width=12),
    Column("Checked", _verified, Kind.DATE, 16),
)


def _contacts(request: HttpRequest, reach: Reach) -> Shown:
    allowed = Contact.objects.permitted(reach.user, Can.SEE_PROVIDERS, on=reach.on)
    form, rows = contacts_shown(request.GET, reach.rows(allowed), on=reach.on)
    return Shown(CONTACTS, rows, form)


def register_listings() -> None:
    """Called once at start."""
    register(
        Listing("register", "Organisations", Can.SEE_PROVIDERS, "providers:organisation-list", _register),
        Listing("contacts", "Contacts", Can.SEE_PROVIDERS, "providers:contact-list", _contacts, freezes=False),
    )
