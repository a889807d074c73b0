"""Before a file is kept: its words are read in a process of its own, and the guard looks at them and at its name.

What has no words (a picture, a page that was only scanned) passes, and the item's page says that nothing is known.
"""

import json
from pathlib import Path

from design.text_checks import Doubt
from evidence import child
from evidence.file_types import CSV, TEXT, TYPES, FileType
from evidence.models.versions import WordsRead
from evidence.refusals import NotAccepted, doubtful
from privacy.files import doubt_about

SCRIPT = Path(__file__).with_name("words.py")
LONGEST = 12_000_000
READABLE = (*(TYPES[kind] for kind in ("pdf", "docx", "xlsx", "pptx")), TEXT, CSV)
# Their readers are installed beside Python; the others need nothing but it.
WITH_PACKAGES = (TYPES["pdf"], TYPES["xlsx"])
FORM = "evidence.intake"


def look_through(path: Path, name: str, file_type: FileType, sha256: str) -> tuple[WordsRead, Doubt | None]:
    """How much of it could be read, and what somebody said of what was found; refused until somebody has."""
    parts, state = words_of(path, file_type)
    doubt = doubt_about([("the file’s name", Path(name).stem.replace("_", " ")), *parts], sha256=sha256, form=FORM)
    if doubt is not None and doubt.settle is None:
        raise doubtful(doubt)
    return state, doubt


def words_of(path: Path, file_type: FileType) -> tuple[list[tuple[str, str]], WordsRead]:
    """The words with their places. A reader that fails knows nothing: no reason to refuse the file."""
    if file_type not in READABLE:
        return [], WordsRead.NOTHING
    try:
        _, answer = child.answer_of(SCRIPT, path, limit=LONGEST, packages=file_type in WITH_PACKAGES)
        found = json.loads(answer)
    except (NotAccepted, ValueError):
        return [], WordsRead.NOTHING
    parts = [(place, text) for place, text in found["parts"]]
    if not parts:
        return [], WordsRead.NOTHING
    return parts, WordsRead.WHOLE if found["whole"] else WordsRead.PART
