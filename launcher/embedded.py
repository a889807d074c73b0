"""What is embedded here and what is somebody else's, and the environment that every child gets.

DATABASE_URL, REDIS_URL and EMAIL_URL each replace one embedded server. A command started by another
./portal (the browser tests start one) sees what that one set; such variables are named in SET_BY_US and
are put aside first, so that every data folder gets servers of its own.
"""

import os
import re
import signal
from urllib.parse import quote

from launcher.data_folder import DataFolder
from launcher.messages import Problem, note
from launcher.places import PYTHON, VENV
from launcher.ports import free_port, is_free, listening
from launcher.processes import Service
from launcher.servers import DATABASE, Postgres, valkey
from launcher.supervisor import Supervisor

SET_BY_US = "PORTAL_SET_BY_LAUNCHER"
STOP_ORDER = (["valkey", "mail"], ["postgres"])
ONLY_OURS = ("PORTAL_EMBEDDED", "PORTAL_DEMONSTRATION")
POSTGRES_URL = re.compile(r"^(postgres|postgresql|psql|pgsql)://", re.IGNORECASE)


def put_aside_inherited() -> None:
    """Forget what a ./portal around this one set for its own children."""
    for name in os.environ.pop(SET_BY_US, "").split(","):
        os.environ.pop(name, None)


def is_embedded(name: str) -> bool:
    """Is this part (DATABASE_URL, REDIS_URL, EMAIL_URL) ours to bring?"""
    return not os.environ.get(name)


def anything_embedded() -> bool:
    """Is there any server for us to start?"""
    return any(is_embedded(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))


def refuse_half_a_database() -> None:
    """A second role's address without the first says nothing about which database is meant."""
    if is_embedded("DATABASE_URL") and not is_embedded("MIGRATE_DATABASE_URL"):
        raise Problem("MIGRATE_DATABASE_URL is set and DATABASE_URL is not. Set both, or neither.")
    address = os.environ.get("DATABASE_URL", "")
    if address and not POSTGRES_URL.match(address):
        raise Problem("DATABASE_URL must be a PostgreSQL address: postgres://portal_web:PASSWORD@HOST/portal")


class EmbeddedServers:
    """The servers of one data folder that are ours to bring, for whoever owns them."""

    def __init__(self, folder: DataFolder, ownership: int, *, throwaway: bool = False) -> None:
        self.folder = folder
        self.ownership = (ownership,)
        self.throwaway = throwaway
        self.mail_port = 0

    def start(self, supervisor: Supervisor) -> None:
        """Start them side by side and come back when all answer and the roles are there."""
        services: list[Service] = []
        postgres = None
        if is_embedded("DATABASE_URL"):
            postgres = Postgres(self.folder, throwaway=self.throwaway)
            postgres.make_cluster()
            services.append(postgres.service(self.ownership))
        if is_embedded("REDIS_URL"):
            services.append(valkey(self.folder, self.ownership))
        if is_embedded("EMAIL_URL"):
            services.append(self._mail_sink())
        for service in services:
            supervisor.start(service)
        if services:
            supervisor.wait_for(*services)
        if postgres:
            postgres.ensure_roles()

    def _mail_sink(self) -> Service:
        remembered = int(self.folder.facts().get("mail_port", 0))
        self.mail_port = remembered if remembered and is_free(remembered) else free_port()
        if self.mail_port != remembered:
            self.folder.remember(mail_port=self.mail_port)
        command = [str(PYTHON), "-m", "launcher.mail_sink", str(self.mail_port), str(self.folder.path / "mail")]
        return Service("mail", command, orphan_signal=signal.SIGTERM, answers=listening(self.mail_port))


def environment_for(folder: DataFolder, settings: str, port: int, mail_port: int) -> dict[str, str]:
    """What every child of the launcher finds in its environment."""
    sockets = folder.socket_folder()
    host = "/" + quote(str(sockets))  # as django-environ reads a socket folder: postgres://user@//folder/database
    ours = {
        "PORTAL_DATA": str(folder.path),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONUNBUFFERED": "1",
        **folder.secrets(),
    }
    given = {name: value for name, value in os.environ.items() if name in ours and name != "PORTAL_DATA"}
    ours.update(given)
    if is_embedded("DATABASE_URL"):
        ours["PORTAL_EMBEDDED"] = "1"
        ours["DATABASE_URL"] = f"postgres://portal_web@{host}/{DATABASE}"
        ours["MIGRATE_DATABASE_URL"] = f"postgres://portal_migrate@{host}/{DATABASE}"
        if folder.facts().get("demonstration"):
            ours["PORTAL_DEMONSTRATION"] = "1"
    if is_embedded("REDIS_URL"):
        ours["REDIS_URL"] = f"redis+socket://{sockets}/valkey.sock?virtual_host=0"
    if is_embedded("EMAIL_URL"):
        ours["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
        ours["PORTAL_MAIL_DIR"] = str(folder.path / "mail")
    theirs = {name: value for name, value in os.environ.items() if name not in ONLY_OURS}
    if theirs.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Nothing beside the sources, as asked; but each of many processes would read two thousand files as text.
        theirs.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "compiled"))
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    set_by_us = ",".join(sorted(name for name in ours if name not in given))
    return {**theirs, **ours, "PATH": path, SET_BY_US: set_by_us}


def warn_without_migrator() -> bool:
    """True when the tables are somebody else's to bring up to date; says so."""
    if is_embedded("DATABASE_URL") or not is_embedded("MIGRATE_DATABASE_URL"):
        return False
    note(
        "MIGRATE_DATABASE_URL is not set, so the tables are used as they are.\n"
        "After an update run ./portal manage migrate with it set."
    )
    return True
