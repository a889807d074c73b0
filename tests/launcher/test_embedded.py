"""Which servers are ours, and what every child is told about them."""

from pathlib import Path

import environ
import pytest

from launcher.data_folder import DataFolder
from launcher.embedded import environment_for, put_aside_inherited, refuse_half_a_database
from launcher.messages import Problem
from launcher.places import VENV

ADDRESSES = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORTAL_MAIL_DIR")
SETTINGS = "assurance_portal.settings.development"


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ADDRESSES, "SECRET_KEY", "FIELD_ENCRYPTION_KEY", "PORTAL_BASE_URL", "PORTAL_SET_BY_LAUNCHER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def test_the_embedded_addresses_are_read_as_sockets(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    told = environment_for(folder, SETTINGS, 8123, 2525)
    sockets = str(folder.socket_folder())
    web, migrator = (environ.Env.db_url_config(told[name]) for name in ADDRESSES[:2])
    assert (web["HOST"], web["USER"], web["NAME"]) == (sockets, "portal_web", "portal")
    assert (migrator["HOST"], migrator["USER"], migrator["NAME"]) == (sockets, "portal_migrate", "portal")
    assert told["REDIS_URL"] == f"redis+socket://{sockets}/valkey.sock?virtual_host=0"
    assert told["EMAIL_URL"] == "smtp://127.0.0.1:2525"
    assert told["PORTAL_BASE_URL"] == "http://127.0.0.1:8123"
    assert told["PORTAL_EMBEDDED"] == "1"


def test_each_given_address_replaces_one_embedded_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://queue.example/1")
    told = environment_for(DataFolder(tmp_path / "data"), SETTINGS, 8000, 2525)
    assert told["REDIS_URL"] == "redis://queue.example/1"
    assert told["DATABASE_URL"].startswith("postgres://portal_web@//")
    assert told["EMAIL_URL"] == "smtp://127.0.0.1:2525"


def test_a_database_of_ones_own_is_never_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.decide_demonstration(empty=False)
    assert environment_for(folder, SETTINGS, 8000, 0)["PORTAL_DEMONSTRATION"] == "1"
    monkeypatch.setenv("DATABASE_URL", "postgres://portal_web:x@db.example/portal")
    monkeypatch.setenv("PORTAL_DEMONSTRATION", "1")
    monkeypatch.setenv("PORTAL_EMBEDDED", "1")
    told = environment_for(folder, SETTINGS, 8000, 0)
    assert [name for name in told if name in ("PORTAL_DEMONSTRATION", "PORTAL_EMBEDDED")] == []


def test_a_portal_started_by_a_portal_gets_servers_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = environment_for(DataFolder(tmp_path / "outer"), SETTINGS, 8000, 2525)
    for name in (*ADDRESSES, "PORTAL_SET_BY_LAUNCHER", "SECRET_KEY"):
        monkeypatch.setenv(name, outer[name])
    put_aside_inherited()
    inner_folder = DataFolder(tmp_path / "inner")
    inner = environment_for(inner_folder, SETTINGS, 8001, 2526)
    assert inner["SECRET_KEY"] == inner_folder.secrets()["SECRET_KEY"]
    assert {name for name in ADDRESSES if inner[name] == outer[name]} == set()


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("MIGRATE_DATABASE_URL", "postgres://portal_migrate@db.example/portal", "Set both"),
        ("DATABASE_URL", "mysql://portal@db.example/portal", "must be a PostgreSQL address"),
    ],
)
def test_a_database_we_cannot_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, said: str
) -> None:
    monkeypatch.setenv(name, address)
    with pytest.raises(Problem, match=said):
        refuse_half_a_database()


def test_who_wants_no_compiled_files_beside_the_sources_gets_them_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "data")
    names = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert [environment_for(folder, SETTINGS, 8000, 0).get(name) for name in names] == [None, None]
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert [environment_for(folder, SETTINGS, 8000, 0).get(name) for name in names] == [None, str(VENV / "compiled")]
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "/elsewhere")
    assert environment_for(folder, SETTINGS, 8000, 0)["PYTHONPYCACHEPREFIX"] == "/elsewhere"
