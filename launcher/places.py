"""Where things are in a checkout, and how to tell that they changed."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LAUNCHER = ROOT / "launcher"
DEFAULT_DATA = VAR / "data"
NOT_THE_PRODUCT = {"launcher", "tests", "var", "docs", "node_modules"}


def files_under(*tops: Path) -> Iterator[Path]:
    """Every file below the given files and folders, in a fixed order; compiled Python is left out."""
    for top in tops:
        if top.is_file():
            yield top
        elif top.is_dir():
            yield from sorted(p for p in top.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def digest(files: Iterable[Path]) -> str:
    """One sha256 over names and contents: it changes when any of the files does."""
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def apps() -> list[Path]:
    """The folders of the product itself: every Python package at the root."""
    packages = (p for p in sorted(ROOT.iterdir()) if (p / "__init__.py").is_file())
    return [p for p in packages if p.name not in NOT_THE_PRODUCT]


def schema_digest() -> str:
    """Changes when the tables, the grants or the shipped data may have changed."""
    return digest(files_under(ROOT / "requirements.txt", LAUNCHER / "roles.sql", *apps()))


def read_stamp(path: Path) -> str:
    """What was written by `write_stamp`, or nothing."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def write_stamp(path: Path, value: str) -> None:
    """Remember a digest beside what was made from it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value + "\n")
