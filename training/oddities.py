"""The checks over what was submitted: oddities for a commissioner to query. Safe to run every night.

Six or seven queries whatever the number of returns. What the provider explained is beside each question.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from training.checks import Counted, Past, Question, Said, questions_of
from training.models import AskedLine, Explanation, Figure, FigureReturn, FigureSubmission
from training.sheet import LONG_ENOUGH, asking_of, names_in_force, pasts


@dataclass(frozen=True)
class Oddity:
    """One question about one line of one submitted return; ``question.explained`` is what the provider said to it."""

    figure_return: FigureReturn
    asked: AskedLine
    question: Question


def oddities_of(returns: Iterable[FigureReturn], *, on: date) -> list[Oddity]:
    """Of the returns of one commissioner and one period that were submitted, in their order and line by line.

    The returns come with their period, as ``permitted`` gives them. Nothing is read of a draft or of a correction
    under way.
    """
    submitted = {each.pk: each for each in returns if each.is_received}
    if not submitted:
        return []
    first = next(iter(submitted.values()))
    asked = {line.pk: line for line in AskedLine.objects.filter(figure_return__in=submitted).select_related("line")}
    asking, names = (
        asking_of(first.commissioner_id, on),
        names_in_force(first.commissioner_id, first.period.ends_on).groups,
    )
    before, explained = _before(list(submitted.values())), _explained(submitted)
    _as_submitted(submitted, asked, explained)
    found = []
    for pk, said in _said(submitted, asked, names, before).items():
        lines = {each.code: line for line, each in said}
        questions = questions_of([each for _, each in said], asking, explained.get(pk))
        found += [Oddity(submitted[pk], lines[each.line], each) for each in questions]
    return found


def _said(
    returns: dict[int, FigureReturn], asked: dict[int, AskedLine], names: dict[tuple[str, str], str],
    before: dict[tuple[int, str], list[Past]],
) -> dict[int, list[tuple[AskedLine, Said]]]:  # fmt: skip
    """Every line of every return as it was submitted."""
    parts: dict[int, list[Figure]] = defaultdict(list)
    for figure in Figure.objects.known().filter(figure_return__in=returns).order_by("asked", "pk"):
        parts[figure.asked_id].append(figure)
    found: dict[int, list[tuple[AskedLine, Said]]] = {pk: [] for pk in returns}
    for line in sorted(asked.values(), key=lambda each: (each.position, each.pk)):
        if figures := parts.get(line.pk):
            whose = returns[line.figure_return_id]
            past = before.get((whose.organisation_id, line.code), [])
            found[whose.pk].append((line, _line(line, figures, names, whose.grouping, past)))
    return found


def _line(
    asked: AskedLine, figures: Sequence[Figure], names: dict[tuple[str, str], str], grouping: str, before: list[Past]
) -> Said:
    line, total = asked.line, next(each for each in figures if each.kind == Figure.Kind.TOTAL)
    by_kind: dict[str, list[Figure]] = defaultdict(list)
    for each in figures:
        by_kind[each.kind].append(each)
    split = grouping if line.split == line.STAFF else line.split
    groups = {each.group: _counted(each) for each in by_kind[Figure.Kind.GROUP]} or {"": _counted(total)}
    reasons = {each.group: each.numerator for each in by_kind[Figure.Kind.REASON]}
    return Said(
        asked.code, line.name, line.form, line.direction, line.subject, line.level, total.answer, groups,
        {code: names.get((split, code), code) for code in groups if code},
        reasons if asked.reasons else None, None, total.threshold, total.amber, asked.narrative, before,
    )  # fmt: skip


def _counted(figure: Figure) -> Counted:
    return Counted(figure.headcount, figure.denominator, figure.numerator)


def _before(returns: Sequence[FigureReturn]) -> dict[tuple[int, str], list[Past]]:
    """What each organisation submitted for the periods before, by organisation and line. One query."""
    period = returns[0].period
    known = Figure.objects.known().filter(
        commissioner=returns[0].commissioner_id, organisation__in=[each.organisation_id for each in returns],
        period__timing=period.timing, period__ends_on__lt=period.ends_on,
        period__ends_on__gte=period.ends_on - LONG_ENOUGH, kind__in=[Figure.Kind.TOTAL, Figure.Kind.GROUP],
    )  # fmt: skip
    columns = ("code", "period__ends_on", "kind", "group", "headcount", "denominator", "numerator", "organisation")
    by_organisation: dict[int, list[dict[str, object]]] = defaultdict(list)
    for each in known.order_by("code", "-period__ends_on").values(*columns):
        by_organisation[each["organisation"]].append(each)
    return {
        (organisation, code): some
        for organisation, figures in by_organisation.items()
        for code, some in pasts(figures, period.timing).items()
    }


def _explained(returns: dict[int, FigureReturn]) -> dict[int, dict[tuple[str, str, str], tuple[str, str]]]:
    found: dict[int, dict[tuple[str, str, str], tuple[str, str]]] = defaultdict(dict)
    rows = Explanation.objects.filter(asked__figure_return__in=returns).select_related("asked")
    for each in rows:
        key = (each.check_code, each.asked.code, each.group)
        found[each.asked.figure_return_id][key] = (each.question, each.words)
    return found


def _as_submitted(
    returns: dict[int, FigureReturn], asked: dict[int, AskedLine],
    explained: dict[int, dict[tuple[str, str, str], tuple[str, str]]],
) -> None:  # fmt: skip
    """While a correction is being written, the words are those that were submitted before it."""
    correcting = [pk for pk, each in returns.items() if each.state == FigureReturn.State.CORRECTING]
    latest = FigureSubmission.objects.filter(figure_return__in=correcting).order_by("figure_return", "-number")
    documents = latest.distinct("figure_return").values_list("figure_return", "document") if correcting else ()
    for pk, document in documents:
        said = {line["code"]: line for line in document["lines"]}
        for line in asked.values():
            if line.figure_return_id == pk:
                line.narrative = said[line.code]["narrative"]
        explained[pk] = {
            (each["check"], code, each["group"]): (each["question"], each["words"])
            for code, line in said.items()
            for each in line["explanations"]
        }
