"""The receipt of a submission as a PDF, from the stored document and nothing else, with its digest printed.

The same submission gives the same bytes, so a receipt can be made again years later.
"""

from itertools import groupby
from typing import Any

from django.template.loader import render_to_string

from assurance.models import Submission
from design import pdf


def receipt_pdf(
    submission: Submission, *, demonstration: bool = False, answers: bool = True, apart: bool = False
) -> bytes:
    """The finished file, with every answer or with their number only. Reads the submission's own row only.

    ``apart``: made in a process of its own (``design.pdf``), for pages.
    """
    title = f"Receipt for {submission.document['round']['name']}"
    html = render_to_string(
        "reports/receipt.html",
        {**_context(submission), "title": title, "demonstration": demonstration, "with_answers": answers},
    )
    return pdf.render(html, title=title, at=submission.submitted_at, apart=apart)


def _context(submission: Submission) -> dict[str, Any]:
    document = submission.document
    standards = [
        {"number": number, "title": title, "answers": list(answers)}
        for (number, title), answers in groupby(
            document["answers"], key=lambda answer: (answer["standard"], answer["standard_title"])
        )
    ]
    return {"submission": submission, "document": document, "standards": standards}
