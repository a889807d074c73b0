"""The project's own Python: .venv, filled from the hash-locked requirements whenever they change.

A pinned uv does it in seconds; where uv cannot be had, or cannot reach the packages, pip does the same.
Pins of the two tools are in uv.txt and node.txt beside this file, made like requirements.txt.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from launcher.messages import Problem, note
from launcher.places import LAUNCHER, PYTHON, ROOT, VENV, digest, read_stamp, write_stamp


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
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Problem(
            "Python is here but its venv module is not.\n"
            f"On Debian or Ubuntu run: apt-get install python3-venv   (or python{version}-venv)"
        )
    note("Making the project's Python environment in .venv")
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise Problem(f"Could not make {VENV}: {problem}\nCheck that you may write here.") from problem


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
