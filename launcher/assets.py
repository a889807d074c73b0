"""Other people's css, js and fonts, made servable without one outside address.

Knows which files of which npm package are served and what is taken out of them on the way: remote fonts,
source-map comments, absolute `/assets/` addresses. To serve a new package, add it to package.json, run
`npm install`, and add its files to COPIES. Standard library only: this runs before the requirements do anything.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# (from, below node_modules) -> (to, below vendor). A folder is copied whole.
COPIES = {
    "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css": "nhsuk/nhsuk.css",
    "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js": "nhsuk/nhsuk.js",
    "nhsuk-frontend/dist/nhsuk/assets": "nhsuk/assets",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.js",
    "axe-core/axe.min.js": "axe/axe.js",
    "@fontsource/inter/files/inter-latin-400-normal.woff2": "inter/inter-latin-400-normal.woff2",
    "@fontsource/inter/files/inter-latin-600-normal.woff2": "inter/inter-latin-600-normal.woff2",
    "@fontsource/inter/LICENSE": "inter/LICENSE.txt",
}
STAMP = ".made-from"
TEXT = {".css", ".js", ".json", ".svg"}
# Names of XML vocabularies look like addresses and are never fetched.
VOCABULARIES = ("http://www.w3.org/",)
# The tests' accessibility checker prints links to its explanations; no page of ours loads it.
NOT_OURS_TO_SERVE = "axe"

REMOTE_FONT = re.compile(r"@font-face\s*\{[^}]*url\(\s*[\"']?(?:https?:)?//[^}]*\}")
SOURCE_MAP_CSS = re.compile(r"/\*#\s*sourceMappingURL=.*?\*/", re.DOTALL)
SOURCE_MAP_JS = re.compile(r"//#\s*sourceMappingURL=.*")
ADDRESS = re.compile(r"(?:https?:|url\(\s*[\"']?|@import\s*[\"'])//[^\s\"'()<>]+")


class AssetsProblem(RuntimeError):
    """The front-end packages cannot be fetched, or something in them points outside."""


def build(root: Path, target: Path) -> None:
    """Fill `target`/vendor from the packages that `root`/package-lock.json names.

    Runs npm ci first when node_modules does not match the lock. Does nothing when the result is already there.
    Raises AssetsProblem in words a person can act on.
    """
    wanted = _digest(root / "package.json", root / "package-lock.json", Path(__file__))
    vendor = target / "vendor"
    if _stamped(vendor) == wanted:
        return
    _install(root)
    fresh = target / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for source, destination in COPIES.items():
        _copy(root / "node_modules" / source, fresh / destination)
    if found := list(outside_addresses(fresh)):
        raise AssetsProblem("The front-end packages still point outside: " + "; ".join(found))
    (fresh / STAMP).write_text(wanted)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def outside_addresses(folder: Path) -> Iterator[str]:
    """Every address in css, js and their kin that a browser could fetch from elsewhere, as "file: address"."""
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.suffix not in TEXT or relative.parts[0] == NOT_OURS_TO_SERVE:
            continue
        for found in ADDRESS.findall(file.read_text(encoding="utf-8")):
            if not found.startswith(VOCABULARIES):
                yield f"{relative}: {found}"


def pruned_css(text: str) -> str:
    """Css without remote fonts and source maps, its `/assets/` made relative so that collectstatic can follow."""
    text = REMOTE_FONT.sub("", text)
    text = SOURCE_MAP_CSS.sub("", text)
    return re.sub(r"url\(\s*([\"']?)/assets/", r"url(\1assets/", text)


def pruned_js(text: str) -> str:
    """Javascript without the address of its source map."""
    return SOURCE_MAP_JS.sub("", text)


def _copy(source: Path, destination: Path) -> None:
    if not source.exists():
        raise AssetsProblem(f"{source} is missing. Delete node_modules and try again.")
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination)
    elif source.suffix in {".css", ".js"}:
        prune = pruned_css if source.suffix == ".css" else pruned_js
        destination.write_text(prune(source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copyfile(source, destination)


def _install(root: Path) -> None:
    """Run npm ci unless node_modules was made from this very lock file."""
    stamp = root / "node_modules" / STAMP
    wanted = _digest(root / "package.json", root / "package-lock.json")
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = _npm()
    # npm is a script that looks for node on the PATH; the two are always installed side by side.
    path = os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=root,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsProblem(f"npm ci failed in {root}:\n{done.stderr.strip() or done.stdout.strip()}")
    stamp.write_text(wanted)


def _npm() -> Path:
    named = os.environ.get("PORTAL_NPM") or shutil.which("npm")
    if not named or not Path(named).is_file():
        raise AssetsProblem("npm was not found. Install it, or put the path of an npm in PORTAL_NPM.")
    return Path(named)


def _digest(*files: Path) -> str:
    together = hashlib.sha256()
    for file in files:
        together.update(hashlib.sha256(file.read_bytes()).digest())
    return together.hexdigest()


def _stamped(vendor: Path) -> str:
    stamp = vendor / STAMP
    return stamp.read_text() if stamp.is_file() else ""
