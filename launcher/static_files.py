"""The front-end files: fetched and pruned into var/build/static, then gathered into var/static.

Each step is stamped with a digest of what it was made from, so that a second start skips both.
"""

import os
import subprocess
import sys

from launcher.environment import ensure_npm
from launcher.messages import Problem, note
from launcher.places import LAUNCHER, PYTHON, ROOT, VAR, apps, digest, files_under, read_stamp, write_stamp

NOT_SERVED = "django_htmx"  # its copies of htmx: our pages load the one that package.json names
BUILT = VAR / "build" / "static"
BUILT_STAMP = VAR / "build" / "built.sha256"
GATHERED_STAMP = VAR / "build" / "gathered.sha256"


def ensure_static_files() -> None:
    """Build and gather the style sheets, scripts and pictures when their sources changed."""
    built = digest(files_under(ROOT / "package-lock.json", LAUNCHER / "assets.py", ROOT / "static"))
    if read_stamp(BUILT_STAMP) != built:
        _build()
        write_stamp(BUILT_STAMP, built)
    sources = [folder / "static" for folder in apps()]
    settings = ROOT / "assurance_portal" / "settings"
    gathered = built + digest(files_under(ROOT / "requirements.txt", settings, *sources))
    if read_stamp(GATHERED_STAMP) != gathered:
        _gather()
        write_stamp(GATHERED_STAMP, gathered)


def _build() -> None:
    from launcher import assets

    ensure_npm()
    note("Fetching and building the front-end files")
    BUILT.mkdir(parents=True, exist_ok=True)
    try:
        assets.build(ROOT, BUILT)
    except (assets.AssetsProblem, OSError) as problem:
        raise Problem(
            f"The front-end files could not be built: {problem}\n"
            "Usual causes: no way to the npm registry (set one in npm's configuration), or a full disk."
        ) from problem


def _gather() -> None:
    note("Gathering the static files into var/static")
    settings = {"DJANGO_SETTINGS_MODULE": "assurance_portal.settings.development"}
    command = [str(PYTHON), "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    command += ["--ignore", NOT_SERVED]
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, stdout=sys.stderr, check=False).returncode:
        raise Problem("The static files could not be gathered; what went wrong is above.")
