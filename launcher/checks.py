"""./portal test: every check of the house on servers of its own, stopping at the first that is red.

With arguments only pytest runs, with those arguments. The last line printed is pytest's own.
"""

import os
import shutil

from launcher.data_folder import DataFolder
from launcher.embedded import environment_for
from launcher.manage import call, servers_up
from launcher.messages import note
from launcher.places import PYTHON, VAR, VENV
from launcher.processes import is_alive

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


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """What is checked before pytest: a name, the command, and what differs in its environment."""
    tool = VENV / "bin"
    manage = [str(PYTHON), "manage.py"]
    return [
        ("ruff check", [str(tool / "ruff"), "check", "."], {}),
        ("ruff format", [str(tool / "ruff"), "format", "--check", "."], {}),
        ("djlint", [str(tool / "djlint"), "templates", "--lint", "--quiet"], {}),
        ("mypy", [str(tool / "mypy")], {}),
        ("import contracts", [str(tool / "lint-imports")], {}),
        ("deployment check", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}),
    ]


def test(arguments: list[str], browser: str) -> int:
    """Run the checks and the tests; the exit code of the first that fails."""
    folder = _throwaway_folder()
    try:
        with servers_up(folder, throwaway=True) as (mail_port, users):
            environment = environment_for(folder, SETTINGS, 8000, mail_port)
            environment |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "PORTAL_CHROMIUM": browser}
            for name, command, different in [] if arguments else steps():
                note(f"Checking: {name}")
                code = call(command, environment | different, users)
                if code:
                    note(f"{name} is not clean; nothing after it was run")
                    return code
            chosen = arguments or ["-n", "2"]
            return call([str(PYTHON), "-m", "pytest", *chosen], environment, users)
    finally:
        folder.destroy()


def _throwaway_folder() -> DataFolder:
    """A folder of this run's own; what a killed run left behind is cleared away."""
    place = VAR / "test"
    place.mkdir(parents=True, exist_ok=True)
    for left in place.iterdir():
        if left.name.isdigit() and not is_alive(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    folder = DataFolder(place / str(os.getpid()))
    folder.remember(demonstration=False)
    return folder
