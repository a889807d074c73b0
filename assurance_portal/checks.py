"""System checks: what must never be true in a real installation."""

from typing import Any

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
