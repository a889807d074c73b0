"""Workbooks as commissioners have them, for the tests of imports."""

import io
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*rows: list[Any], sheet: str = "Organisations", more: dict[str, list[list[Any]]] | None = None) -> bytes:
    """A workbook whose first sheet holds the rows; formulas begin with = and have the value 7."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as file:
        for name, lines in {sheet: list(rows), **(more or {})}.items():
            page = file.add_worksheet(name)
            for number, row in enumerate(lines):
                for place, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        page.write_formula(number, place, value, None, 7)
                    elif value is not None:
                        page.write(number, place, value)
    return out.getvalue()


def chosen(content: bytes, name: str = "ours.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, XLSX)


def send(client: Client, where: str, content: bytes, name: str = "ours.xlsx", **more: Any) -> Any:
    """Choose the file on the page, as a browser does; follows to the comparison when it was read."""
    page = client.get(where)
    first = page.context["form"].fields["commissioner"].initial
    data = {"commissioner": first.pk, "file": chosen(content, name), **more}
    if "framework_version" in page.context["form"].fields and "framework_version" not in more:
        data["framework_version"] = page.context["form"].fields["framework_version"].initial.pk
    return client.post(where, data, follow=True)


def accept(client: Client, page: Any, **more: Any) -> Any:
    """Accept what the comparison shows."""
    form = page.context["form"]
    where = page.redirect_chain[-1][0] if getattr(page, "redirect_chain", None) else page.request["PATH_INFO"]
    data = {"seen": form.fields["seen"].initial, "form_token": str(form.fields["form_token"].initial()), **more}
    return client.post(where, data, follow=True)
