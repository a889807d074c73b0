"""How often the guard is right: true policy text on which it must stay quiet, and invented slips that it must find.

The corpus is in ``tests/privacy/corpus``: ``policy.txt`` with a sentence to a line, ``identifiable.toml`` with what is
planted. The portal's own words (the framework's data files and the documents) are read as policy text as well.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from privacy.detection import Finding, Rule, find, tidy

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])|\n+")
LEAST = 25
OWN = ("framework/data/**/*.toml", "framework/data/*.csv", "docs/**/*.md")


@dataclass
class Precision:
    """What was found where it should be, what was found where nothing is, and what was missed."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Finding]] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    sentences: int = 0
    own_sentences: int = 0

    @property
    def found(self) -> int:
        """Everything that the guard warned of."""
        return sum(self.right.values()) + len(self.wrong)

    @property
    def precision(self) -> float:
        """The share of warnings that were about something planted."""
        return sum(self.right.values()) / max(self.found, 1)

    @property
    def recall(self) -> float:
        """The share of what was planted that was found."""
        planted = sum(self.right.values()) + len(self.missed)
        return sum(self.right.values()) / max(planted, 1)


def measure(rules: Iterable[Rule], root: Path) -> Precision:
    """Look at the whole corpus with these rules."""
    held, total = list(rules), Precision()
    folder = root / "tests" / "privacy" / "corpus"
    known, written = policy(folder / "policy.txt")
    own = list(own_words(root))
    total.sentences, total.own_sentences = len(written), len(own)
    for sentence in [*written, *own]:
        total.wrong += [(sentence, each) for each in find(sentence, held, known=lambda asked: asked & known)]
    for slip in tomllib.loads((folder / "identifiable.toml").read_text())["slip"]:
        _compare(total, slip["text"], slip["finds"], find(slip["text"], held, known=lambda asked: asked & known))
    return total


def _compare(total: Precision, text: str, planted: list[str], found: list[Finding]) -> None:
    left = Counter(planted)
    for each in found:
        if left[each.code]:
            left[each.code] -= 1
            total.right[each.code] += 1
        else:
            total.wrong.append((text, each))
    total.missed += [(text, code) for code in left.elements()]


def policy(path: Path) -> tuple[set[str], list[str]]:
    """The postcodes that the register knows, and the sentences."""
    lines = path.read_text().splitlines()
    listed = next(line for line in lines if line.startswith("# known:"))
    postcodes = re.findall(r"\S+ \S+", listed.removeprefix("# known:"))
    return {tidy(each) for each in postcodes}, [line for line in lines if line and not line.startswith("#")]


def own_words(root: Path) -> Iterator[str]:
    """The sentences of the portal's own policy text that hold a figure: the others cannot be warned of."""
    for pattern in OWN:
        for path in sorted(root.glob(pattern)):
            for sentence in SENTENCE.split(path.read_text()):
                if len(sentence) >= LEAST and any(map(str.isdigit, sentence)):
                    yield sentence
