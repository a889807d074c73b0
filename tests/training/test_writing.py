"""Writing figures: the page, the autosave, two at once, and what is refused at its box."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory
from tests.factories.training import (
    ENDS,
    a_figures_return,
    a_line,
    a_period,
    lead_of,
    signed,
    submitted,
)
from training.models import AskedLine, Cell, Explanation, FigureReturn, Group, HostCount, IllegalMove, Line
from training.models.documents import asked_with_boxes, document_of
from training.models.writing import Entry, StaleFigures, record_cells
from training.sheet import sheet_of
from training.versions import shown

pytestmark = pytest.mark.django_db
GROUPS = ("nursing", "medical")


@pytest.fixture(scope="module")
def owed(beneath: Callable[[], Any]) -> Any:
    """Two levels by staff groups, a share with reasons, a count by host area, a milestone; the quarter before is in."""
    with beneath():
        commissioner = CommissionerFactory()
        for n, (code, name) in enumerate((("nursing", "Nurses"), ("medical", "Doctors"))):
            Group.objects.create(
                commissioner=commissioner, valid_from=date(2010, 4, 1), grouping="esr", code=code, name=name, position=n
            )
        children = a_line(commissioner, "children-3", name="Children, level 3", subject="children", level="3",
                          split=Line.STAFF, headcount=True)  # fmt: skip
        health = a_line(commissioner, "iha", name="Initial assessments", reasons="late", subject="looked_after")
        placed = a_line(commissioner, "placed", name="Placed here", form="count", by_host=True, subject="looked_after")
        lead = a_line(commissioner, "prevent", name="Prevent lead", form="milestone")
        before = a_figures_return(a_period(commissioner, ends_on=date(2026, 6, 30)), None, [children], groups=GROUPS)
        submitted(before, children_3={"nursing": (80, 90), "medical": (9, 10)})
        made = a_figures_return(
            a_period(commissioner), before.organisation, [children, health, placed, lead],
            reasons=["consent"], threshold=90, grouping="esr",
        )  # fmt: skip
        split = AskedLine.objects.filter(figure_return=made, code="children-3")
        split.update(groups=list(GROUPS))
        asked = split.get()
        asked.cells.update(group="nursing")
        Cell.objects.create(
            commissioner=made.commissioner, organisation=made.organisation, asked=asked, kind="group", group="medical"
        )
        AskedLine.objects.filter(figure_return=made).exclude(line__form="share").update(threshold=None, amber=None)
        yield made


@pytest.fixture
def asked(owed: FigureReturn) -> dict[str, AskedLine]:
    return {line.code: line for line in owed.lines.all()}


@pytest.fixture
def client(owed: FigureReturn, sign_in: Callable[..., Client]) -> Client:
    return sign_in(lead_of(owed.organisation))


def at(owed: FigureReturn, part: str, page: str = "") -> str:
    return f"/figures/returns/{owed.reference}/write/{page}?part={part}"


def boxes(line: AskedLine, **by_group: Any) -> dict[str, str]:
    """ "nursing=(n, d)" as the page would send it."""
    said = {}
    for group, values in by_group.items():
        for letter, value in zip("ndh", values, strict=False):
            said[f"{letter}-{line.pk}-{group if group != 'all' else ''}"] = str(value)
    return said


def sent(client: Client, owed: FigureReturn, part: str, **more: Any) -> dict[str, Any]:
    """What the part's form would send unchanged, with these boxes changed."""
    form = next(p.form for p in client.get(at(owed, "")).context["parts"] if p.section.code == part)
    values = {name: form[name].value() for name in form.fields}
    return {
        name: "" if value is None else value for name, value in values.items() if not isinstance(value, date)
    } | more


def cells(line: AskedLine) -> dict[str, tuple[Any, ...]]:
    return {c.group: (c.numerator, c.denominator, c.headcount, c.version) for c in line.cells.all()}


def test_the_page_shows_the_boxes_empty_and_the_last_figure_only_as_words(client: Client, owed: FigureReturn) -> None:
    text = " ".join(client.get(at(owed, "")).content.decode().split())
    assert "Last known: 89 of 100, Q1 2026-27" in text
    assert 'aria-label="Children, level 3, Nurses, of how many"' in text
    assert 'value="90"' not in text
    assert "Worried about someone now?" in text


