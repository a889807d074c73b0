"""System checks: what must never be true in a real installation."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from assurance_portal.demonstration_accounts import accounts_file, is_demonstration


@register()
def demonstration_only_where_embedded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Demonstration sign-in exists on the embedded demonstration only."""
    if settings.PORTAL_DEMONSTRATION and not settings.PORTAL_EMBEDDED:
        return [
            Error(
                "PORTAL_DEMONSTRATION is on but the database is not the embedded one.",
                hint="Unset PORTAL_DEMONSTRATION: demonstration accounts must never exist beside real data.",
                id="portal.E001",
            )
        ]
    return []


@register()
def no_demonstration_accounts_elsewhere(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The list of demonstration accounts, with their passwords, exists on the embedded demonstration only."""
    if accounts_file().exists() and not is_demonstration():
        return [
            Error(
                f"{accounts_file()} holds demonstration passwords, but this is not the embedded demonstration.",
                hint="Use another data folder, or delete that file and end the accounts that it names.",
                id="portal.E002",
            )
        ]
    return []


@register()
def the_scanner_is_named_by_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A scanner that nobody can reach by its address would keep every file closed for ever."""
    where = urlsplit(settings.CLAMD_URL)
    if not settings.CLAMD_URL or (where.scheme == "unix" and where.path) or (where.scheme == "tcp" and where.hostname):
        return []
    return [
        Error(
            f"CLAMD_URL is {settings.CLAMD_URL!r}, which names no virus scanner.",
            hint="Set it to tcp://HOST:3310 or unix:///run/clamav/clamd.ctl, or leave it empty for no scanner.",
            id="portal.E003",
        )
    ]
