"""Questions about figures: asked about a line that was submitted, answered by the provider, settled by whoever asks."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from accounts.door import Refused
from chasing.letters import compose
from chasing.models import Letter
from design.calendar import add_working_days
from tests.factories.accounts import someone
from tests.factories.figure_records import a_rule, last_quarters, recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import a_figures_return, a_line, a_period
from training.models import FigureQuery

pytestmark = pytest.mark.django_db
WORDS = "Why did the number of eligible staff halve?"


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture(scope="module")
def here(beneath: Any) -> Any:
    with beneath():
        ours = CommissionerFactory(name="NHS Here")
        line, ash, birch = a_line(ours, "level-3"), provider_of(ours, name="Ash"), provider_of(ours, name="Birch")
        ends = last_quarters(timezone.localdate(), 1)[0]
        found: dict[str, Any] = {"ours": ours, "line": line, "analyst": someone(Role.QUALITY_ANALYST, ours)}
        for name, whose in (("ash", ash), ("birch", birch)):
            found[name] = recorded(ours, whose, {ends: {line: (41, 50)}})[0]
        found["lead"], found["other"] = someone(Role.PROVIDER_LEAD, ash), someone(Role.PROVIDER_LEAD, birch)
        yield found


def ask(here: Any, whose: str = "ash", words: str = WORDS) -> FigureQuery:
    asked = here[whose].lines.get()
    made: FigureQuery = FigureQuery.objects.ask(asked, words, by=here["analyst"], at=timezone.now())
    return made


def test_a_question_is_asked_answered_and_resolved(sign_in: Any, here: Any) -> None:
    a_rule(here["ours"], query_working_days=3)
    ours, theirs = sign_in(here["analyst"]), sign_in(here["lead"])
    where = f"/figures/queries/ask/{here['ash'].reference}/level-3/"
    page = ours.get(where, {"question": WORDS})
    assert (page.context["form"]["question"].value(), "41 of 50, 82.0 %" in text(page)) == (WORDS, True)
    sent = ours.post(where, {"question": WORDS})
    query = FigureQuery.objects.get()
    assert (sent["Location"], query.due_on) == (
        f"/figures/queries/{query.reference}/", add_working_days(timezone.localdate(), 3),
    )  # fmt: skip
    one = f"/figures/queries/{query.reference}/"
    assert [WORDS in text(each) for each in (theirs.get("/figures/queries/"), theirs.get(one))] == [True, True]
    assert theirs.post(f"{one}answer/", {"answer": ""}).status_code == 422
    assert theirs.post(f"{one}answer/", {"answer": "Two wards moved to Birch"}).status_code == 302
    again = theirs.post(f"{one}answer/", {"answer": "Something else"})
    assert (again.status_code, "Something else" in again.content.decode()) == (409, True)
    assert "Two wards moved to Birch" in text(ours.get(one))
    assert ours.post(f"{one}resolve/", {"resolution": ""}).status_code == 422
    ours.post(f"{one}resolve/", {"resolution": "Explained"})
    refused = ours.post(f"{one}take-back/", {"resolution": "Too late"})
    query.refresh_from_db()
    assert (refused.status_code, query.state, query.resolution) == (409, "resolved", "Explained")
    assert "What settled it Explained" in text(theirs.get(one))


def test_every_line_of_a_version_leads_to_asking_for_those_who_may(sign_in: Any, here: Any) -> None:
    version, link = f"/figures/returns/{here['ash'].reference}/versions/1/", f"ask/{here['ash'].reference}/level-3/"
    people = (here["analyst"], here["lead"], someone(Role.CONTRACT_MANAGER, here["ours"]))
    assert [link in sign_in(each).get(version).content.decode() for each in people] == [True, False, False]


def test_letters_say_that_there_is_a_question_and_nothing_of_it(here: Any) -> None:
    query = ask(here)
    asked = Letter.objects.get(kind="figure_query_asked")
    mail: Any = compose(asked, timezone.now())
    assert (asked.to_organisation, query.reference in mail.body, WORDS in mail.body) == (
        here["ash"].organisation, True, False,
    )  # fmt: skip
    query.reply("Two wards moved", by=here["lead"], at=timezone.now())
    told = Letter.objects.get(kind="figure_query_answered")
    mail = compose(told, timezone.now())
    assert (told.to_user, "Ash" in mail.subject, "wards" in mail.body) == (here["analyst"], True, False)
    query.resolve("Fine", by=here["analyst"], at=timezone.now())
    # By then it is settled: the letter says nothing any more.
    assert isinstance(compose(told, timezone.now()), str)


def test_another_provider_meets_none_of_it(sign_in: Any, here: Any) -> None:
    query, theirs = ask(here), sign_in(here["other"])
    one = f"/figures/queries/{query.reference}/"
    assert [theirs.get(f"{one}{verb}").status_code for verb in ("", "answer/", "resolve/")] == [404] * 3
    assert "No question to show" in text(theirs.get("/figures/queries/"))
    assert theirs.get(f"/figures/queries/ask/{here['birch'].reference}/level-3/").status_code == 404
    # Whoever only signs reads it, and is not told to answer what they cannot.
    signs = someone(Role.EXECUTIVE_SIGNATORY, here["ash"].organisation)
    homes = [text(sign_in(each).get("/your-returns/")) for each in (here["lead"], signs, here["other"])]
    assert ["Answer a question about" in home for home in homes] == [True, False, False]
    assert sign_in(signs).get(one).status_code == 200
    # The asking side neither answers nor does the answering side settle.
    assert sign_in(here["analyst"]).get(f"{one}answer/").status_code == 404
    assert [sign_in(here["lead"]).get(f"{one}{verb}/").status_code for verb in ("resolve", "take-back")] == [404, 404]


def test_what_cannot_be_asked_is_refused_with_what_was_typed(sign_in: Any, here: Any) -> None:
    ours = sign_in(here["analyst"])
    ask(here)
    where = "/figures/queries/ask/{}/level-3/"
    twice = ours.post(where.format(here["ash"].reference), {"question": WORDS})
    assert (twice.status_code, "was asked about the line already" in text(twice), WORDS in text(twice)) == (
        409, True, True,
    )  # fmt: skip
    assert ours.post(where.format(here["ash"].reference), {"question": "Another"}).status_code == 302
    assert ours.get(f"/figures/queries/ask/{here['ash'].reference}/level-9/").status_code == 404
    open_ = a_figures_return(a_period(here["ours"], ends_on=timezone.localdate()), None, [here["line"]])
    # What the provider is still writing is not there for who asks.
    assert ours.get(where.format(open_.reference)).status_code == 404
    with pytest.raises(Refused, match="Nothing is submitted here"):
        FigureQuery.objects.ask(open_.lines.get(), WORDS, by=here["analyst"], at=timezone.now())
    assert FigureQuery.objects.count() == 2


def test_the_list_says_what_waits_first_and_what_is_late(sign_in: Any, here: Any) -> None:
    late, settled, ours = ask(here), ask(here, "birch"), sign_in(here["analyst"])
    gone = timezone.localdate() - timedelta(days=3)
    FigureQuery.objects.filter(pk=late.pk).update(due_on=gone)
    settled.take_back("Asked by mistake", by=here["analyst"], at=timezone.now())
    page = ours.get("/figures/queries/")
    assert [row.reference for row in page.context["rows"]] == [late.reference, settled.reference]
    by_state = {
        state: [row.reference for row in ours.get("/figures/queries/", {"state": state}).context["rows"]]
        for state in ("open", "overdue", "taken_back", "resolved")
    }
    assert by_state == {"open": [late.reference], "overdue": [late.reference], "taken_back": [settled.reference],
                        "resolved": []}  # fmt: skip
    assert "3 days late" in text(ours.get(f"/figures/queries/{late.reference}/"))
    assert [row.reference for row in ours.get("/figures/queries/", {"q": "birch"}).context["rows"]] == [
        settled.reference
    ]
