"""Fixtures: the database as the web role, real mail, and signing in as somebody."""

import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from time import time
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright
from whitenoise import WhiteNoise

from assurance.models import Round
from tests import databases
from tests.factories.assurance import this_years
from tests.worlds import every, measured, world_apart

# Made here, the world is one for all tests of a worker; imported by each file it would be another one for each.
__all__ = ["every", "measured", "world_apart"]

# Playwright's loop runs in the thread of the tests, where Django would refuse its plain database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("PORTAL_CHROMIUM") or "/usr/bin/chromium"
# A page is seen for a second: optimising its scripts, or those that look for barriers, would cost more than it saves.
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--js-flags=--no-turbofan --no-maglev"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# A long one that began last would have the other workers wait for it; those of one world, or of one large register,
# are one worker's.
FIRST = [
    Path(__file__).parent / f"{name}.py"
    for name in ("journeys/test_whole_year", "test_plans", "test_permissions", "test_pages", "test_hazards")
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """No test leaves another queue to those after it: their messages would wait for it, and nobody would know why."""
    yield
    assert current_app.conf.broker_write_url == settings.CELERY_BROKER_URL


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of ``FIRST`` and then the others, in their own order."""
    items.sort(key=lambda item: FIRST.index(item.path) if item.path in FIRST else len(FIRST))


def pytest_collection_finish() -> None:
    """What was imported stays to the end, and need not be looked through for rubbish a thousand times."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """One clone of the migrated template for this worker."""
    name = f"portal_test_{WORKER}_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(name)
        databases.use(name)
    yield
    with django_db_blocker.unblock():
        for conn in connections.all(initialized_only=True):
            conn.close()
        databases.drop(name)


def _clone_again(self: TransactionTestCase) -> None:
    name = connection.settings_dict["NAME"]
    for conn in connections.all(initialized_only=True):
        conn.close()
    databases.clone(name)


TransactionTestCase._fixture_teardown = _clone_again  # type: ignore[method-assign]

_static_files: dict[str, Any] = {}
_scan = WhiteNoise.update_files_dictionary


def _scan_once(self: WhiteNoise, root: str, prefix: str) -> None:
    """Every client of every test has a middleware of its own, and all have the same static files."""
    if not _static_files:
        _scan(self, root, prefix)
        _static_files.update(self.files)
    self.files.update(_static_files)


WhiteNoise.update_files_dictionary = _scan_once


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One real Chromium for everything that this worker looks at."""
    # Beside its loop Django keeps other connections than before it, and nobody would close those from before.
    connections.close_all()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER)
        yield running
        running.close()
        connections.close_all()  # nor those from beside it afterwards


@pytest.fixture(scope="module")
def beneath(django_db_setup: None, django_db_blocker: Any) -> Callable[[], AbstractContextManager[None]]:
    """``with beneath():`` in a fixture of a module: what is made there is what all its tests begin with.

    Each test runs in a savepoint on top of it, and gets copies of the objects; nothing is ever committed. Not for a
    module with transactional tests, which begin in a new database.
    """

    @contextmanager
    def making() -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            # As a test's own transaction: what insists on being the outermost one may begin in it.
            connection.atomic_blocks[-1]._from_testcase = True
            yield
            transaction.set_rollback(True)

    return making


@pytest.fixture
def on() -> date:
    """A plain Wednesday in the middle of a financial year."""
    return date(2026, 11, 18)


@pytest.fixture
def at() -> datetime:
    """Ten in the morning of that day."""
    return datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """For pages that ask the clock: what they show has happened by now."""
    return timezone.now()


@pytest.fixture
def this_year(now: datetime) -> Round:
    """A round of the running financial year, issued a month ago."""
    return this_years(now)


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """A browser signed in as somebody, second factor just used."""

    def signed_in(user: Any, *, fresh: bool = True) -> Client:
        update_last_login(None, user)
        # With both clocks, as ``sessions.begin`` leaves it: otherwise the first page would write it once more.
        session = SessionStore()
        session.update({SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()})
        session.update({BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0], "second_factor": True})
        session["began"] = session["seen"] = int(time())
        if fresh:
            session["account_authentication_methods_user"] = str(user.pk)
            session["account_authentication_methods"] = [
                {"method": "password", "at": time(), "email": user.email},
                {"method": "mfa", "at": time(), "type": "totp", "id": 1},
            ]
        session.save()
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return signed_in