def test_the_page_asks_as_much_for_four_lines_as_for_twelve(client: Client, owed: FigureReturn) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(at(owed, ""))
    for n in range(8):
        line = a_line(owed.commissioner, f"more-{n}", name=f"More {n}")
        made = AskedLine.objects.create(
            commissioner=owed.commissioner, organisation=owed.organisation, figure_return=owed, line=line,
            code=line.code, position=10 + n,
        )  # fmt: skip
        Cell.objects.create(commissioner=owed.commissioner, organisation=owed.organisation, asked=made)
    with CaptureQueriesContext(connection) as many:
        assert client.get(at(owed, "")).status_code == 200
    ours = [sum("training_" in each["sql"] for each in some) for some in (few, many)]
    assert ours == [8, 8]


def test_a_part_is_saved_by_the_plain_form(client: Client, owed: FigureReturn, asked: dict[str, AskedLine]) -> None:
    line = asked["children-3"]
    given = sent(client, owed, "children", **boxes(line, nursing=("1,082", 1096, 1200), medical=(9, 10)))
    given |= {f"source-{line.pk}": "esr", f"narrative-{line.pk}": "Two courses were cancelled."}
    done = client.post(at(owed, "children"), given)
    assert (done.status_code, done["Location"]) == (302, f"/figures/returns/{owed.reference}/write/#part-children")
    assert cells(line) == {"nursing": (1_082, 1_096, 1_200, 2), "medical": (9, 10, None, 2)}
    line.refresh_from_db()
    assert (line.source, line.narrative, line.version) == ("esr", "Two courses were cancelled.", 2)
    owed.refresh_from_db()
    assert owed.state == "in_progress"
    assert "1,091 of 1,106, 98.6 %: meets 90 %" in client.get(at(owed, "")).content.decode()
    again = client.post(at(owed, "children"), sent(client, owed, "children"))
    assert (again.status_code, cells(line)["nursing"][3]) == (302, 2)


BAD = {
    "85%": "“85%” is a per cent: enter how many",
    "0.85": "“0.85” is not a whole number: enter how many, not a share",
    "1e309": "“1e309” is not a number: enter a whole number such as 85",
    "８５": "“８５” is not a number: enter a whole number such as 85",
    "most": "“most” is not a number: enter a whole number such as 85",
    "99999999": "“99999999” is more than 9,999,999",
}


@pytest.mark.parametrize(("typed", "words"), BAD.items())
def test_what_is_no_count_is_refused_at_its_box_and_nothing_is_stored(
    client: Client, owed: FigureReturn, asked: dict[str, AskedLine], typed: str, words: str
) -> None:
    line = asked["children-3"]
    given = sent(client, owed, "children", **boxes(line, nursing=(typed, 96), medical=(9, 10)))
    refused = client.post(at(owed, "children"), given)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert f"Children, level 3, Nurses, how many: {words}" in text
    assert f'aria-describedby="id_n-{line.pk}-nursing-wrong"' in text
    assert f'value="{typed}"' in text
    assert cells(line) == {"nursing": (None, None, None, 1), "medical": (None, None, None, 1)}
    alone = client.post(at(owed, "children", "save"), given)
    assert (alone.status_code, list(alone.json()["errors"])) == (422, [f"n-{line.pk}-nursing"])


def test_more_than_everybody_is_refused(client: Client, owed: FigureReturn, asked: dict[str, AskedLine]) -> None:
    line = asked["children-3"]
    given = sent(client, owed, "children", **boxes(line, nursing=(97, 96)))
    refused = client.post(at(owed, "children", "save"), given)
    words = "Children, level 3, Nurses, how many: 97 of 96 is more than everybody"
    assert (refused.status_code, refused.json()["errors"]) == (422, {f"n-{line.pk}-nursing": [words]})


