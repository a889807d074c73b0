"""PDF: nothing is fetched or attached, the tags are there, and the same inputs give the same bytes."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pdfua
import pikepdf
import pytest
from django.template import engines

from design import pdf_apart
from design.charts import Bar, Chart, Segment, Stack, Threshold, bar_chart, stacked_bars
from design.pdf import ForeignAddress, house_style, render, stylesheet

AT = datetime(2018, 6, 1, 9, 30, tzinfo=UTC)
CANARY = b"CANARY-5b1c-NOBODY-MAY-READ-THIS"
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'
INTER = Path(__file__).resolve().parent.parent.parent / "node_modules" / "@fontsource" / "inter"
REPORT = """{% extends "reports/base.html" %}
{% block cover %}<div class="app-cover"><h1>{{ title }}</h1></div>{% endblock %}
{% block content %}
<h2>What we know</h2>
<p>See <a href="https://example.nhs.uk/strategy">the strategy</a>.</p>
<ul><li>One</li><li>Two</li></ul>
{% for chart in charts %}<h3>{{ chart.title }}</h3>{% include "charts/plate.html" %}{% endfor %}
{{ words }}
{% endblock %}"""


class Listener:
    """A web server that counts who connects. Anything above zero is a failure."""

    def __init__(self) -> None:
        self.hits = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/canary"
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                visitor, _ = self.socket.accept()
            except TimeoutError:
                continue
            self.hits += 1
            visitor.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(CANARY), CANARY))
            visitor.close()

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.stop()


@pytest.fixture
def canary(tmp_path: Path) -> str:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(CANARY)
    return secret.as_uri()


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><h1>Heading</h1>{body}</body></html>"


def charts() -> list[Chart]:
    return [
        stacked_bars([Stack("", (Segment("Met", 20), Segment("Not met", 6)))], title="Grades"),
        bar_chart([Bar("Level 1", 40)], title="Training", unit="%", threshold=Threshold(90, "Threshold 90%")),
    ]


def report(**context: Any) -> str:
    given = {"title": "Annual report 2017-18", "charts": charts(), **context}
    return str(engines["django"].from_string(REPORT).render(given))


def opened(made: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(made))


def everything_in(made: bytes) -> bytes:
    """The file and every stream in it, unpacked: what a reader of the file could get out."""
    with opened(made) as pdf:
        streams = [thing.read_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
    return made + b"".join(streams)


def elements(node: Any) -> Iterator[Any]:
    """The structure tree, in reading order."""
    kids = node.get("/K", []) if isinstance(node, pikepdf.Dictionary) else node
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield kid
            yield from elements(kid)


def tags(pdf: pikepdf.Pdf) -> list[Any]:
    return list(elements(pdf.Root.StructTreeRoot))


ASKING = {
    "picture": "<img alt='x' src='{url}'>",
    "picture set": "<img alt='x' srcset='{url} 1x'>",
    "object": "<object data='{url}'></object>",
    "embed": "<embed src='{url}'>",
    "attached file": "<link rel='attachment' href='{url}'>",
    "attached by a link": "<a rel='attachment' href='{url}'>x</a>",
    "linked stylesheet": "<link rel='stylesheet' href='{url}'>",
    "imported stylesheet": "<style>@import url({url});</style>",
    "background": "<style>p {{ background: url({url}) }}</style><p>x</p>",
    "list marker": "<style>li {{ list-style-image: url({url}) }}</style><ul><li>x</li></ul>",
    "generated content": "<style>p::before {{ content: url({url}) }}</style><p>x</p>",
    "style attribute": "<p style='background-image: url({url})'>x</p>",
    "font": "<style>@font-face {{ font-family: F; src: url({url}) }} p {{ font-family: F }}</style><p>x</p>",
    "picture in a drawing": (
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
        "<title>t</title><image width='9' height='9' xlink:href='{url}'/></svg>"
    ),
    "used in a drawing": (
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><title>t</title><use href='{url}#a'/></svg>"
    ),
    "base address": "<base href='{url}'><img alt='x' src='beside.png'>",
}


@pytest.mark.parametrize("way", ASKING)
def test_no_address_is_opened_and_no_file_read_whatever_asks(way: str, listener: Listener, canary: str) -> None:
    for url in (listener.url, canary):
        asked = ASKING[way].format(url=url)
        made = render(page(asked, head=asked), title="T", strict=False)
        assert CANARY not in everything_in(made)
        with opened(made) as pdf:
            assert not pdf.attachments
    assert listener.hits == 0


@pytest.mark.parametrize(
    "way", ["picture", "attached file", "attached by a link", "imported stylesheet", "background", "font"]
)
def test_refusal_is_loud_and_names_the_address(way: str, listener: Listener) -> None:
    with pytest.raises(ForeignAddress) as refusal:
        render(page(ASKING[way].format(url=listener.url)), title="T")
    assert set(refusal.value.addresses) == {listener.url}
    assert listener.hits == 0


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    port = int(listener.url.rsplit(":", 1)[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        assert CANARY in b"".join(iter(lambda: visitor.recv(4096), b""))
    assert listener.hits == 1


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,iVBORw0KGgo=", "asset:other.svg", "asset:../dot.svg", "ftp://x/y"]
)
def test_what_was_not_handed_over_is_refused(url: str) -> None:
    with pytest.raises(ForeignAddress):
        render(page(f"<img alt='x' src='{url}'>"), title="T", assets={"dot.svg": DOT})


def test_asset_cannot_lead_on_to_an_address(listener: Listener) -> None:
    leading = DOT.replace(b"<rect", f'<image href="{listener.url}" width="5" height="5"/><rect'.encode())
    with pytest.raises(ForeignAddress):
        render(page("<img alt='x' src='asset:dot.svg'>"), title="T", assets={"dot.svg": leading})
    assert listener.hits == 0


def test_asset_handed_over_is_used() -> None:
    html = page("<img alt='A dot' src='asset:dot.svg'>")
    with opened(render(html, title="T", assets={"dot.svg": DOT})) as pdf:
        assert [str(tag.Alt) for tag in tags(pdf) if tag.get("/S") == "/Figure"] == ["A dot"]


def test_presentational_markup_has_no_effect() -> None:
    plain, hinted = (render(page(body), title="T") for body in ("<p>x</p>", "<p align='right' bgcolor='red'>x</p>"))
    assert plain == hinted


def test_title_language_date_and_bookmarks() -> None:
    with opened(render(report(), title="Annual report – 2017-18", at=AT)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Annual report – 2017-18"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20180601093000+00'00"
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_outline() as outline:
            (first,) = outline.root
            assert first.title == "Annual report 2017-18"
            assert [(item.title, [below.title for below in item.children]) for item in first.children] == [
                ("What we know", ["Grades", "Training"])
            ]


def test_language_given_wins_over_the_markup() -> None:
    with opened(render("<html lang='fr'><body><p>x</p></body></html>", title="T", language="cy")) as pdf:
        assert str(pdf.Root.Lang) == "cy"


def test_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render(page(""), title="T", at=datetime(2018, 6, 1))  # noqa: DTZ001


def test_file_without_a_moment_carries_no_date() -> None:
    with opened(render(page(""), title="T")) as pdf:
        assert "/CreationDate" not in pdf.docinfo


def test_the_parts_of_a_report_are_tagged() -> None:
    with opened(render(report(), title="T")) as pdf:
        found = {str(tag.S) for tag in tags(pdf) if "/S" in tag}
    wanted = {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Link", "/Figure", "/Caption", "/Table", "/TR", "/TH", "/TD"}
    assert wanted <= found


def test_chart_is_described_to_those_who_cannot_see_it() -> None:
    with opened(render(report(), title="T")) as pdf:
        said = [str(tag.Alt) for tag in tags(pdf) if tag.get("/S") == "/Figure"]
    assert said == [f"{chart.title}. {chart.description}" for chart in charts()]


@pytest.mark.parametrize(
    ("table", "scopes"),
    [
        (
            "<thead><tr><th>A<th>B</thead><tbody><tr><th scope=row>x<td>1<tr><th scope=row>y<td>2</tbody>",
            ["/Column", "/Column", "/Row", "/Row"],
        ),
        ("<tr><th>A<th>B<tr><th scope=row>x<td>1", ["/Column", "/Column", "/Row"]),
        ("<tr><th scope=row>x<td>1<tr><th scope=row>y<td>2", ["/Row", "/Row"]),
        ("<thead><tr><td><th>B</thead><tbody><tr><th>x<td>1</tbody>", ["/Column", "/Row"]),
    ],
)
def test_header_cells_say_what_they_head(table: str, scopes: list[str]) -> None:
    with opened(render(page(f"<table>{table}</table>"), title="T")) as pdf:
        headers = [tag for tag in tags(pdf) if tag.get("/S") == "/TH"]
        assert [str(header.A.Scope) for header in headers] == scopes


def test_repeated_head_on_a_second_page_is_scoped_too() -> None:
    rows = "".join(f"<tr><th scope=row>{n}<td>x" for n in range(80))
    html = page(f"<table><thead><tr><th>A<th>B</thead><tbody>{rows}</tbody></table>")
    with opened(render(html, title="T")) as pdf:
        assert len(pdf.pages) > 1
        scopes = [str(tag.A.Scope) for tag in tags(pdf) if tag.get("/S") == "/TH"]
    assert scopes.count("/Row") == 80
    assert scopes.count("/Column") == 2 * len(pdf.pages)


@pytest.mark.parametrize("banners", [{}, {"working_copy": True, "demonstration": True}])
def test_checker_finds_nothing_wrong(banners: dict[str, bool], tmp_path: Path) -> None:
    """Rule UA-14-001 (no empty heading) stops on this pikepdf, so headings are looked at here."""
    made = render(report(**banners), title="Annual report", at=AT)
    (tmp_path / "report.pdf").write_bytes(made)
    checked = pdfua.validate(str(tmp_path / "report.pdf"))
    assert checked.findings == ()
    assert {outcome.rule_id for outcome in checked.skipped} <= {"UA-14-001"}
    with opened(made) as pdf:
        headings = [tag for tag in tags(pdf) if str(tag.get("/S", "")) in ("/H1", "/H2", "/H3")]
        assert [str(heading.S) for heading in headings] == ["/H1", "/H2", "/H3", "/H3"]
        assert all(len(heading.K) for heading in headings)


def texts_by_page(made: bytes) -> list[int]:
    """How many marked pieces of content each page draws, those in its margins included."""
    with opened(made) as pdf:
        drawn = [pikepdf.parse_content_stream(page) for page in pdf.pages]
    return [sum(str(step.operator) == "BDC" for step in steps) for steps in drawn]


def paragraphs(made: bytes) -> int:
    with opened(made) as pdf:
        return sum(tag.get("/S") == "/P" for tag in tags(pdf))


def test_banners_are_seen_on_every_page_and_read_aloud_once() -> None:
    both, none = report(working_copy=True, demonstration=True), report()
    assert both.count("Working copy. Not approved") == both.count("Demonstration data.") == 2
    assert "app-banner" not in none
    marked, bare = (render(html, title="T") for html in (both, none))
    more = [seen - without for seen, without in zip(texts_by_page(marked), texts_by_page(bare), strict=True)]
    assert len(more) > 1
    assert more == [2] * len(more)
    assert paragraphs(marked) - paragraphs(bare) == 2


def test_user_text_stays_text(listener: Listener) -> None:
    html = report(words=f"<img src='{listener.url}'><link rel=attachment href='file:///etc/passwd'>")
    with opened(render(html, title="T")) as pdf:
        assert not pdf.attachments
    assert listener.hits == 0


def test_two_renders_are_the_same_bytes_and_another_moment_is_not() -> None:
    sheets, assets = house_style(INTER)
    first, again = (render(report(), title="T", stylesheets=sheets, assets=assets, at=AT) for _ in range(2))
    assert first == again
    assert first != render(report(), title="T", stylesheets=sheets, assets=assets, at=AT.replace(day=2))


def test_a_process_apart_makes_the_same_bytes_refuses_the_same_and_knows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    sheets, assets = house_style(INTER)
    asked: dict[str, Any] = {"title": "T", "stylesheets": sheets, "assets": assets, "at": AT}
    assert render(report(), **asked, apart=True) == render(report(), **asked)
    with pytest.raises(ForeignAddress) as refused:
        render(page("<img src='file:///etc/passwd' alt=''>"), title="T", apart=True)
    assert refused.value.addresses == ("file:///etc/passwd",)
    assert set(pdf_apart.PASSED_ON) & {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"} == set()
    monkeypatch.setattr(pdf_apart, "PASSED_ON", ())
    monkeypatch.setattr(pdf_apart, "sys", SimpleNamespace(executable="/bin/false"))
    with pytest.raises(pdf_apart.NotMade, match="exit 1"):
        render(report(), title="T", apart=True)


def children() -> set[str]:
    """The processes that this one started and that are still there, dead ones nobody waited for included."""
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def test_a_maker_started_early_makes_the_same_bytes_and_never_outlives_its_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = children()
    with pdf_apart.Maker() as maker:
        assert len(children() - before) == 1
        assert render(report(), title="T", at=AT, apart=maker) == render(report(), title="T", at=AT)
    assert children() == before
    # Given that what should be gathered meanwhile fails, then nothing waits for a question that never comes.
    with pytest.raises(LookupError), pdf_apart.Maker():
        raise LookupError
    assert children() == before
    # Given a paper that takes too long, then its process is ended.
    monkeypatch.setattr(pdf_apart, "SECONDS", 0.05)
    with pytest.raises(subprocess.TimeoutExpired):
        render(report(), title="T", apart=True)
    assert children() == before


def test_a_maker_ends_when_whoever_started_it_is_gone() -> None:
    maker = subprocess.Popen(
        [sys.executable, "-m", "design.pdf_maker"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=INTER.parents[2]
    )
    with maker:
        assert maker.stdin is not None
        maker.stdin.close()  # as the kernel does for one that was killed
        assert maker.wait(timeout=20) == 1


def test_house_style_brings_inter_when_it_is_there_and_does_without_when_it_is_not(tmp_path: Path) -> None:
    assert house_style(tmp_path) == house_style() == ((stylesheet("print"),), {})
    for weight in (400, 600):
        (tmp_path / f"inter-latin-{weight}-normal.woff2").write_bytes(b"font")
    sheets, assets = house_style(tmp_path)
    assert sheets == (stylesheet("inter"), stylesheet("print"))
    assert assets == {"inter-latin-400-normal.woff2": b"font", "inter-latin-600-normal.woff2": b"font"}


@pytest.mark.skipif(not INTER.exists(), reason="the front-end packages are not installed")
def test_inter_is_embedded() -> None:
    sheets, assets = house_style(INTER)
    with opened(render(report(), title="T", stylesheets=sheets, assets=assets)) as pdf:
        names = {
            str(font.BaseFont) for font in pdf.objects if isinstance(font, pikepdf.Dictionary) and "/BaseFont" in font
        }
    assert any("Inter" in name for name in names)
