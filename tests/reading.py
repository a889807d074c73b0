"""What a browser is given, read as a reader who cannot see would meet it: headings, labels, ids, language, links."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Box:
    """Something to fill in."""

    name: str
    id: str
    named: bool
    names: tuple[str, ...] = ()


@dataclass
class Read(HTMLParser):
    """The parts of a page that this module judges."""

    lang: str = ""
    title: str = ""
    headings: int = 0
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    boxes: list[Box] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    long_boxes: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.ids.append(said["id"])
        if tag == "html":
            self.lang = said.get("lang", "")
        elif tag == "h1":
            self.headings += 1
        elif tag == "label":
            self.labelled.add(said.get("for", ""))
        elif tag == "a":
            self.links.append((said.get("href", ""), said.get("class", "")))
        elif tag in ("input", "select", "textarea") and said.get("type", "").lower() not in NEEDS_NO_LABEL:
            named = bool(said.get("aria-label", "").strip()) or "label" in self.inside
            names = tuple(said.get("aria-labelledby", "").split())
            self.boxes.append(Box(said.get("name", tag), said.get("id", ""), named, names))
            self.long_boxes += tag == "textarea"
        if tag not in EMPTY:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "title" in self.inside and "svg" not in self.inside:
            self.title += data
        elif not {"script", "style"} & set(self.inside):
            self.words.append(data)


def read(html: str) -> Read:
    """A page, read."""
    found = Read()
    found.feed(html)
    found.close()
    found.title = " ".join(found.title.split())
    return found


def problems(page: Read) -> list[str]:
    """Everything that a page of ours may not be; nothing when it is as it should be."""
    twice = sorted({each for each in page.ids if page.ids.count(each) > 1})
    unnamed = [
        box.name
        for box in page.boxes
        if not (box.named or (box.id and box.id in page.labelled) or (box.names and set(box.names) <= set(page.ids)))
    ]
    skip = [href for href, css in page.links if "nhsuk-skip-link" in css]
    ours = page.title.partition("–")[0].strip()
    found = [
        (page.headings != 1, f"{page.headings} first headings"),
        (not ours, f"no title of its own: {page.title!r}"),
        (bool(unnamed), f"boxes without a label: {unnamed}"),
        (bool(twice), f"ids twice: {twice}"),
        (page.lang != "en-GB", f"language {page.lang!r}"),
        (skip != ["#maincontent"] or "maincontent" not in page.ids, f"skip link {skip}"),
    ]
    return [words for wrong, words in found if wrong]


__all__ = ["Read", "problems", "read"]
