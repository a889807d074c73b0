"""Looks through the words of a file before it is kept, and asks about what may identify a person in it.

The words are read elsewhere (``evidence/words.py``, workbooks): here they arrive as parts with the place in which a
person finds them again. The answer holds for this file and no other: it is known by its digest.
"""

from collections.abc import Sequence

from design.text_checks import Doubt, Mark
from privacy.guarding import Said, asked, findings_in
from privacy.middleware import writing
from privacy.models import GuardRule

# More places than this are not listed one by one.
LISTED = 12


def doubt_about(parts: Sequence[tuple[str, str]], *, sha256: str, form: str, box: str = "file") -> Doubt | None:
    """What is to be asked before the file is kept; None when there is nothing to ask (any more)."""
    request = writing().request
    marks: list[Mark] = []
    findings = []
    for (place, text), found in zip(parts, findings_in(text for _, text in parts), strict=True):
        for each in found:
            findings.append(each)
            marks.append(Mark(*each.around(text), GuardRule.LOOKS_LIKE[each.code], place))
    if not findings:
        return None
    said = Said.of(request.POST if request is not None else {}, box)
    doubt = asked(findings, marks, said, form=form, field=box, same=f"file:{sha256}")
    if doubt is not None:
        more = len(doubt.marks) - LISTED
        doubt.marks = doubt.marks[:LISTED]
        if doubt.settle is None:
            doubt.message = doubt.problem or (
                f"Nothing was kept. {_places(len(marks))} in the file may identify a person. Take it out of the file, "
                "record it as seen on site instead, or say below why it is not about a person; then choose it again"
            )
        doubt.again = f"And {more} more. " * (more > 0) + "Choose the file again when you save it anyway."
    return doubt


def _places(n: int) -> str:
    return "One place" if n == 1 else f"{n} places"
