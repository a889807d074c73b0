"""The test run: the same middleware, database role, broker and mail as production, on this machine."""

import tempfile
from pathlib import Path

from assurance_portal.settings.base import *  # noqa: F403
from assurance_portal.settings.base import env

DEBUG = False
PORTAL_DEVELOPMENT = False
SECRET_KEY = "a-key-for-tests-only-that-is-long-enough-to-please-the-deploy-check"  # noqa: S105
FIELD_ENCRYPTION_KEY = "dGVzdHMtb25seS1rZXktb2YtdGhpcnR5LXR3by1iLi4="
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATA_DIR = Path(env("PORTAL_DATA", default=tempfile.gettempdir())) / "test-files"
EVIDENCE_DIR = DATA_DIR / "evidence"
REPORTS_DIR = DATA_DIR / "reports"
EVIDENCE_OPEN_UNSCANNED = True
PORTAL_BASE_URL = "http://testserver"
# Tests that need a scanner bring their own.
CLAMD_URL = ""
