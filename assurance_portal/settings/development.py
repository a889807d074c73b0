"""One machine, loopback only: what ./portal run uses."""

from assurance_portal.settings.base import *  # noqa: F403
from assurance_portal.settings.base import env

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="development-only-key-that-protects-nothing-at-all")
FIELD_ENCRYPTION_KEY = env("FIELD_ENCRYPTION_KEY", default="ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMtbG8=")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# The embedded default has no scanner; the page says "not scanned" and the file may be opened.
EVIDENCE_OPEN_UNSCANNED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
PORTAL_DEVELOPMENT = True
