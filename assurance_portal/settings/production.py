"""A real installation. Every secret must be in the environment; a missing one is named at start."""

from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.core import RESERVED_ATTRS

from assurance_portal.settings.base import *  # noqa: F403
from assurance_portal.settings.base import CONTENT_SECURITY_POLICY, LOGGING, env


def required(name: str) -> str:
    """Read a setting that production cannot do without, or say which one is missing."""
    value: str = env(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: production does not start without it.")
    return value


DEBUG = False
PORTAL_DEVELOPMENT = False
PORTAL_DEMONSTRATION = False
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEY = required("FIELD_ENCRYPTION_KEY")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
for _name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "PORTAL_BASE_URL", "PORTAL_DATA"):
    required(_name)

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
MFA_TRUST_COOKIE_NAME = "__Host-device"
MFA_TRUST_COOKIE_SECURE = True
# How many proxies of ours write X-Forwarded-For: wrong tries are counted by the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1)
EVIDENCE_OPEN_UNSCANNED = False
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

# One JSON object a line on the error stream, for whatever collects logs; gunicorn's own lines too. What Django and
# Celery attach to a record beside its message (requests, arguments) stays out.
LOGGING["formatters"]["json"] = {
    "()": "pythonjsonlogger.json.JsonFormatter",
    "format": "%(levelname)s %(name)s %(process)d %(message)s",
    "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "exception"},
    "timestamp": "time",
    "reserved_attrs": [*RESERVED_ATTRS, "request", "data"],
}
LOGGING["handlers"]["console"]["formatter"] = "json"
LOGGING["loggers"]["gunicorn.error"] = {"handlers": ["console"], "level": "INFO", "propagate": False}
