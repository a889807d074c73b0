"""Any management command in the portal's own environment, with the servers it needs.

If ./portal run is up, its servers are used; otherwise a keeper brings them up and takes them down after.
Everything the launcher says goes to the error stream: the output belongs to the command.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.data_folder import DataFolder, lock
from launcher.embedded import anything_embedded, environment_for, is_embedded
from launcher.messages import Problem, note
from launcher.places import PYTHON, ROOT, schema_digest
from launcher.processes import die_with, is_alive

# What a new data folder becomes when its first command is one of these: the demonstration, or not.
FILLS_A_FOLDER = {"seed_demo": True, "seed_world": False, "bootstrap": False}
NEEDS_NO_TABLES = {"migrate", "makemigrations", "check", "help", "database_roles", "routes", "bench"}
DEVELOPMENT = "assurance_portal.settings.development"
PATIENCE = 60.0
PATIENCE_WITH_RUN = 300.0  # its first start loads the demonstration


@contextmanager
def servers_up(folder: DataFolder, *, throwaway: bool = False) -> Iterator[tuple[int, int]]:
    """Hold the servers up; gives the mail port and the lock that a child must keep open."""
    users = folder.join_users()
    keeper = None
    try:
        mail_port = 0
        if anything_embedded():
            keeper, mail_port = _await_servers(folder, throwaway)
        yield mail_port, users
    finally:
        alone = lock(users, fcntl.LOCK_EX)
        os.close(users)
        if keeper and alone:
            with_patience(keeper, 10.0)


def with_patience(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a process to end, but not for ever."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        note("The embedded servers are taking long to stop; they stop by themselves.")


def _await_servers(folder: DataFolder, throwaway: bool) -> tuple["subprocess.Popen[bytes] | None", int]:
    """Use the servers of whoever owns the folder, or start a keeper; gives the keeper, if ours, and the mail port."""
    keeper: subprocess.Popen[bytes] | None = None
    began = time.monotonic()
    while (waited := time.monotonic() - began) < (PATIENCE_WITH_RUN if folder.owner()[0] == "run" else PATIENCE):
        owned, said = folder.is_owned(), folder.running()
        if owned and "mail_port" in said and is_alive(int(said["pid"])):
            return keeper, int(said["mail_port"])
        if keeper and keeper.poll():
            log = folder.path / "logs" / "keeper.log"
            raise Problem(str(said.get("problem") or f"The embedded servers did not start; see {log}."))
        if not owned and (keeper is None or keeper.poll() == 0):
            keeper = _start_keeper(folder, throwaway)
        time.sleep(0.02 if waited < 5 else 0.2)
    raise Problem(f"The embedded servers did not start. What they said is in {folder.path / 'logs'}.")


def _start_keeper(folder: DataFolder, throwaway: bool) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "launcher.keeper", str(folder.path), *(["--throwaway"] if throwaway else [])]
    with (folder.path / "logs" / "keeper.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def call(command: list[str], environment: dict[str, str], users: int) -> int:
    """Run a command in the foreground with our terminal; its exit code is ours."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    tie = die_with(os.getpid(), signal.SIGTERM, own_session=False)

    def start_clean() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        tie()

    child = subprocess.Popen(command, env=environment, pass_fds=(users,), preexec_fn=start_clean)
    ended = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
        signal.signal(signal.SIGTERM, ended)
    return code if code >= 0 else 128 - code


def manage(data: Path, arguments: list[str]) -> int:
    """./portal manage: one management command; the tables of a new data folder are made first."""
    folder = DataFolder(data)
    command = arguments[0] if arguments else "help"
    if command in FILLS_A_FOLDER and folder.facts().get("demonstration") is None:
        folder.remember(demonstration=FILLS_A_FOLDER[command])
    with servers_up(folder) as (mail_port, users):
        port = int(folder.facts().get("port", 8000))
        settings = os.environ.get("DJANGO_SETTINGS_MODULE", DEVELOPMENT)
        environment = environment_for(folder, settings, port, mail_port)
        if command not in NEEDS_NO_TABLES:
            _prepare_tables(folder, environment, users)
        code = call([str(PYTHON), str(ROOT / "manage.py"), *arguments], environment, users)
    if code == 0 and arguments == ["migrate"]:
        folder.remember(schema=schema_digest())
    if code == 0 and command == "seed_demo":
        folder.remember(demonstration_loaded=True)
    return code


def _prepare_tables(folder: DataFolder, environment: dict[str, str], users: int) -> None:
    if not is_embedded("DATABASE_URL"):
        return
    known = folder.facts().get("schema")
    if known is None:
        note("Making the tables of a new data folder")
        command = [str(PYTHON), str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        if call(command, environment, users):
            raise Problem("The tables could not be made; what went wrong is above.", code=1)
        folder.remember(schema=schema_digest())
