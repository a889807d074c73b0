"""Names of files as people may see them: no paths, no control characters, nothing that turns text round."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
NOT_IN_NAMES = '\\/:*?"<>|'
# Windows gives these names to devices.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def clean_name(name: str) -> str:
    """The name without folders and invisible characters, at most 120 characters, its ending kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Categories C*: control characters, format characters such as right-to-left override, surrogates.
    visible = "".join(" " if each in NOT_IN_NAMES else each for each in last if unicodedata.category(each)[0] != "C")
    plain = " ".join(visible.split()).strip(". ")
    path = PurePosixPath(plain or "evidence")
    stem, ending = path.stem[: LONGEST - len(path.suffix[:20])].strip(), path.suffix[:20]
    return f"_{stem}{ending}" if stem.lower() in DEVICES else f"{stem}{ending}"


def ending_of(name: str) -> str:
    """The ending in small letters, with its dot; nothing when the name has none."""
    return PurePosixPath(name).suffix.lower()
