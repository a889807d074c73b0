"""The demonstration's accounts: a file that the demonstration data writes beside the embedded database.

``DATA_DIR/demonstration-accounts.json`` is a list of {role, email, password, organisation}. Codes are not in it:
they are computed from the person's own second step. Everything here refuses outside the embedded demonstration.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class DemonstrationAccount:
    """One account with everything that signing in needs, now."""

    role: str
    organisation: str
    email: str
    password: str
    code: str
    seconds: int


def is_demonstration() -> bool:
    """Is this the embedded demonstration, where passwords may be shown?"""
    return bool(settings.PORTAL_DEMONSTRATION and settings.PORTAL_EMBEDDED)


def accounts_file() -> Path:
    """Where the accounts are listed."""
    return Path(settings.DATA_DIR) / "demonstration-accounts.json"


def code_of(email: str, *, at: datetime) -> tuple[str, int] | None:
    """The code of this account now and the seconds that it still holds; None without an account or an app."""
    from accounts.models import User
    from accounts.second_step import current_code

    if not is_demonstration():
        return None
    user = User.objects.filter(email__iexact=email).first()
    return current_code(user, at=at) if user else None


def accounts(*, at: datetime) -> list[DemonstrationAccount]:
    """Every account of the file, in its order, each with its code."""
    if not is_demonstration() or not accounts_file().exists():
        return []
    found = []
    for row in json.loads(accounts_file().read_text(encoding="utf-8")):
        code, seconds = code_of(row["email"], at=at) or ("", 0)
        found.append(DemonstrationAccount(**row, code=code, seconds=seconds))
    return found
