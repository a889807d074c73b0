"""The pictures of the guides: each is there, small, used, and says in words what it shows."""

import re

from launcher.places import ROOT

IMAGES = ROOT / "docs" / "images"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "guides").glob("*.md"))]
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


def shown() -> list[tuple[str, str]]:
    """Every picture on a page: what it says it shows, and the file."""
    return [
        (words, str((page.parent / place).resolve().relative_to(ROOT)))
        for page in PAGES
        for words, place in SHOWN.findall(page.read_text(encoding="utf-8"))
    ]


def test_every_picture_is_there_and_used() -> None:
    assert {place for _, place in shown()} == {str(each.relative_to(ROOT)) for each in IMAGES.iterdir()}


def test_every_picture_says_in_words_what_it_shows() -> None:
    assert [place for words, place in shown() if len(words) < 40] == []


def test_pictures_are_few_and_small() -> None:
    sizes = {each.name: each.stat().st_size for each in IMAGES.iterdir()}
    assert len(sizes) <= 12
    assert {name: size for name, size in sizes.items() if size > 80_000} == {}
