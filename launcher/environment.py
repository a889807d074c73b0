"""The project's own Python: .venv, filled from the hash-locked requirements whenever they change.

A pinned uv does it in seconds; where uv cannot be had, or cannot reach the packages, pip does the same.
Pins of the two tools are in uv.txt and node.txt beside this file, made like requirements.txt.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.messages import Problem, note
from launcher.places import LAUNCHER, PYTHON, ROOT, VENV, digest, read_stamp, write_stamp

# Words, lists and dictionaries, as a page is made of; nothing of it waits for a disk or another program.
WORK = "found = {str(n): [n] for n in range(3000)}; [name for name, each in sorted(found.items()) if each[0] % 3]"


def ensure_environment(requirements: str = "requirements.txt") -> None:
    """Make .venv if it is missing or broken, and install what the file of requirements says."""
    _ensure_venv()
    _ensure_installed(ROOT / requirements, f"Installing what {requirements} names")


def ensure_npm() -> None:
    """Put a working npm on the path: the machine's, else one from a Python package."""
    bin_folder = str(VENV / "bin")
    if shutil.which("npm") and shutil.which("node"):
        return
    if bin_folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = bin_folder + os.pathsep + os.environ["PATH"]
    _ensure_installed(LAUNCHER / "node.txt", "Installing Node.js, because this machine has no npm")


def _ensure_venv() -> None:
    if _works(PYTHON):
        return
    here = importlib.util.find_spec("ensurepip") is not None
    base = quickest(Path(sys.executable), _others()) if here else next(filter(_can_make_one, _others()), None)
    if base is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Problem(
            "Python is here but its venv module is not.\n"
            f"On Debian or Ubuntu run: apt-get install python3-venv   (or python{version}-venv)"
        )
    note("Making the project's Python environment in .venv")
    made = subprocess.run([base, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        said = (made.stderr or made.stdout).strip()[-600:]
        raise Problem(f"Could not make {VENV}: {said}\nCheck that you may write here.")


def quickest(asked: Path, others: list[Path]) -> Path:
    """The Python that was asked, unless another one of its version takes a sixth less time over the same work.

    One that was compiled by hand without its optimisations is a third slower than the system's: that third would be
    part of every page and of every test.
    """
    able = [asked, *filter(_can_make_one, others)]
    if able == [asked]:
        return asked
    # By turns, so that what else the machine does for a moment slows none of them alone.
    took = [[pace(path) for path in able] for _ in range(3)]
    best = dict(zip(able, map(min, zip(*took, strict=True)), strict=True))
    first = min(best, key=best.__getitem__)
    return first if best[first] * 6 < best[asked] * 5 else asked


def _others() -> list[Path]:
    """Other installed Pythons of this version."""
    name, found = f"python{sys.version_info.major}.{sys.version_info.minor}", dict[Path, None]()
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), "/usr/bin"]:
        path = Path(folder) / name
        if "shims" not in path.parts and os.access(path, os.X_OK):
            found.setdefault(path.resolve())
    found.pop(Path(sys.executable).resolve(), None)
    return list(found)


def pace(python: Path) -> float:
    """Milliseconds that this Python takes here for a small fixed piece of work, at its best; infinite if it cannot.

    Two machines differ by more than any change of ours: divide their figures by this before comparing them.
    """
    code = f"import timeit; print(min(timeit.repeat({WORK!r}, number=20, repeat=7)) / 20 * 1000)"
    said = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False).stdout
    return float(said or "inf")


def _can_make_one(python: Path) -> bool:
    """Has it what an environment is made with, and is it outside of every environment?"""
    check = "import sys, venv, ensurepip; sys.exit(sys.prefix != sys.base_prefix)"
    return subprocess.run([python, "-I", "-c", check], capture_output=True, check=False).returncode == 0


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _ensure_installed(requirements: Path, why: str) -> None:
    stamp = VENV / f"installed-{requirements.stem}.sha256"
    wanted = digest([requirements])
    if read_stamp(stamp) == wanted:
        return
    if not os.access(VENV, os.W_OK):
        raise Problem(f"{VENV} belongs to somebody else and is not up to date.\nRun this as its owner, or delete it.")
    note(f"{why} (the first time takes about half a minute)")
    if not _install_with_uv(requirements):
        note("Installing with pip instead, which takes about a minute")
        _install_with_pip(requirements)
    write_stamp(stamp, wanted)


def _install_with_uv(requirements: Path) -> bool:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        if subprocess.run([*pip, "-r", str(LAUNCHER / "uv.txt")], stdout=sys.stderr, check=False).returncode:
            return False
    command = [
        str(uv),
        "pip",
        "install",
        "--quiet",
        "--python",
        str(PYTHON),
        "--require-hashes",
        "-r",
        str(requirements),
    ]
    return subprocess.run(command, env=_uv_settings(), stdout=sys.stderr, check=False).returncode == 0


def _uv_settings() -> dict[str, str]:
    """uv reads none of pip's settings; an organisation's mirror and certificate are usually written there."""
    settings = {"UV_LINK_MODE": "copy", "UV_NO_PROGRESS": "1", **os.environ}
    listing = [str(PYTHON), "-m", "pip", "config", "list"]
    said = subprocess.run(listing, capture_output=True, text=True, check=False).stdout
    for line in said.splitlines():
        key, _, value = line.partition("=")
        name, value = key.rpartition(".")[2], value.strip("'\"")
        if name == "index-url":
            settings.setdefault("UV_DEFAULT_INDEX", value)
        elif name == "cert":
            settings.setdefault("SSL_CERT_FILE", value)
    return settings


def _install_with_pip(requirements: Path) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*command, "-r", str(requirements)], stdout=sys.stderr, check=False).returncode:
        raise Problem(
            f"The packages of {requirements.name} could not be installed; what pip said is above.\n"
            "Usual causes: no way to a Python package index (set one in pip's configuration), or a full disk."
        )
