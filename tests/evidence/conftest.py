"""A folder of its own for the files of each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scanner import Scanner


@pytest.fixture(autouse=True)
def evidence_folder(settings: Any, tmp_path: Path) -> Path:
    """Empty, so that a file left behind is seen."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


@pytest.fixture
def stored(evidence_folder: Path) -> Any:
    """Every file in the folder now, whatever its name."""
    return lambda: [path for path in evidence_folder.rglob("*") if path.is_file()]


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    """A scanner that answers, and that the portal is told of."""
    with Scanner() as running:
        settings.CLAMD_URL = running.url
        yield running
