"""The 7-minute briefing: learning on one side of A4, made here from the words of the record and nothing else.

The lengths of the fields keep it on one page (tested with the longest). A file that was made is kept by its words, so
that the public address does not lay it out for every visitor.
"""

from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string

from design import pdf
from reviews.models import Learning


def as_pdf(learning: Learning, *, demonstration: bool) -> bytes:
    """The file: the same bytes for the same words."""
    told = {
        "title": f"7-minute briefing: {learning.title}", "learning": learning, "demonstration": demonstration,
        "working_copy": learning.state != Learning.State.PUBLISHED,
    }  # fmt: skip
    html = render_to_string("reports/briefing.html", told)
    return _laid_out(html, str(told["title"]), learning.published_at or learning.written_at)


@lru_cache(maxsize=32)
def _laid_out(html: str, title: str, at: datetime) -> bytes:
    sheets = (pdf.stylesheet("print"), pdf.stylesheet("sheet"), pdf.stylesheet("briefing"))
    return pdf.render(html, title=title, at=at, stylesheets=sheets, apart=True)


def file_name(learning: Learning) -> str:
    """Named by its reference: a file name holds no words."""
    return f"7-minute-briefing-{learning.reference}.pdf"
