"""Organisations with their contract, sites and people: the columns of the workbook, and how its rows are read.

One tuple of columns writes the empty workbook and reads it back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from design.calendar import FinancialYear
from design.workbooks import values
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column
from oversight.bringing.rows import Line, NotTaken, check, lines_of, tables_of
from providers.forms.contacts import OF_PROVIDERS
from providers.models import Arrangement, Category, Contact, Organisation, Site
from providers.models.arrangements import ContractForm
from providers.models.organisations import tidy_postcode

Part, Kind = Arrangement.Part, Contact.Kind
SHEET = "Organisations"
SITES_APART = (";", "\n")
COLUMNS = (
    Column("name", "Name", needed=True, width=34, aliases=("Provider", "Organisation", "Provider name", "Practice",
           "Organisation name", "Name of provider")),
    Column("category", "Category", needed=True, width=30, aliases=("Type", "Provider type", "Kind")),
    Column("code", "ODS code", width=10, aliases=("ODS", "Code", "Practice code", "Organisation code")),
    Column("cqc_provider_id", "CQC provider id", width=16, aliases=("CQC provider",)),
    Column("cqc_location_id", "CQC location id", width=16, aliases=("CQC location", "CQC id", "CQC")),
    Column("address", "Address", width=28, aliases=("Town", "Address or town")),
    Column("postcode", "Postcode", width=10, aliases=("Post code",)),
    Column("telephone", "Telephone", width=16, aliases=("Phone", "Main telephone")),
    Column("mailbox", "Organisation mailbox", width=28, aliases=("Mailbox", "Generic e-mail", "Shared mailbox")),
    Column("part", "Your part", width=14, choices=("Lead", "Associate"), aliases=("Lead or associate", "Lead")),
    Column("contract_form", "Contract", width=22, aliases=("Contract form", "Contract type")),
    Column("contract_number", "Contract number", width=16),
    Column("starts_on", "Contract since", kind="day", width=14, aliases=("Contract from", "Start date", "From")),
    Column("sites", "Sites (with ; between)", width=28, aliases=("Sites", "Site")),
    Column("lead_name", "Safeguarding lead", width=24, aliases=("Named safeguarding lead", "Lead name", "Named lead")),
    Column("lead_title", "Lead’s role", width=20, aliases=("Lead role", "Lead job title")),
    Column("lead_email", "Lead’s e-mail", width=28, aliases=("Lead e-mail", "Lead email address", "E-mail", "Email")),
    Column("lead_telephone", "Lead’s telephone", width=16, aliases=("Lead telephone", "Lead phone")),
    Column("second_name", "Second contact", width=24, aliases=("Other contact", "Contact 2")),
    Column("second_kind", "Second contact is", width=22, aliases=("Second contact role",)),
    Column("second_email", "Second contact’s e-mail", width=28, aliases=("Second e-mail",)),
    Column("second_telephone", "Second contact’s telephone", width=16, aliases=("Second telephone",)),
)  # fmt: skip
OF_ORGANISATION = ("name", "code", "cqc_provider_id", "cqc_location_id", "address", "postcode", "telephone", "mailbox")
PEOPLE = (("lead", Kind.SAFEGUARDING_LEAD), ("second", ""))


def columns() -> tuple[Column, ...]:
    """With the drop-downs: categories, forms of contract, kinds of contact. One query."""
    offered = {
        "category": tuple(Category.objects.values_list("name", flat=True)),
        "contract_form": tuple(str(form.label) for form in ContractForm),
        "second_kind": tuple(str(kind.label) for kind in OF_PROVIDERS),
    }
    return tuple(replace(each, choices=offered.get(each.key, each.choices)) for each in COLUMNS)


def read(workbook: Workbook, *, on: date) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds organisations, and the columns that nobody knows. One query."""
    known = columns()
    categories = _categories()
    forms = {str(form.label): form.value for form in ContractForm} | {form.value: form.value for form in ContractForm}
    kinds = {str(kind.label): kind.value for kind in OF_PROVIDERS}
    understood = {
        "category": lambda cell: values.choice(cell, categories),
        "part": lambda cell: values.choice(cell, _parts()),
        "contract_form": lambda cell: values.choice(cell, forms),
        "second_kind": lambda cell: values.choice(cell, kinds),
        "starts_on": _iso_day,
        "sites": lambda cell: values.text(cell, most=4000),
        "code": lambda cell: values.line(cell).replace(" ", "").upper(),
        "postcode": lambda cell: tidy_postcode(values.line(cell)),
    }
    found, left_out = [], []
    usual = {each.code: each.usual_contract for each in Category.objects.all()}
    for table in tables_of(workbook, known):
        left_out += table.unknown
        found += [_checked(line, usual, on) for line in lines_of(table, understood)]
    if not found:
        raise NotTaken("There is no row below the headings. Fill in at least one, save, and choose the file again.")
    _once_each(found)
    return found, left_out


