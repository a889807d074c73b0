"""The receipt of submitted figures as a PDF, from the stored document and nothing else, with its digest printed.

The same submission gives the same bytes, so a receipt can be made again years later.
"""

from datetime import date

from django.template.loader import render_to_string

from design import pdf
from training import versions
from training.models import FigureSubmission


def receipt_pdf(
    submission: FigureSubmission, *, demonstration: bool = False, figures: bool = True, apart: bool = False
) -> bytes:
    """The finished file, with every figure or with the number of lines only. Reads the submission's own row only.

    ``apart``: made in a process of its own (``design.pdf``), for pages.
    """
    document = submission.document
    title = f"Receipt for figures, {document['period']['label']}"
    html = render_to_string(
        "reports/figures_receipt.html",
        {
            "submission": submission, "document": document, "lines": versions.shown(document), "title": title,
            "demonstration": demonstration, "with_figures": figures,
            "as_at": date.fromisoformat(document["period"]["as_at"]),
        },
    )  # fmt: skip
    return pdf.render(html, title=title, at=submission.submitted_at, apart=apart)
