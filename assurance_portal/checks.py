"""System checks: what must never be true in a real installation."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


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
