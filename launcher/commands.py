"""The command line of ./portal: reads it, prepares the machine, and hands over."""

import argparse
import errno
import fcntl
import os
from pathlib import Path

from launcher import checks, manage, run
from launcher.embedded import put_aside_inherited, refuse_half_a_database
from launcher.environment import ensure_environment
from launcher.messages import Problem, note
from launcher.places import DEFAULT_DATA, ROOT, VAR
from launcher.static_files import ensure_static_files
from launcher.system import ensure_pdf_libraries, ensure_test_tools

PASSED_ON = {"manage": [], "code": ["code"], "bench": ["bench"]}
USAGE = """\
usage: ./portal COMMAND

  run [--port N] [--data DIR] [--empty]   start the portal and stay in the foreground
  test [PYTEST ARGUMENTS]                 run every check and test, or only the tests you name
  manage COMMAND ...                      run a management command (manage help lists them)
  code EMAIL                              the current sign-in code of a demonstration account
  bench                                   measure, as JSON lines

The data folder is var/data in this checkout. Another one: --data DIR right after the command, or PORTAL_DATA.
"""


def main(arguments: list[str]) -> int:
    """Do what the command line asks; every problem a person can solve is said in plain words."""
    put_aside_inherited()
    try:
        return _dispatch(arguments)
    except Problem as problem:
        note(str(problem))
        return problem.code
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        note(f"The disk is full: {problem.filename or ROOT}\nFree some space and run this again; nothing is lost.")
        return 3


def _dispatch(arguments: list[str]) -> int:
    command, *rest = arguments or ["help"]
    if command == "run":
        asked = _run_options().parse_args(rest)
        run.refuse_taken_port(asked.port)
        prepare("requirements.txt")
        return run.run(asked)
    if command == "test":
        browser = ensure_test_tools()
        prepare("requirements-dev.txt")
        return checks.test(rest, browser)
    if command in PASSED_ON:
        data, rest = take_data_folder(rest)
        prepare("requirements.txt")
        return manage.manage(data, [*PASSED_ON[command], *rest])
    print(USAGE, end="")
    return 0 if command in ("help", "-h", "--help") else 2


def prepare(requirements: str) -> None:
    """Bring the checkout to where commands can run; next to nothing when it is there already."""
    refuse_half_a_database()
    VAR.mkdir(exist_ok=True)
    with (VAR / "prepare.lock").open("w") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note("Waiting for another ./portal that is preparing this checkout")
            fcntl.flock(alone, fcntl.LOCK_EX)
        ensure_pdf_libraries()
        ensure_environment(requirements)
        ensure_static_files()


def take_data_folder(arguments: list[str]) -> tuple[Path, list[str]]:
    """Read --data DIR where it stands first; everything after it belongs to the management command."""
    if arguments[:1] == ["--data"] and len(arguments) > 1:
        return Path(arguments[1]), arguments[2:]
    if arguments and arguments[0].startswith("--data="):
        return Path(arguments[0].removeprefix("--data=")), arguments[1:]
    return default_data_folder(), arguments


def default_data_folder() -> Path:
    """PORTAL_DATA, or var/data in the checkout."""
    return Path(os.environ.get("PORTAL_DATA") or DEFAULT_DATA)


def _run_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./portal run", description="Start the portal; stop it with Ctrl-C.")
    parser.add_argument("--port", type=int, default=8000, help="where it listens on this machine (8000)")
    parser.add_argument("--data", type=Path, default=default_data_folder(), help="where it keeps its data (var/data)")
    parser.add_argument("--empty", action="store_true", help="start a new data folder without the demonstration")
    return parser
