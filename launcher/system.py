"""What the machine itself must have: the libraries that draw PDFs, a browser for the tests, free disk.

As root on Debian and its relatives what is missing is installed; anybody else is told the one line to run.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.messages import Problem, note

PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# What drives the browser is a program of its own that Debian 12 cannot load without this library.
DRIVER_LIBRARIES = {"libatomic.so.1": "libatomic1"}
READER_OF_PDFS = ("pdftotext", "poppler-utils")
# The first is the same browser without a window, and takes half the time of the others over each page.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Older and other systems do not have the first as a package of its own.
INSTEAD = {BROWSERS[0]: BROWSERS[1]}
LEAST_FREE_MEGABYTES = 300


def ensure_pdf_libraries() -> None:
    """The annual report is drawn with Pango and HarfBuzz, which Python packages do not bring."""
    missing = [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]
    if missing:
        _install(missing, "the libraries that draw PDFs")


def ensure_test_tools() -> str:
    """Find what drives a browser and reads PDFs back in the tests, or install it; gives the path of Chromium."""
    missing = [] if _browser() else [BROWSERS[0], "fonts-liberation"]
    missing += [package for library, package in DRIVER_LIBRARIES.items() if not _loads(library)]
    program, package = READER_OF_PDFS
    missing += [] if shutil.which(program) else [package]
    if missing:
        _install(missing, "what the tests look at pages and PDFs with")
    return _browser()


def refuse_full_disk(folder: Path) -> None:
    """A database that cannot write is worse than one that does not start."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < LEAST_FREE_MEGABYTES:
        raise Problem(
            f"Only {free} MB are free on the disk of {folder}; the portal needs {LEAST_FREE_MEGABYTES}.\n"
            "Free some space, or choose another disk with --data DIR."
        )


def _browser() -> str:
    chosen = os.environ.get("PORTAL_CHROMIUM", "")
    return chosen or next((path for name in BROWSERS if (path := shutil.which(name))), "")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(packages: list[str], what: str) -> None:
    able = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if able:
        note(f"Installing {what}: {' '.join(packages)}")
        _apt("update")
    packages = [name if name not in INSTEAD or _is_known(name) else INSTEAD[name] for name in packages]
    if not able:
        raise Problem(
            f"This machine lacks {what}. As an administrator run:\n"
            f"    apt-get install --no-install-recommends {' '.join(packages)}\n"
            "(the names are Debian's and Ubuntu's; other systems have the same under similar names)"
        )
    _apt("-y", "install", "--no-install-recommends", *packages)


def _is_known(package: str) -> bool:
    """Has this system a package of the name, as far as its lists tell?"""
    if not shutil.which("apt-cache"):
        return False
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def _apt(*arguments: str) -> None:
    command, quiet = ["apt-get", "-q", *arguments], {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
        raise Problem(f"That did not work; what apt said is above. Put it right, then run:\n    {' '.join(command)}")
