"""The folder of one run of the tests: in memory where there is plenty of it, otherwise below ``var/test``.

A test with connections of its own leaves its database behind and the next one gets a copy of three thousand files. On
a disk that takes a second, in memory a tenth of one.
"""

import os
import re
import shutil
from pathlib import Path

from launcher.data_folder import DataFolder
from launcher.places import VAR
from launcher.processes import is_alive

MEMORY = Path("/dev/shm")
ON_DISK = VAR / "test"
# A whole run keeps about a sixth of this; the rest is so that nobody else on the machine misses it.
PLENTY_MEGABYTES = 5_000


def throwaway_folder() -> DataFolder:
    """A folder of this run's own; what a killed run left behind is cleared away."""
    ON_DISK.mkdir(parents=True, exist_ok=True)
    ours = f"portal-test-{os.geteuid()}-"
    _clear(ON_DISK, "")
    _clear(MEMORY, ours)
    folder = DataFolder(_made(MEMORY / f"{ours}{os.getpid()}") or ON_DISK / str(os.getpid()))
    folder.remember(demonstration=False)
    return folder


def temporary_files(folder: DataFolder) -> Path:
    """Where the run's commands put what they need for a moment: it goes away with the folder."""
    place = folder.path / "tmp"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _made(path: Path) -> Path | None:
    """The folder in memory, made now and by us: everybody may write beside it. None where there is too little."""
    if not MEMORY.is_dir() or min(_free_of_the_place(), _free_of_the_machine()) < PLENTY_MEGABYTES:
        return None
    try:
        path.mkdir(mode=0o700)
    except OSError:
        return None
    return path


def _free_of_the_place() -> int:
    return shutil.disk_usage(MEMORY).free // 1_000_000


def _free_of_the_machine() -> int:
    """Megabytes that programs could still have without any of them being put on disk."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return int(found[1]) // 1_000 if found else 0


def _clear(place: Path, ours: str) -> None:
    for left in place.glob(f"{ours}*") if place.is_dir() else ():
        number = left.name.removeprefix(ours)
        if number.isdigit() and not is_alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)
