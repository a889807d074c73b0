"""The types of file that are kept: what a browser is told they are, and the endings their names may have.

A browser is never told what the uploader said. To allow another type: a line here, and let ``design/inspection.py``
recognise it.
"""

from dataclasses import dataclass

from design.downloads import XLSX


@dataclass(frozen=True)
class FileType:
    """One type; the first ending is the one that a name without any is given."""

    media_type: str
    endings: tuple[str, ...]
    words: str


TEXT = FileType("text/plain; charset=utf-8", (".txt",), "plain text")
CSV = FileType("text/csv; charset=utf-8", (".csv",), "a CSV file")

TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", (".pdf",), "a PDF"),
    "png": FileType("image/png", (".png",), "a PNG picture"),
    "jpeg": FileType("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "a JPEG picture"),
    "docx": FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), "a Word document"
    ),
    "xlsx": FileType(XLSX, (".xlsx",), "an Excel workbook"),
    "pptx": FileType(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        (".pptx",),
        "a PowerPoint presentation",
    ),
    "text": TEXT,
    "csv": CSV,
}

SHORT = {
    each.media_type: ending
    for each, ending in (
        (TYPES["pdf"], "PDF"), (TYPES["png"], "PNG picture"), (TYPES["jpeg"], "JPEG picture"),
        (TYPES["docx"], "Word"), (TYPES["xlsx"], "Excel"), (TYPES["pptx"], "PowerPoint"), (TEXT, "Text"), (CSV, "CSV"),
    )
}  # fmt: skip

ACCEPTED = ",".join(ending for each in TYPES.values() for ending in each.endings)


def type_of(kind: str, ending: str) -> FileType:
    """The type of what the inspection found; text is CSV when its name says so."""
    return CSV if kind == "text" and ending == ".csv" else TYPES[kind]