def test_saving_itself_answers_with_versions_and_questions_and_an_explanation_is_kept(
    client: Client, owed: FigureReturn, asked: dict[str, AskedLine]
) -> None:
    line = asked["children-3"]
    given = sent(client, owed, "children", **boxes(line, nursing=(115, 120), medical=(9, 10)))
    answer = client.post(at(owed, "children", "save"), given).json()
    words = "It was out of 100 in Q1 2026-27, and is out of 130 now, 30.0 % more. What changed?"
    assert words in answer["questions"][str(line.pk)]
    fresh = sent(client, owed, "children")
    (why,) = [name for name in fresh if name.startswith(f"why-{line.pk}-jump")]
    client.post(at(owed, "children", "save"), fresh | {why: "A ward has joined us."})
    kept = Explanation.objects.get()
    assert (kept.check_code, kept.group, kept.question, kept.words) == ("jump", "", words, "A ward has joined us.")
    (question,) = sheet_of(owed).questions
    assert (question.words, question.explained) == (words, "A ward has joined us.")
    client.post(at(owed, "children", "save"), sent(client, owed, "children", **boxes(line, nursing=(115, 121))))
    (question,) = sheet_of(owed).questions
    assert (question.words.split(" now,")[0], question.explained) == (
        "It was out of 100 in Q1 2026-27, and is out of 131",
        "",
    )


def test_of_two_at_once_the_second_is_shown_both_and_a_box_left_alone_is_no_save(
    client: Client, owed: FigureReturn, asked: dict[str, AskedLine], sign_in: Callable[..., Client]
) -> None:
    line, other = asked["children-3"], sign_in(someone(Role.PROVIDER_CONTRIBUTOR, owed.organisation, name="Bea Sample"))
    mine = sent(client, owed, "children")
    theirs = sent(other, owed, "children", **boxes(line, nursing=(80, 96)))
    assert other.post(at(owed, "children", "save"), theirs).status_code == 200
    beside = client.post(at(owed, "children", "save"), mine | boxes(line, medical=(8, 10)))
    assert (beside.status_code, cells(line)["nursing"], cells(line)["medical"]) == (
        200,
        (80, 96, None, 2),
        (8, 10, None, 2),
    )
    over = client.post(at(owed, "children"), mine | boxes(line, nursing=(81, 96), medical=(8, 10)))
    text = " ".join(over.content.decode().split())
    assert (over.status_code, cells(line)["nursing"]) == (409, (80, 96, None, 2))
    assert "Bea Sample changed this" in text
    assert "80 of 96" in text
    assert "81 of 96" in text
    form = over.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert client.post(at(owed, "children"), again).status_code == 302
    assert cells(line)["nursing"] == (81, 96, None, 3)


def test_what_may_identify_a_person_is_asked_about_before_an_explanation_is_saved(
    client: Client, owed: FigureReturn, asked: dict[str, AskedLine]
) -> None:
    given = sent(client, owed, "children", **boxes(asked["children-3"], nursing=(115, 120), medical=(9, 10)))
    client.post(at(owed, "children"), given)
    fresh = sent(client, owed, "children")
    (why,) = [name for name in fresh if name.startswith("why-")]
    refused = client.post(at(owed, "children"), fresh | {why: "It is 943 476 5919."})
    assert (refused.status_code, Explanation.objects.count()) == (422, 0)
    assert f'name="not-a-person-{why}"' in refused.content.decode()


def test_nothing_to_declare_needs_its_reason_and_empty_boxes(
    client: Client, owed: FigureReturn, asked: dict[str, AskedLine]
) -> None:
    line = asked["children-3"]
    nothing = {f"answer-{line.pk}": "not_applicable"}
    refused = client.post(at(owed, "children"), sent(client, owed, "children", **nothing))
    assert (refused.status_code, "Children, level 3: say why" in refused.content.decode()) == (422, True)
    both = nothing | {f"reason-{line.pk}": "Adults only"} | boxes(line, nursing=(1, 2))
    text = client.post(at(owed, "children"), sent(client, owed, "children", **both)).content.decode()
    assert "it says “Does not apply to us”, and there are figures. Remove one" in text
    given = nothing | {f"reason-{line.pk}": "Adults only"}
    assert client.post(at(owed, "children"), sent(client, owed, "children", **given)).status_code == 302
    line.refresh_from_db()
    assert (line.answer, line.answer_reason) == ("not_applicable", "Adults only")
    (question,) = sheet_of(owed).questions
    assert question.words == "It was 89 of 100 in Q1 2026-27, and is said not to apply now. Why?"


