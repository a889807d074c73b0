"""Why a file is not taken, in words that say what to do. One entry per problem of ``design/inspection.py``."""

from django.conf import settings

from design.text_checks import Doubt

WRONG_TYPE, TOO_BIG, NOT_AS_IT_IS, NO_ROOM = 415, 413, 422, 503

WHAT_WE_TAKE = (
    "Send a PDF, a Word, Excel or PowerPoint file without macros, a PNG or JPEG picture, or a CSV or text file."
)

WORDS: dict[str, tuple[str, int]] = {
    "empty": ("The file is empty. Open it on your computer to check it, save it again and choose it again.", 422),
    "unsupported": ("This is {really}, which cannot be kept here. " + WHAT_WE_TAKE, 415),
    "unknown": ("This is not a kind of file that we know. " + WHAT_WE_TAKE, 415),
    "cut_off": (
        "The file ends too early, as if it was not saved completely. Save it again and try again.",
        422,
    ),
    "damaged": ("The file is damaged: it says it is {really} but cannot be read. Save it again, or as a PDF.", 422),
    "password": ("This is {really}. Take the password off, or save it as a PDF, and choose it again.", 422),
    "macros": (
        "The file holds macros or active parts. Save it as .docx, .xlsx or .pptx, or as a PDF.",
        415,
    ),
    "outside_links": (
        "The file fetches things from somewhere else when it is opened: a linked picture, template or workbook. "
        "Break the links, or save it as a PDF, and choose it again.",
        422,
    ),
    "bomb": (
        "The file becomes far larger when it is opened than it looks. Save only the part that is evidence, "
        "or save it as a PDF, and choose it again.",
        422,
    ),
    "too_many_entries": ("The file holds more than 2,000 parts. Save it as a PDF and choose it again.", 422),
    "entry_names": (
        "The file is put together in a way that Office does not: parts of it have unsafe names. "
        "Open it in Word, Excel or PowerPoint, save it as a new file and choose that one.",
        422,
    ),
    "too_many_pixels": ("The picture has more than 40 million points. Make it smaller and choose it again.", 422),
    "too_hard": ("The file is too complicated to check. Save it as a PDF and choose it again.", 422),
}


class NotAccepted(Exception):
    """The file was not taken and nothing was saved; ``str()`` says why and what to do, ``status`` is the answer's."""

    def __init__(self, message: str, status: int = NOT_AS_IT_IS) -> None:
        super().__init__(message)
        self.status = status
        # What was found in the file that may identify a person, with the choice to keep it nevertheless.
        self.doubt: Doubt | None = None


def refusal(problem: str, really: str = "") -> NotAccepted:
    """The exception for a problem found by the inspection."""
    if problem == "unsupported" and not really:
        problem = "unknown"
    message, status = WORDS[problem]
    return NotAccepted(message.format(really=really or "what its name says"), status)


def renamed(name: str, really: str, ending: str) -> NotAccepted:
    """The name says one type and the content another."""
    return NotAccepted(
        f"The name “{name}” does not fit what is inside: it is really {really}. "
        f"Check that it is the right file, rename it to end in {ending} and choose it again.",
        WRONG_TYPE,
    )


def doubtful(doubt: Doubt) -> NotAccepted:
    """Something in it may identify a person, and nobody has said yet that it does not."""
    problem = NotAccepted(doubt.message)
    problem.doubt = doubt
    return problem


def too_large() -> NotAccepted:
    """Larger than the limit."""
    limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return NotAccepted(
        f"The file is larger than {limit} MB. Send only the pages that are evidence, or make the pictures in it "
        "smaller, and choose it again. Nothing else that you typed is lost.",
        TOO_BIG,
    )


def grown() -> NotAccepted:
    """A picture that is larger than the limit once it is drawn anew."""
    limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return NotAccepted(
        f"Without the details that are hidden in it, the picture takes more than {limit} MB. Make it smaller, or save "
        "it as a PDF, and choose it again.",
        TOO_BIG,
    )


def no_room() -> NotAccepted:
    """The disk is full or refuses to write."""
    return NotAccepted(
        "There is no room to keep the file at the moment, so nothing was saved. It is not your fault: "
        "try again later, or ring your contact at the commissioner.",
        NO_ROOM,
    )