def _iso_day(cell: Cell) -> str | None:
    day = values.day(cell)
    return day.isoformat() if day else None


def _parts() -> Mapping[str, str]:
    return {"Lead": "lead", "Associate": "associate"} | {str(part.label): part.value for part in Part}


def _categories() -> Mapping[str, str]:
    """Names, plurals and codes of categories, each meaning the code."""
    found: dict[str, str] = {}
    rows = list(Category.objects.values_list("code", "name", "plural"))
    for at in (1, 2, 0):
        found |= {row[at]: row[0] for row in rows}
    return found


def _checked(line: Line, usual: Mapping[str, str], on: date) -> Line:
    """Fill in what is usual, and let the models' own rules judge the rest."""
    said = line.values
    for key in ("name", "category"):
        if not said.get(key) and not line.is_refused(key):
            line.refuse(COLUMNS, key, "is empty. Fill it in.")
    form = usual.get(line.get("category"), "")
    said["contract_form"] = said.get("contract_form") or (form if form in ContractForm.values else ContractForm.FULL)
    said["part"] = said.get("part") or Part.LEAD
    said["starts_on"] = said.get("starts_on") or FinancialYear.of(on).starts.isoformat()
    wanted = {key: line.get(key) for key in OF_ORGANISATION if said.get(key)}
    check(line, COLUMNS, Organisation(**wanted), {key: key for key in wanted})
    check(
        line, COLUMNS, Arrangement(contract_number=line.get("contract_number")), {"contract_number": "contract_number"}
    )
    for name in sites_of(line):
        check(line, COLUMNS, Site(name=name), {"name": "sites"})
    for prefix, kind in PEOPLE:
        _check_person(line, prefix, kind)
    return line


def sites_of(line: Line) -> list[str]:
    """Names of sites, each once."""
    text = line.get("sites")
    for apart in SITES_APART:
        text = text.replace(apart, "\n")
    return list(dict.fromkeys(" ".join(name.split()) for name in text.split("\n") if name.strip()))


def person_of(line: Line, prefix: str, kind: str) -> dict[str, str]:
    """A contact of the row as the register keeps it; empty without one."""
    found = {name: line.get(f"{prefix}_{name}") for name in ("name", "email", "telephone")}
    if not any(found.values()):
        return {}
    title = {"job_title": line.get(f"{prefix}_title")} if prefix == "lead" else {}
    return {**found, **title, "kind": kind or line.get("second_kind") or Kind.DEPUTY}


def _check_person(line: Line, prefix: str, kind: str) -> None:
    person = person_of(line, prefix, kind)
    if not person:
        return
    if not person["name"]:
        line.refuse(COLUMNS, f"{prefix}_name", "is empty, though an address or a number stands beside it. Say whose.")
    elif not person["email"] and not person["telephone"] and not line.is_refused(f"{prefix}_email"):
        line.refuse(COLUMNS, f"{prefix}_email", "is empty, and so is the telephone. Give one of the two.")
    names = {"job_title": f"{prefix}_title"} | {name: f"{prefix}_{name}" for name in ("name", "email", "telephone")}
    held = {name: key for name, key in names.items() if person.get(name)}
    check(line, COLUMNS, Contact(**{name: person[name] for name in held}), held)


def _once_each(lines: list[Line]) -> None:
    """Of two rows of one organisation the second is refused."""
    codes: dict[str, Line] = {}
    names: dict[tuple[str, str], Line] = {}
    for line in lines:
        code, name = line.get("code"), (values.plain(line.get("name")), line.get("postcode"))
        if code and code in codes:
            line.refuse(COLUMNS, "code", f"stands in row {codes[code].number} already. Take one of the two rows out.")
        elif name[0] and name in names and code in ("", names[name].get("code")):
            words = f"is in row {names[name].number} already. Take one of the two out, or give each its ODS code."
            line.refuse(COLUMNS, "name", words)
        codes.setdefault(code, line)
        names.setdefault(name, line)
