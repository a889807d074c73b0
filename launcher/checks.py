"""./portal test: every check of the house on servers of its own, stopping at the first that is red.

With arguments only pytest runs, with those arguments. The last line printed is pytest's own.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from launcher.embedded import environment_for
from launcher.manage import call, servers_up
from launcher.messages import note
from launcher.places import PYTHON, VENV
from launcher.processes import die_with
from launcher.throwaway import temporary_files, throwaway_folder

SETTINGS = "assurance_portal.settings.test"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "assurance_portal.settings.production",
    "SECRET_KEY": "only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_ENCRYPTION_KEY": "b25seS1mb3ItdGhlLWRlcGxveW1lbnQtY2hlY2stLi4=",
    "ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_BASE_URL": "https://portal.example.org",
    "DEFAULT_FROM_EMAIL": "Safeguarding assurance <portal@example.org>",
    "EMAIL_URL": "smtp+tls://portal@mail.example.org:587",
    "PORTAL_EMBEDDED": "",
    "PORTAL_DEMONSTRATION": "",
    "PORTAL_MAIL_DIR": "",
}


TOOL = VENV / "bin"
# Takes about as long as all the other steps together, and so runs beside them.
BESIDE = ("mypy", [str(TOOL / "mypy")])
# Long ones come first (tests/conftest.py), and whoever is done first takes half of what another has left. One worker
# more than two processors have room for: who looks at pages in a browser waits for a good part of the time.
ALL_TESTS = ["-n", "3", "--dist", "worksteal"]


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """What is checked before pytest: a name, the command, and what differs in its environment."""
    manage = [str(PYTHON), "manage.py"]
    return [
        ("ruff check", [str(TOOL / "ruff"), "check", "."], {}),
        ("ruff format", [str(TOOL / "ruff"), "format", "--check", "."], {}),
        ("djlint", [str(TOOL / "djlint"), "templates", "--lint", "--quiet"], {}),
        ("import contracts", [str(TOOL / "lint-imports")], {}),
        ("deployment check", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}),
        ("migrations on an empty database", [str(PYTHON), "-m", "tests.databases"], {}),
    ]


def test(arguments: list[str], browser: str) -> int:
    """Run the checks and the tests; the exit code of the first that fails."""
    folder = throwaway_folder()
    try:
        with servers_up(folder, throwaway=True) as (mail_port, users):
            environment = environment_for(folder, SETTINGS, 8000, mail_port)
            environment |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "PORTAL_CHROMIUM": browser}
            environment["TMPDIR"] = str(temporary_files(folder))
            code = 0 if arguments else _checked(environment, users)
            return code or call([str(PYTHON), "-m", "pytest", *(arguments or ALL_TESTS)], environment, users)
    finally:
        folder.destroy()


def _checked(environment: dict[str, str], users: int) -> int:
    """Every step, stopping at the first that is red; its exit code."""
    name, command = BESIDE
    with _beside(command, environment) as (other, said):
        for step, its_command, different in steps():
            note(f"Checking: {step}")
            if code := call(its_command, environment | different, users):
                return _not_clean(step, code)
        note(f"Checking: {name}")
        code = other.wait()
        said.seek(0)
        print(said.read(), end="", flush=True)
    return _not_clean(name, code) if code else 0


def _not_clean(name: str, code: int) -> int:
    note(f"{name} is not clean; nothing after it was run")
    return code


@contextmanager
def _beside(command: list[str], environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], TextIO]]:
    """A command that runs while others do, and the file that it writes to; ended if nobody waited for it."""
    with tempfile.TemporaryFile("w+") as said:
        tie = die_with(os.getpid(), signal.SIGTERM, own_session=False)
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said, preexec_fn=tie)
        try:
            yield process, said
        finally:
            process.terminate()
            process.wait()
