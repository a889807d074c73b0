"""The floor rules: reasons, and that nothing anybody marks can raise a level wrongly."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance.levels import ORDER, Judged, Level, State, level_of, levels, worst

MET = {"state": State.MET, "evidence_reviewed": True}


def judged(ref: str, **fields: object) -> Judged:
    base = {"standard": int(ref.split(".")[0]), "strands": ("children",), "critical": False, **MET}
    return Judged(ref, **{**base, **fields})  # type: ignore[arg-type]


def the_level(*criteria: Judged, reds: int = 5) -> Level:
    return level_of(criteria, reds_for_limited=reds).level


def test_everything_met_with_evidence_reviewed_is_significant():
    assert the_level(judged("1.1", critical=True), judged("1.2")) == Level.SIGNIFICANT


def test_a_critical_met_only_as_declared_is_reasonable_and_says_why():
    verdict = level_of([judged("1.1", critical=True, evidence_reviewed=False), judged("1.2")], reds_for_limited=5)
    assert (verdict.level, verdict.reasons, verdict.reviewed, verdict.asked) == (
        Level.REASONABLE,
        ("1 critical criterion not shown to be met in full with evidence: 1.1",),
        1,
        2,
    )


def test_a_strand_without_a_critical_criterion_and_nothing_reviewed_is_not_significant():
    declared = [judged("1.1", evidence_reviewed=False), judged("1.2", evidence_reviewed=False)]
    verdict = level_of(declared, reds_for_limited=5)
    assert (verdict.level, verdict.reasons) == (
        Level.REASONABLE,
        ("nothing is shown to be met with evidence reviewed",),
    )
    one = level_of([declared[0], judged("1.2")], reds_for_limited=5)
    assert (one.level, one.reasons) == (
        Level.SIGNIFICANT,
        ("no critical criterion is asked, and 1 of 2 reviewed, and no standard with more than one not met",),
    )


def test_critical_reds_are_limited_and_named():
    reds = [judged("1.2", critical=True, state=State.NOT_MET), judged("8.1", critical=True, state=State.NOT_MET)]
    more = [judged("1.1"), judged("1.3"), judged("8.2"), judged("8.3")]
    assert level_of([*reds, *more], reds_for_limited=5).reasons == ("2 critical criteria not met: 1.2 and 8.1",)


def test_more_reds_than_the_setting_are_limited():
    reds = [judged(f"{n}.1", state=State.NOT_MET) for n in range(1, 4)]
    fillers = [judged(f"{n}.{m}") for n in range(1, 4) for m in (2, 3)]
    assert the_level(*reds, *fillers, reds=3) == Level.SIGNIFICANT
    assert the_level(*reds, *fillers, reds=2) == Level.LIMITED


def test_a_standard_less_than_half_met_is_limited():
    half = [judged("1.1"), judged("1.2", state=State.PARTLY)]
    assert the_level(*half) == Level.SIGNIFICANT
    assert the_level(*half, judged("1.3", state=State.PARTLY)) == Level.LIMITED


def test_two_reds_in_one_standard_are_not_significant():
    criteria = [judged("1.1", critical=True), judged("1.2", state=State.NOT_MET), judged("1.3"), judged("1.4")]
    assert the_level(*criteria) == Level.SIGNIFICANT
    verdict = level_of([*criteria, judged("1.5", state=State.NOT_MET)], reds_for_limited=5)
    assert (verdict.level, verdict.reasons) == (Level.REASONABLE, ("standard 1 has 2 not met",))


def test_an_agreed_not_applicable_leaves_the_denominator():
    away = judged("1.2", state=State.NOT_APPLICABLE, agreed_not_applicable=True)
    assert the_level(judged("1.1"), away) == Level.SIGNIFICANT


def test_overall_is_the_worst_strand_and_names_it():
    found = levels(
        [judged("1.1", critical=True), judged("2.1", strands=("adults",), critical=True, state=State.NOT_MET)],
        reds_for_limited=5,
    )
    assert {strand: verdict.level for strand, verdict in found.items()} == {
        "children": Level.SIGNIFICANT,
        "adults": Level.LIMITED,
        "overall": Level.LIMITED,
    }
    assert found["overall"].reasons[0] == "adults: 1 critical criterion not met: 2.1"


def test_no_criteria_have_no_level():
    assert levels([], reds_for_limited=5) == {}
    with pytest.raises(ValueError, match="without criteria"):
        level_of([], reds_for_limited=5)


CRITERIA = st.lists(
    st.builds(
        Judged,
        ref=st.from_regex(r"[1-4]\.[1-9]", fullmatch=True),
        standard=st.integers(1, 4),
        strands=st.just(("children",)),
        critical=st.booleans(),
        state=st.sampled_from(list(State)),
        evidence_reviewed=st.booleans(),
        agreed_not_applicable=st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


def better(a: Level, b: Level) -> bool:
    return ORDER.index(a) < ORDER.index(b)


@given(CRITERIA, st.integers(0, 6), st.booleans(), st.integers(1, 4))
def test_adding_a_red_never_raises_a_level(criteria, reds, critical, standard):
    red = Judged("9.9", standard, ("children",), critical, State.NOT_MET)
    assert not better(the_level(*criteria, red, reds=reds), the_level(*criteria, reds=reds))


@given(CRITERIA, st.integers(0, 6), st.data())
def test_turning_any_criterion_red_never_raises_a_level(criteria, reds, data):
    turned = data.draw(st.integers(0, len(criteria) - 1))
    after = [replace(each, state=State.NOT_MET) if n == turned else each for n, each in enumerate(criteria)]
    assert not better(the_level(*after, reds=reds), the_level(*criteria, reds=reds))


@given(CRITERIA, st.integers(0, 6), st.data())
def test_marking_not_applicable_without_a_validators_agreement_never_raises_a_level(criteria, reds, data):
    marked = data.draw(st.integers(0, len(criteria) - 1))
    claim = replace(criteria[marked], state=State.NOT_APPLICABLE, agreed_not_applicable=False)
    after = [claim if n == marked else each for n, each in enumerate(criteria)]
    assert not better(the_level(*after, reds=reds), the_level(*criteria, reds=reds))


@given(CRITERIA, st.integers(0, 6))
def test_nothing_is_significant_on_the_providers_word_alone(criteria, reds):
    declared = [replace(each, evidence_reviewed=False) for each in criteria]
    assert the_level(*declared, reds=reds) != Level.SIGNIFICANT


@given(CRITERIA, st.integers(0, 6))
def test_the_level_is_none_only_by_judgement(criteria, reds):
    assert the_level(*criteria, reds=reds) != Level.NONE


def test_worst_of_levels():
    assert worst([Level.SIGNIFICANT, Level.LIMITED, Level.REASONABLE]) == Level.LIMITED
