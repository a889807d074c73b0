"""A paper of the same words is set in type once for all tests of a worker: that takes longer than all else they do."""

from collections.abc import Callable
from typing import Any

import pytest

from design import pdf

Made = tuple[bytes, list[str]]
_set: dict[str, Made] = {}


@pytest.fixture
def set_anew() -> None:
    """For a test of what comes back when the same paper is set twice."""


@pytest.fixture(autouse=True)
def set_once(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """All that a paper is made of is what the typesetter is given: the same makes the same (tests/design/test_pdf)."""
    anew: Callable[[dict[str, Any], Any], Made] = pdf._made

    def kept(question: dict[str, Any], apart: Any) -> Made:
        which = repr(sorted(question.items()))
        if which not in _set:
            _set[which] = anew(question, apart)
        content, refused = _set[which]
        return content, list(refused)

    if "set_anew" not in request.fixturenames:
        monkeypatch.setattr(pdf, "_made", kept)
