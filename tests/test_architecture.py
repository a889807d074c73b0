"""The house rules, read from the source. A rule that no test checks is a wish."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.door import Door

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "assurance_portal", "governance", "oversight", "assurance", "reviews", "training", "actions", "evidence",
    "framework", "chasing", "privacy", "providers", "exports", "accounts", "design", "launcher",
)  # fmt: skip
DJANGO_ROOMS = ROOMS[:-2]
BANNED_NAMES = {"utils", "helpers", "common", "services", "misc", "mixins"}
CLOCK = re.compile(r"\b(timezone\.(now|localdate|localtime)|date\.today|datetime\.now|clock\.today)\(")
# Who may ask for the time: views, tasks, commands, what runs around a request, and access itself.
MAY_ASK_THE_TIME = (
    "views", "tasks", "management", "middleware", "tenancy", "clock", "memberships", "access", "door", "adapters",
    "reach",
)  # fmt: skip


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms or ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def body_lines(node: ast.FunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_view_module(path: Path) -> bool:
    return path.stem == "views" or path.parent.name == "views"


def test_no_module_has_a_name_that_says_nothing():
    assert [named(path) for path in sources() if path.stem in BANNED_NAMES] == []


def test_every_module_says_what_it_knows():
    without = [named(p) for p in sources() if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))]
    assert without == []


def test_modules_are_short():
    lengths = {named(path): path.read_text().count("\n") for path in sources()}
    assert {name: n for name, n in lengths.items() if n > 400 and "settings" not in name} == {}
    assert median(n for n in lengths.values() if n) <= 110


def test_functions_are_short():
    found = {f"{named(path)}:{node.name}": body_lines(node) for path in sources() for node in functions(path)}
    assert {name: n for name, n in found.items() if n > 45} == {}
    assert median(found.values()) <= 8


def test_views_are_short():
    views = [path for path in sources(*DJANGO_ROOMS) if is_view_module(path)]
    found = {f"{named(path)}:{node.name}": body_lines(node) for path in views for node in functions(path)}
    assert {name: n for name, n in found.items() if n > 25} == {}


def test_every_signature_is_typed():
    bare = [
        f"{named(path)}:{node.name}"
        for path in sources()
        for node in functions(path)
        if node.returns is None
        or any(a.annotation is None for a in node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls"))
    ]
    assert bare == []


def test_views_find_objects_through_permitted_only():
    direct = re.compile(r"get_object_or_404\(\s*[A-Z]\w*\s*[,)]|\b[A-Z]\w+\.objects\.(?!permitted\b)(?!none\b)")
    found = [
        f"{named(path)}:{n}"
        for path in sources(*DJANGO_ROOMS)
        if is_view_module(path)
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if direct.search(line)
    ]
    assert found == []


def test_the_clock_is_asked_at_the_edge_only():
    found = [
        f"{named(path)}:{n}"
        for path in sources(*DJANGO_ROOMS[1:])
        if not set(MAY_ASK_THE_TIME) & {*path.parts, path.stem}
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if CLOCK.search(line) and "noqa" not in line
    ]
    assert found == []


def test_no_sql_asks_the_server_for_the_date():
    # Built from parts, so that this file does not contain what it looks for.
    banned = re.compile("CURRENT" + "_DATE|now\\(\\)" + "::date", re.IGNORECASE)
    files = [*sources(), *ROOT.glob("*/migrations/*.py"), *ROOT.rglob("launcher/*.sql")]
    assert [named(path) for path in files if banned.search(path.read_text())] == []


def test_nothing_is_left_for_later():
    later = re.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|for n" + "ow\\b|NotImplemented" + "Error")
    files = [*sources(), *(ROOT / "templates").rglob("*.html"), *(ROOT / "tests").rglob("*.py")]
    assert [named(path) for path in files if later.search(path.read_text())] == []


def test_html_is_never_put_together_in_python():
    tag = re.compile(r"f[\"'][^\"']*<(div|p|span|a|td|tr|li|h[1-6]|strong|button|input|svg)\b")
    assert [named(path) for path in sources(*DJANGO_ROOMS) if tag.search(path.read_text())] == []


def test_templates_have_no_inline_style_or_script():
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    files = [path for path in (ROOT / "templates").rglob("*.html") if "reports" not in path.parts]
    assert [named(path) for path in files if inline.search(path.read_text())] == []


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def test_every_route_declares_its_capability():
    without = [path for path, entry in routes() if not isinstance(getattr(entry.callback, "door", None), Door)]
    assert without == []


def test_the_largest_app_is_at_most_a_third_of_the_code():
    sizes = {room: sum(path.read_text().count("\n") for path in sources(room)) for room in DJANGO_ROOMS}
    assert max(sizes.values()) <= sum(sizes.values()) * 0.34
