"""The compose file, read by the real docker-compose: service by service, and held against the settings."""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from launcher.places import PYTHON, ROOT, VENV

CLAMD_CONF = (ROOT / "containers" / "clamav" / "clamd.conf").read_text()
EXAMPLE = (ROOT / "containers" / "example.env").read_text()
NEEDED = re.findall(r"^([A-Z_]+)=$", EXAMPLE, re.MULTILINE)
PORTAL = {"web", "worker", "pdf", "beat", "migrate"}
SERVERS = {"postgres", "redis", "clamav", "proxy"}
# The start script of the scanner's image writes where it likes.
WRITES_WHERE_IT_LIKES = {"clamav"}
# Switches of ./portal run, which never belong in an installation, and the one that only migrate may know.
NEVER_IN_A_CONTAINER = {"PORTAL_EMBEDDED", "PORTAL_DEMONSTRATION", "PORTAL_MAIL_DIR"}
FOR_MIGRATE_ONLY = {"MIGRATE_DATABASE_URL"}
READ_BY_GUNICORN = {"WEB_CONCURRENCY", "WEB_THREADS"}
RECORDER = """
import json, environ
read, get_value = set(), environ.Env.get_value
def noted(self, name, *args, **kwargs):
    read.add(name)
    return get_value(self, name, *args, **kwargs)
environ.Env.get_value = noted
import assurance_portal.settings.production
print(json.dumps(sorted(read)))
"""


def compose(values: dict[str, str]) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **values}
    command = [str(VENV / "bin" / "docker-compose"), "--env-file", "/dev/null", "config", "--format", "json"]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


@cache
def filled_in() -> dict[str, str]:
    values = {name: f"{name.lower().replace('_', '')}x" for name in NEEDED}
    return {**values, "PORTAL_HOST": "portal.example.org", "EMAIL_URL": "smtp://mail.example.org:25"}


@cache
def whole() -> dict[str, Any]:
    said = compose(filled_in())
    assert (said.returncode, said.stderr) == (0, "")
    return dict(json.loads(said.stdout))


def service(name: str) -> dict[str, Any]:
    return dict(whole()["services"][name])


