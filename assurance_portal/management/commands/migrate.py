"""migrate, as the role that owns the tables; then the shipped data is loaded and the web role's grants put back."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS

from assurance_portal.database import as_migrator, assert_grants
from assurance_portal.quick_states import quick_states

# Lower apps first: the data of an upper app points at theirs.
SHIPPING = (
    "providers", "privacy", "chasing", "framework", "actions", "assurance", "reviews", "training", "oversight",
    "governance",
)  # fmt: skip


class Command(Migrate):
    """Changes the schema as portal_owner through MIGRATE_DATABASE_URL, never as the web role."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses in plain words when the migrator's address is missing."""
        if options["database"] != DEFAULT_DB_ALIAS:
            raise CommandError("There is one database.")
        if not settings.MIGRATE_DATABASE_URL:
            raise CommandError(
                "Set MIGRATE_DATABASE_URL to the address of the role portal_migrate: the web role may not change "
                "the schema. `./portal manage database_roles --print` prints the roles."
            )
        with as_migrator() as connection:
            with quick_states():
                super().handle(*args, **options)
            if not options["plan"] and not options["app_label"] and not options["check_unapplied"]:
                load_shipped()
            assert_grants(connection)


def load_shipped() -> None:
    """Bring the data that ships with the portal up to date: safe to run every time."""
    for app in SHIPPING:
        if find_spec(f"{app}.shipped"):
            import_module(f"{app}.shipped").load()