def test_reasons_host_areas_and_a_milestone(client: Client, owed: FigureReturn, asked: dict[str, AskedLine]) -> None:
    health, placed, lead = asked["iha"].pk, asked["placed"].pk, asked["prevent"].pk
    day = {"held-{}-0_day": "1", "held-{}-0_month": "9", "held-{}-0_year": "2026"}
    given = boxes(asked["iha"], all=(8, 10)) | {f"r-{health}-consent": "1", f"area-{placed}-0": "Wirral"}
    given |= {f"count-{placed}-0": "4", f"assurance-{placed}-0": "held"}
    refused = client.post(at(owed, "looked_after"), sent(client, owed, "looked_after", **given))
    assert "Placed here, host area 1: enter the date where assurance was received" in refused.content.decode()
    given |= {name.format(placed): value for name, value in day.items()}
    assert client.post(at(owed, "looked_after"), sent(client, owed, "looked_after", **given)).status_code == 302
    host = HostCount.objects.get()
    assert (host.area, host.count, host.assurance, host.held_on) == ("Wirral", 4, "held", date(2026, 9, 1))
    questions = [each.words for each in sheet_of(owed).questions if each.line == "iha"]
    assert questions[0] == "2 were not in time, and the reasons add up to 1. Which is right?"
    gone = sent(
        client, owed, "looked_after", **{f"area-{placed}-0": "", f"count-{placed}-0": "", f"assurance-{placed}-0": ""}
    )
    assert client.post(at(owed, "looked_after"), gone).status_code == 302
    assert HostCount.objects.count() == 0
    reached = {f"m-{lead}": "1", f"on-{lead}_day": "2", f"on-{lead}_month": "9", f"on-{lead}_year": "2026"}
    assert client.post(at(owed, "training"), sent(client, owed, "training", **reached)).status_code == 302
    (cell,) = asked["prevent"].cells.all()
    assert (cell.numerator, cell.reached_on) == (1, date(2026, 9, 2))
    told = {line.code: line.total for line in shown(document_of(owed, asked_with_boxes(owed)))}
    assert told["prevent"] == "reached on 2 September 2026"


def test_only_whose_turn_it_is_writes(
    client: Client, owed: FigureReturn, sign_in: Callable[..., Client], now: Any
) -> None:
    analyst = someone(Role.QUALITY_ANALYST, owed.commissioner)
    enter = f"/figures/returns/{owed.reference}/enter/"
    assert sign_in(analyst).get(at(owed, "")).status_code == 404
    assert sign_in(analyst).get(enter).status_code == 409
    owed.begin_entry(channel="email", received_from="Sam", received_on=ENDS, by=analyst, at=now)
    assert sign_in(analyst).get(enter).status_code == 200
    assert client.get(at(owed, "")).status_code == 409
    stranger = lead_of(a_figures_return(owed.period, None, [Line.objects.get(code="children-3")]).organisation)
    assert sign_in(stranger).get(at(owed, "")).status_code == 404


def test_two_hundred_cells_are_a_handful_of_statements(
    owed: FigureReturn, asked: dict[str, AskedLine], now: Any
) -> None:
    line, lead = asked["children-3"], lead_of(owed.organisation)
    groups = [f"g{n}" for n in range(200)]
    AskedLine.objects.filter(pk=line.pk).update(groups=groups)
    with CaptureQueriesContext(connection) as asked_for:
        saved = record_cells(
            owed, [Entry(line.pk, group=group, numerator=n, denominator=200) for n, group in enumerate(groups)],
            by=lead, at=now,
        )  # fmt: skip
    statements = [q["sql"] for q in asked_for if "SAVEPOINT" not in q["sql"]]
    assert (saved, len(statements) <= 8) == (200, True)


def test_a_verb_refuses_what_is_foreign_stale_or_submitted(
    owed: FigureReturn, asked: dict[str, AskedLine], now: Any
) -> None:
    line, lead = asked["children-3"], lead_of(owed.organisation)
    with pytest.raises(IllegalMove, match="not part of this return"):
        record_cells(owed, [Entry(line.pk, group="nobody", numerator=1)], by=lead, at=now)
    with pytest.raises(StaleFigures):
        record_cells(owed, [Entry(line.pk, group="nursing", numerator=1, version=0)], by=lead, at=now)
    assert record_cells(owed, [Entry(line.pk, group="nursing", numerator=1, denominator=1)], by=lead, at=now) == 1
    AskedLine.objects.filter(figure_return=owed).update(answer="nothing", answer_reason="None")
    owed.submit(signed(), by=lead, at=now)
    with pytest.raises(IllegalMove, match="can no longer be changed"):
        record_cells(owed, [Entry(line.pk, group="nursing", numerator=2)], by=lead, at=now)
