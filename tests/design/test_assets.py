"""The front-end files are built from the lock file alone, pruned, and free of outside addresses."""

import json
import os
from pathlib import Path

import pytest

from launcher import assets
from launcher.assets import AssetsProblem, build, outside_addresses, pruned_css, pruned_js

ROOT = Path(__file__).resolve().parents[2]
FRUTIGER = "@font-face{font-family:F;src:url(https://assets.nhs.uk/f.woff2) format('woff2')}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose npm is a script that counts its runs and lays out one package."""
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "style.css").write_text(f"{FRUTIGER}a{{b:url(/assets/x.svg)}}/*# sourceMappingURL=s.map */")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(
        '#!/bin/sh\necho "$@" >> npm.log\nmkdir -p node_modules/look/pictures\n'
        "cp style.css node_modules/look/\necho '<svg/>' > node_modules/look/pictures/x.svg\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PORTAL_NPM", str(npm))
    monkeypatch.setattr(assets, "COPIES", {"look/style.css": "look/look.css", "look/pictures": "look/assets"})
    return tmp_path


def test_build_installs_copies_and_prunes(project: Path) -> None:
    build(project, project / "out")
    assert (project / "out/vendor/look/look.css").read_text() == "a{b:url(assets/x.svg)}"
    assert (project / "out/vendor/look/assets/x.svg").read_text() == "<svg/>\n"
    assert (project / "npm.log").read_text() == "ci --ignore-scripts --no-audit --no-fund\n"


def test_second_build_does_nothing_until_the_lock_changes(project: Path) -> None:
    build(project, project / "out")
    build(project, project / "out")
    assert len((project / "npm.log").read_text().splitlines()) == 1
    (project / "package-lock.json").write_text('{"lockfileVersion": 3}')
    build(project, project / "out")
    assert len((project / "npm.log").read_text().splitlines()) == 2


def test_build_leaves_other_files_of_the_target_alone(project: Path) -> None:
    (project / "out").mkdir()
    (project / "out" / "ours.css").write_text("a{}")
    build(project, project / "out")
    assert (project / "out" / "ours.css").read_text() == "a{}"


def test_address_that_is_left_is_refused_and_nothing_half_built(project: Path) -> None:
    (project / "style.css").write_text("a{b:url(https://example.org/x.png)}")
    with pytest.raises(AssetsProblem, match=r"look/look\.css: .*example\.org"):
        build(project, project / "out")
    assert not (project / "out" / "vendor").exists()


def test_missing_npm_and_failing_npm_are_said_in_words(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Path(os.environ["PORTAL_NPM"])
    npm.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    with pytest.raises(AssetsProblem, match="no such package"):
        build(project, project / "out")
    monkeypatch.setenv("PORTAL_NPM", "/nowhere/npm")
    with pytest.raises(AssetsProblem, match="npm was not found"):
        build(project, project / "out")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@import '//cdn.example.org/a.css';", 1),
        ("a{background:url( //cdn.example.org/a.png )}", 1),
        ("fetch('http://example.org')", 1),
        ("a{background:url(assets/a.png)}", 0),
        ("<svg xmlns='http://www.w3.org/2000/svg'>", 0),
        ("// a comment", 0),
    ],
)
def test_outside_addresses_are_found(tmp_path: Path, text: str, left: int) -> None:
    (tmp_path / "a.css").write_text(text)
    assert len(list(outside_addresses(tmp_path))) == left


def test_own_font_faces_stay() -> None:
    own = "@font-face{font-family:I;src:url(i.woff2)}"
    assert pruned_css(FRUTIGER + own) == own
    assert pruned_js("f();//# sourceMappingURL=f.js.map") == "f();"


def test_what_is_built_here_has_no_outside_address() -> None:
    vendor = ROOT / "var" / "build" / "static" / "vendor"
    assert (vendor / "nhsuk" / "nhsuk.css").stat().st_size > 100_000
    assert list(outside_addresses(vendor)) == []
    assert list(outside_addresses(ROOT / "static")) == []


def test_lock_file_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert json.loads(text)["packages"]["node_modules/nhsuk-frontend"]["integrity"].startswith("sha512-")
