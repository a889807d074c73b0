"""Two people at the same moment: one publication, one saving, one discarding."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction

from accounts.capabilities import Role
from accounts.door import Refused
from framework import drafts
from framework.models import FrameworkVersion
from tests.factories.accounts import someone
from tests.framework.conftest import Place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
WORDS = {"why": "w", "guidance": "g", "evidence": ["e"], "do_not_send": "d"}


def together(*calls: Callable[[], Any]) -> list[str]:
    """Run the calls at once; "done" or the refusal's name for each, sorted."""
    gate, outcomes = Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            call()
            outcomes.append("done")
        except Refused as problem:
            outcomes.append(type(problem).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_people_publish_at_once_and_one_does(a_draft: Callable[..., FrameworkVersion], place: Place) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    third = someone(Role.QUALITY_ANALYST, place.commissioner)
    copies = [FrameworkVersion.objects.get(pk=draft.pk) for _ in range(2)]
    outcome = together(lambda: copies[0].publish(by=place.second, at=AT), lambda: copies[1].publish(by=third, at=AT))
    assert outcome == ["NotPublishable", "done"]
    draft.refresh_from_db()
    assert draft.version == 3


def test_two_people_save_the_same_words_and_one_does(a_draft: Callable[..., FrameworkVersion]) -> None:
    rows = [a_draft().criteria.select_related("framework_version").get(ref="1.1")] * 2
    outcome = together(
        *(lambda n=n: drafts.save_words(rows[n], "full", seen=1, text=f"{n}", **WORDS) for n in range(2))
    )
    assert outcome == ["Stale", "done"]
    rows[0].refresh_from_db()
    assert rows[0].version == 2


def test_saving_while_somebody_proposes_never_slips_in_after(
    a_draft: Callable[..., FrameworkVersion], place: Place
) -> None:
    draft = a_draft()
    row = draft.criteria.select_related("framework_version").get(ref="1.1")
    outcome = together(
        lambda: drafts.save_words(row, "full", seen=1, text="late", **WORDS), lambda: draft.propose(by=place.drafter)
    )
    draft.refresh_from_db()
    assert draft.state == "proposed"
    saved = row.wordings.get(tier="full").text == "late"
    assert outcome == (["done", "done"] if saved else ["NotEditable", "done"])


def test_a_draft_is_discarded_once(a_draft: Callable[..., FrameworkVersion]) -> None:
    draft = a_draft()
    copies = [FrameworkVersion.objects.get(pk=draft.pk) for _ in range(2)]
    assert together(*(lambda n=n: drafts.discard(copies[n]) for n in range(2))) == ["NotEditable", "done"]


def test_an_entry_is_not_changed_while_the_version_that_cites_it_is_published(
    a_draft: Callable[..., FrameworkVersion], place: Place
) -> None:
    draft = a_draft()
    criterion = draft.criteria.select_related("framework_version__framework__commissioner").get(ref="1.1")
    entry = drafts.add_reference(criterion, title="Our pathway", kind="standard")
    draft.propose(by=place.drafter)
    outcome: list[str] = []
    saving = Thread(target=lambda: outcome.extend(together(lambda: drafts.save_reference(entry, seen=1, title="Late"))))
    with transaction.atomic():
        draft.publish(by=place.second, at=AT)
        saving.start()
        saving.join(timeout=1)
        assert (saving.is_alive(), outcome) == (True, [])
    saving.join(timeout=20)
    entry.refresh_from_db()
    assert (outcome, entry.title) == (["NotEditable"], "Our pathway")
