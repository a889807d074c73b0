"""Before a file is kept: its words are read in a process of its own, and the guard looks at them and at its name.

What has no words (a picture, a page that was only scanned) passes, and the item's page says that nothing is known.
"""

import json
import sys
from pathlib import Path

from design import forking
from design.text_checks import Doubt
from design.workbooks.prepared import Prepared
from evidence.file_types import CSV, TEXT, TYPES, FileType
from evidence.models.versions import WordsRead
from evidence.refusals import doubtful
from privacy.files import doubt_about

BEGIN = "import sys; sys.path += sys.argv[1:3]; import words; sys.exit(words.serve(int(sys.argv[3])))"
SECONDS = 30
LONGEST = 12_000_000
READABLE = (*(TYPES[kind] for kind in ("pdf", "docx", "xlsx", "pptx")), TEXT, CSV)
FORM = "evidence.intake"


def command() -> list[str]:
    """How the reading process is started: ``words.py`` with the packages beside Python, and nothing of the portal."""
    places = [str(Path(__file__).resolve().parent), str(Path(forking.__file__).resolve().parent)]
    return [sys.executable, "-I", "-c", BEGIN, *places]


READERS = Prepared(command)


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
        answer = READERS.answer(str(path), seconds=SECONDS)
        found = json.loads(answer if len(answer) <= LONGEST else b"")
    except (TimeoutError, ValueError):
        return [], WordsRead.NOTHING
    parts = [(place, text) for place, text in found["parts"]]
    if not parts:
        return [], WordsRead.NOTHING
    return parts, WordsRead.WHOLE if found["whole"] else WordsRead.PART