@cache
def read_by_the_settings() -> frozenset[str]:
    """Every name that starting with the production settings asks the environment for."""
    environment = {"PATH": os.environ["PATH"], **service("web")["environment"]}
    said = subprocess.run(
        [PYTHON, "-c", RECORDER], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return frozenset(json.loads(said.stdout))


def test_these_are_the_services() -> None:
    assert set(whole()["services"]) == PORTAL | SERVERS


@pytest.mark.parametrize("name", sorted(PORTAL | SERVERS))
def test_every_service_is_held_down(name: str) -> None:
    held = service(name)
    user = held["user"].split(":")
    assert all(number.isdigit() and int(number) > 0 for number in user)
    assert held["cap_drop"] == ["ALL"]
    assert held["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in held
    assert held.get("read_only", False) is (name not in WRITES_WHERE_IT_LIKES)
    assert held["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert {"cpus", "memory", "pids"} <= set(held["deploy"]["resources"]["limits"])
    assert held["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert "docker.sock" not in json.dumps(held.get("volumes", []))


@pytest.mark.parametrize("name", sorted((PORTAL | SERVERS) - {"migrate"}))
def test_every_service_that_stays_is_asked_whether_it_is_well(name: str) -> None:
    check = service(name)["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert set(check) >= {"interval", "timeout", "retries"}


def test_only_the_proxy_publishes_ports() -> None:
    published = {
        name: [port["published"] for port in held.get("ports", [])] for name, held in whole()["services"].items()
    }
    assert {name: ports for name, ports in published.items() if ports} == {"proxy": ["443", "80"]}
    assert "network_mode" not in json.dumps(whole()["services"])


def test_what_faces_visitors_and_what_holds_data_meet_in_the_web_process_only() -> None:
    within: dict[str, set[str]] = {}
    for name, held in whole()["services"].items():
        for network in held["networks"]:
            within.setdefault(network, set()).add(name)
    assert within["front"] == {"proxy", "web"}
    assert within["back"] == (PORTAL | SERVERS) - {"proxy"}
    assert within["outside"] == {"web", "worker", "clamav"}
    assert [name for name, network in whole()["networks"].items() if network.get("internal")] == ["back"]


def test_images_are_pinned_to_a_version() -> None:
    images = {held["image"] for held in whole()["services"].values()}
    assert [image for image in images if not re.search(r":\d+\.?[\w.-]*$", image)] == []
    assert {service(name)["image"] for name in PORTAL} == {"portal:1.0"}


def test_every_volume_has_a_name() -> None:
    named = {
        v["source"] for held in whole()["services"].values() for v in held.get("volumes", []) if v["type"] == "volume"
    }
    assert named == set(whole()["volumes"]) == {"database", "files", "queue", "signatures"}


def test_what_comes_from_the_checkout_is_there_and_cannot_be_written() -> None:
    bound = [v for held in whole()["services"].values() for v in held.get("volumes", []) if v["type"] == "bind"]
    assert [v["target"] for v in bound if not v.get("read_only")] == []
    missing = [v["source"] for v in bound if not Path(v["source"]).exists()]
    assert missing == [str(ROOT / "tls")]


def test_the_portal_is_told_what_its_settings_read_and_nothing_else() -> None:
    read = read_by_the_settings() - NEVER_IN_A_CONTAINER
    for name in sorted(PORTAL):
        told = set(service(name)["environment"]) - READ_BY_GUNICORN
        assert told == (read if name == "migrate" else read - FOR_MIGRATE_ONLY), name


def test_only_migrate_signs_in_as_the_role_that_may_change_tables() -> None:
    knows = {name for name, held in whole()["services"].items() if "portalmigratepasswordx" in json.dumps(held)}
    assert knows == {"migrate", "postgres"}
    assert service("web")["environment"]["DATABASE_URL"].startswith("postgres://portal_web:")


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_value_is_named_before_anything_starts(name: str) -> None:
    said = compose({key: value for key, value in filled_in().items() if key != name})
    assert said.returncode != 0
    assert f"required variable {name} is missing a value: set {name} in .env" in said.stderr


def test_the_example_names_every_value_that_the_file_asks_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked == set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_queue_has_a_worker_and_pdfs_are_made_one_at_a_time() -> None:
    commands = {name: service(name)["command"] for name in ("worker", "pdf")}
    queues = {name: set(command[command.index("-Q") + 1].split(",")) for name, command in commands.items()}
    assert queues == {"worker": {"default", "mail", "scan"}, "pdf": {"pdf"}}
    assert commands["pdf"][commands["pdf"].index("-c") + 1] == "1"
    # A task that goes to a queue of its own must be one of these.
    used = {
        queue
        for app in ROOT.glob("*/tasks.py")
        for queue in re.findall(r"queue=\"(\w+)\"", app.read_text())
    } | set(re.findall(r"\"queue\": \"(\w+)\"", (ROOT / "assurance_portal" / "schedule.py").read_text()))  # fmt: skip
    assert used - queues["worker"] - queues["pdf"] == set()


def test_the_scanner_takes_what_the_portal_takes_and_says_when_it_stopped_looking() -> None:
    conf = dict(line.split() for line in CLAMD_CONF.splitlines() if line and not line.startswith("#"))
    for limit in ("StreamMaxLength", "MaxFileSize", "MaxScanSize"):
        assert int(conf[limit].removesuffix("M")) * 1024 * 1024 > settings.EVIDENCE_MAX_BYTES
    assert (conf["AlertExceedsMax"], conf["TCPSocket"]) == ("yes", "3310")
    assert service("web")["environment"]["CLAMD_URL"] == "tcp://clamav:3310"


def test_there_is_one_clock() -> None:
    assert service("beat")["container_name"] == "portal-beat"
    assert {name for name, held in whole()["services"].items() if "beat" in (held["command"] or [])} == {"beat"}


def test_the_tables_are_brought_up_to_date_before_anything_uses_them() -> None:
    for name in sorted(PORTAL - {"migrate"}):
        assert service(name)["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert service("migrate")["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert service("proxy")["depends_on"]["web"]["condition"] == "service_healthy"
