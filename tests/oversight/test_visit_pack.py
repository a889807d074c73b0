"""The visit pack: what is proposed and chosen, what stands on paper, and for whom."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.capabilities import Role
from assurance.models.in_question import put_in_question
from oversight.models import Visit, VisitLine
from oversight.pack.candidates import Criteria
from oversight.pack.paper import Pack, html_of
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory
from tests.factories.figures import a_line, planted
from tests.factories.known import a_circle, an_item
from tests.factories.posts import held_post
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.validation import submitted, validated
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Any:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def nurse(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, name="Nora Nurse")


@pytest.fixture
def visit(ours: Any, nurse: Any, at: Any) -> Visit:
    """To a provider with one validated return, in which 1.2 is not met and 2.1 is in question."""
    provider = provider_of(ours, name="Trust")
    returned = submitted(at, round=RoundFactory(commissioner=ours), organisation=provider)
    validated(at, assessment=returned, by=nurse_for_all(ours), r1_2="red")
    doubted = returned.answers.get(criterion_version__ref="2.1").criterion_version_id
    put_in_question(returned, doubted, since=date(2026, 5, 2), reason="The lead left", by=nurse, at=at)
    return a_visit(provider, ours, lead=nurse, planned_on=date(2026, 12, 1))


def nurse_for_all(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["children", "adults", "looked_after"])


def paper(visit: Visit, reader: Any, at: Any) -> str:
    return html_of(Pack(visit, reader, at.date()), at=at, demonstration=False)


def test_what_has_a_reason_is_proposed_with_the_reason(visit: Visit, nurse: Any, on: date) -> None:
    criteria = Criteria(visit, nurse, on)
    found = {each.criterion.ref: each for each in criteria.all}
    assert list(found) == ["1.1", "1.2", "2.1", "2.2"]  # 1.10 is of another strand
    assert (found["1.2"].why, found["1.1"].why) == ("not met", "critical, never seen on a visit")
    assert found["2.1"].why == "in question since May 2026, critical, never seen on a visit"
    assert found["1.2"].checked == "Not met, evidence reviewed, 18 November 2026"
    assert criteria.proposed == {found[ref].criterion.pk for ref in ("1.1", "1.2", "2.1")}
    later = {each.criterion.ref: each.why for each in Criteria(visit, nurse, on + timedelta(days=800)).all}
    assert later["2.2"] == "check out of date"


def test_lines_are_chosen_kept_and_stay_once_the_visit_is_done(visit: Visit, nurse: Any, sign_in: Any) -> None:
    client: Client = sign_in(nurse)
    here = f"/visits/{visit.reference}/lines/"
    form = client.get(here).context["form"]
    boxes = {name: field.initial for name, field in form.fields.items() if name.startswith("standard_")}
    assert sum(len(ticked) for ticked in boxes.values()) == 3
    nothing = client.post(here, {"own": ""})
    assert (nothing.status_code, "at least one criterion" in nothing.content.decode()) == (422, True)
    many = client.post(here, {**boxes, "own": "\n".join(f"Line {n}" for n in range(60))})
    assert (many.status_code, "at most 40" in many.content.decode(), "Line 59" in many.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    assert client.post(here, {**boxes, "own": "Handover at night\n\n"}).status_code == 302
    lines = list(visit.lines.values_list("criterion_version__ref", "why"))
    assert lines == [
        ("1.1", "critical, never seen on a visit"),
        ("1.2", "not met"),
        ("2.1", "in question since May 2026, critical, never seen on a visit"),
        (None, ""),
    ]
    again = client.get(here).context["form"]
    assert again.fields["own"].initial == "Handover at night"
    Visit.objects.filter(pk=visit.pk).update(state="done", started_on=visit.planned_on, ended_on=visit.planned_on)
    late = client.post(here, {**boxes, "own": "Too late"})
    assert (late.status_code, VisitLine.objects.filter(text="Too late").count()) == (409, 0)


def test_the_paper_holds_what_is_known(visit: Visit, ours: Any, nurse: Any, at: Any) -> None:
    provider = visit.organisation
    before = a_visit(provider, ours, planned_on=date(2025, 6, 3), state="done")
    a_finding(before, text="Two of five could not say.")
    an_action(ours, provider, text="Train the night staff.")
    held_post(provider, name="Asha Rowe")
    html = paper(visit, nurse, at)
    for words in (
        "Last visit: 3 June 2025", "Two of five could not say.", "Train the night staff.", "Asha Rowe",
        "<strong>1 not met</strong>", "Nobody has chosen the lines", "Who is the safeguarding lead here",
    ):  # fmt: skip
        assert words in html
    assert "There is no open concern, soft intelligence or restricted action" in html


def test_the_paper_holds_training_line_by_line_and_nothing_for_named_people(
    visit: Visit, ours: Any, nurse: Any, at: Any
) -> None:
    world = planted(a_line("l3", name="Children level 3"), commissioner=ours)
    held = {"l3": (Decimal(90), Decimal(10))}
    for ends in (date(2026, 6, 30), date(2026, 9, 30)):
        made = world.submit(world.quarter(ends), visit.organisation, {"l3": (82, 96)}, thresholds=held)
    html = " ".join(paper(visit, nurse, at).split())
    assert "Figures for Q2 2026-27, as at 30 September 2026." in html
    figure = "Children level 3</th><td>82 of 96<br>85.4 %</td><td>Near threshold, 5 short<br>threshold 90 %"
    assert f"{figure}<br>2 quarters running<" in html
    made.circle = a_circle(ours, nurse, someone("DP", ours))
    made.save()
    before = " ".join(paper(visit, nurse, at).split())
    assert f"{figure}</td>" in before  # once is no run
    assert ("Q2 2026-27" in before, "Figures for Q1 2026-27, as at 30 June 2026." in before) == (False, True)


def test_why_the_visit_is_made_never_stands_where_the_provider_may_look(visit: Visit, nurse: Any, at: Any) -> None:
    for trigger in Visit.Trigger:
        visit.trigger = trigger
        front, _, last = paper(visit, nurse, at).partition("For Nora Nurse only</h2>")
        assert (f"Why this visit: {trigger.label}." in last, str(trigger.label) in front) == (True, False)


def test_what_only_some_may_know_stands_on_their_last_page_and_on_nobody_elses(
    visit: Visit, ours: Any, nurse: Any, at: Any
) -> None:
    second, other = someone("DP", ours), someone(Role.DESIGNATED_PROFESSIONAL, ours, name="Other Reader")
    circle = a_circle(ours, nurse, second)
    an_item(ours, visit.organisation, summary="Heard by everybody of the team")
    an_item(ours, visit.organisation, summary="Only for two people", circle=circle)
    an_action(ours, visit.organisation, text="A restricted promise", circle=circle)
    mine, theirs = paper(visit, nurse, at), paper(visit, other, at)
    front, _, last = mine.partition("For Nora Nurse only</h2>")
    assert ("Only for two people" in last, "A restricted promise" in last) == (True, True)
    assert [words in front for words in ("Only for two", "restricted promise", "Heard by everybody")] == [False] * 3
    assert "Heard by everybody" in theirs
    assert [words in theirs for words in ("Only for two people", "A restricted promise", "Named people")] == [False] * 3


def test_the_file_is_a_pdf_and_its_taking_is_noted_and_providers_find_nothing(
    visit: Visit, ours: Any, nurse: Any, sign_in: Any
) -> None:
    from exports.models import Export

    here = f"/visits/{visit.reference}"
    taken = sign_in(nurse).get(f"{here}/pack.pdf")
    assert (taken.status_code, taken.content[:5]) == (200, b"%PDF-")
    assert taken.headers["Content-Disposition"].count("Trust") == 0
    assert list(Export.objects.values_list("listing", "ending")) == [("visit-pack", "pdf")]
    lead = sign_in(someone(Role.PROVIDER_LEAD, visit.organisation))
    Visit.objects.filter(pk=visit.pk).update(state="final", started_on=visit.planned_on, ended_on=visit.planned_on)
    assert [lead.get(f"{here}/{way}").status_code for way in ("lines/", "pack.pdf")] == [404, 404]


def test_a_visit_to_a_provider_that_was_never_asked_shows_what_would_be_asked(
    ours: Any, nurse: Any, at: Any, on: date
) -> None:
    visit = a_visit(provider_of(ours), ours, lead=nurse, planned_on=date(2026, 12, 1))
    assert Criteria(visit, nurse, on).all
    assert "No return has been received that you may read" in paper(visit, nurse, at)
