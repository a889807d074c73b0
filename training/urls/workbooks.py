"""Addresses of figures by workbook, and from the provider's own staff list."""

from training.desks import both_desks
from training.views import staff_list, workbooks

GET, POST = ("GET",), ("POST",)
upload, there = "workbook/<str:upload>/", {"there": workbooks.of_return}
patterns = [
    *both_desks("workbook/", workbooks.workbook, "workbook"),
    *both_desks("workbook/file/", workbooks.workbook_file, "workbook-file", methods=GET),
    *both_desks("workbook/csv/", workbooks.workbook_csv, "workbook-csv", methods=GET),
    *both_desks(upload, workbooks.workbook_difference, "workbook-difference", **there),
    *both_desks(f"{upload}discard/", workbooks.workbook_discard, "workbook-discard", methods=POST, **there),
    *both_desks(f"{upload}copy/", workbooks.workbook_copy, "workbook-copy", methods=GET, **there),
    *both_desks("staff-list/", staff_list.staff_list, "staff-list"),
    *both_desks("staff-list/columns/", staff_list.staff_list_columns, "staff-list-columns", methods=POST),
]
