"""Figures from hand-made facts: what each counts, that wholes are the sum of their parts, and the list behind each."""

from typing import Any

import pytest

from assurance.standing import LEVELS
from governance.facts.fact import ACTION, PREVIOUS, PREVIOUS_PROVIDER, PROVIDER, STANDARD, Fact
from governance.figures import DoesNotAddUp, figures, fits, matching, reconcile

NOTHING: dict[str, Any] = {
    "asked": True, "received": False, "validated": False, "due": True, "extended": False, "nothing_reviewed": False,
    "on_time_original": False, "on_time_agreed": False, "overridden": False, "reviewed": 0, "accepted": 0, "seen": 0,
    "criteria": 0, "in_question": 0, "change": "",
}  # fmt: skip
LEVEL = {"received": True, "validated": True, "on_time_original": True, "on_time_agreed": True, "criteria": 10}


def provider(name: str, standing: str, **told: Any) -> Fact:
    return Fact(PROVIDER, name, {**NOTHING, "reference": name, "standing": standing, **told})


def action(age: str, **told: Any) -> Fact:
    return Fact(ACTION, "A", {"open": True, "overdue": False, "state": "Open", "moved": False, "restricted": False,
                              "age": age, **told})  # fmt: skip


FACTS = [
    provider("A", "significant", **LEVEL, reviewed=10, seen=2, change="better", strands={"children": "significant"},
             recorded=False, before="validated", recorded_before=0, grades_before=10),
    provider("B", "limited", **{**LEVEL, "on_time_original": False}, reviewed=4, accepted=6, change="same",
             strands={"children": "limited", "adults": "reasonable"}),
    provider("C", "awaiting", received=True, on_time_agreed=True),
    provider("D", "overdue"),
    provider("E", "not_due", extended=True, recorded=False, before="records", recorded_before=3, grades_before=3),
    provider("F", "withdrawn", due=False, recorded=False, before="", recorded_before=0, grades_before=0),
    provider("G", "not_asked", asked=False, due=False, recorded=True, before="", recorded_before=0, grades_before=0),
    action("1-30", overdue=True), action("not-past", state="Complete, awaiting verification"),
    action("", open=False, state="Implemented (verified)"),
    Fact(STANDARD, "Standard 1, Trusts", {"standard": 1, "category": "T", "met": 7, "partly": 2, "not_met": 1,
                                          "accepted": 6, "not_applicable": 4, "graded": 10, "providers": 2}),
]  # fmt: skip


def found(facts=FACTS) -> dict[str, Any]:
    return {figure.key: figure for figure in figures(facts)}


@pytest.mark.parametrize(
    ("key", "n", "d"),
    [
        ("register", 7, None), ("asked", 6, 7), ("returned", 3, 7), ("no_return", 2, 7),
        ("on_time.original", 1, 5), ("on_time.agreed", 3, 5), ("extended", 1, 7), ("validated", 2, 7),
        ("assured", 1, 7), ("not_validated", 1, 7), ("state.limited", 1, 7), ("state.none", 0, 7),
        ("state.withdrawn", 1, 7), ("state.not_asked", 1, 7), ("better", 1, 2), ("same", 1, 2), ("new", 0, 2),
        ("strand.children.limited", 1, 2), ("strand.adults.reasonable", 1, 1), ("strand.looked_after.none", 0, 0),
        ("criteria.reviewed", 14, 20), ("criteria.accepted", 6, 20), ("criteria.seen", 2, 20),
        ("records.before", 1, 2), ("records.now", 1, 4), ("records.grades", 3, 13),
        ("actions.open", 2, None), ("actions.overdue", 1, 2), ("actions.awaiting", 1, 2), ("actions.verified", 1, None),
        ("actions.age.1-30", 1, 2), ("standard.1.T", 7, 10),
    ],
)  # fmt: skip
def test_figure(key, n, d):
    assert (found()[key].n, found()[key].d) == (n, d)


def test_silence_is_no_level():
    """Hazard 8: a provider that sent nothing is in no level, and "no assurance" counts judgements only."""
    figure = found()
    silent = [fact.label for fact in matching(FACTS, figure["no_return"].filter)]
    assert silent == ["D", "E"]
    levels = [matching(FACTS, figure[f"state.{level}"].filter) for level in LEVELS]
    assert [fact.label for facts in levels for fact in facts] == ["A", "B"]


def test_the_list_behind_a_figure_has_as_many_lines_as_the_figure_says():
    for figure in figures(FACTS):
        if "sums" not in figure.value and not figure.key.startswith("standard."):
            assert len(matching(FACTS, figure.filter)) == figure.n, figure.key


def test_every_figure_says_what_it_means_and_no_two_share_a_key():
    keys = [figure.key for figure in figures(FACTS)]
    assert len(keys) == len(set(keys))
    assert all(figure.value["meaning"] for figure in figures(FACTS))


def test_a_provider_in_no_known_state_stops_the_paper():
    with pytest.raises(DoesNotAddUp, match="register is 8"):
        figures([*FACTS, provider("H", "somewhere")])


def test_parts_that_do_not_add_up_stop_the_paper():
    parts = list(figures(FACTS))
    with pytest.raises(DoesNotAddUp, match=r"actions\.open"):
        reconcile([part for part in parts if part.key != "actions.open"] + [
            type(parts[0])("actions.open", "x", 9, None, {}, {})
        ])  # fmt: skip


def test_last_year_is_counted_by_the_same_rules():
    before = [Fact(PREVIOUS, "the records", {}), Fact(PREVIOUS_PROVIDER, "A", {**NOTHING, "standing": "limited"})]
    assert found([*FACTS, *before])["state.limited"].value["before"] == {"n": 1, "d": 1}
    assert "before" not in found()["state.limited"].value


@pytest.mark.parametrize(
    ("where", "does"),
    [
        ({}, True), ({"a": 1}, True), ({"a": [1, 2]}, True), ({"a": 2}, False), ({"b.c": "x"}, True),
        ({"b.d": "x"}, False),
        ({"a": 1, "b.c": "y"}, False), ({"a.c": 1}, False),
    ],
)  # fmt: skip
def test_fits(where, does):
    assert fits({"a": 1, "b": {"c": "x"}}, where) is does
