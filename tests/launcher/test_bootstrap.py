"""Before anything is installed: what the launcher may use, and what it is told to install."""

import ast
import re
import sys
from pathlib import Path

import pytest

from launcher.commands import take_data_folder
from launcher.environment import quickest
from launcher.places import LAUNCHER, ROOT, digest

RUN_LATER = {"gunicorn_settings.py", "mail_sink.py"}  # children under the project's own Python


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(LAUNCHER.glob("*.py")), ids=lambda path: path.name)
def test_the_launcher_needs_nothing_that_must_first_be_installed(path: Path) -> None:
    outside = imported(path) - set(sys.stdlib_module_names) - {"launcher"}
    assert outside == ({"gunicorn", "aiosmtpd"} & outside if path.name in RUN_LATER else set())


def test_an_old_python_can_read_the_script_that_complains_about_it() -> None:
    assert ast.parse((ROOT / "portal").read_text(), feature_version=(3, 4))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "launcher/uv.txt", "launcher/node.txt"])
def test_every_pinned_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^(\S+==\S+)(?: ;.*)? \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9]\S*", text, re.MULTILINE))
    assert "://" not in text


@pytest.mark.parametrize(
    ("arguments", "data", "rest"),
    [
        (["--data", "/srv/portal", "migrate"], "/srv/portal", ["migrate"]),
        (["--data=/srv/portal", "migrate"], "/srv/portal", ["migrate"]),
        (["seed_demo", "--data", "x"], str(ROOT / "var" / "data"), ["seed_demo", "--data", "x"]),
    ],
)
def test_the_data_folder_stands_first_and_the_rest_is_the_commands(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], data: str, rest: list[str]
) -> None:
    monkeypatch.delenv("PORTAL_DATA", raising=False)
    assert take_data_folder(arguments) == (Path(data), rest)


def test_a_digest_follows_names_and_contents() -> None:
    files = [LAUNCHER / "uv.txt", LAUNCHER / "node.txt"]
    assert digest(files) == digest(files)
    assert digest(files) != digest(files[:1])
    assert digest(files) != digest(list(reversed(files)))


def a_python(path: Path, seconds: float, *, has_venv: bool = True) -> Path:
    """One that says how long it takes, and whether it can make an environment."""
    path.write_text(
        f'#!/bin/sh\ncase "$3" in *timeit*) echo {seconds};; *ensurepip*) exit {int(not has_venv)};; esac\n'
    )
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("seconds", "has_venv", "taken"),
    [(0.8, True, "other"), (0.9, True, "asked"), (1.3, True, "asked"), (0.5, False, "asked")],
)
def test_the_environment_is_made_of_another_python_only_when_that_is_clearly_quicker_and_able(
    tmp_path: Path, seconds: float, has_venv: bool, taken: str
) -> None:
    asked = a_python(tmp_path / "asked", 1.0)
    other = a_python(tmp_path / "other", seconds, has_venv=has_venv)
    assert quickest(asked, [other]).name == taken
    assert quickest(asked, []).name == "asked"
