"""What taking a file of past grades would do, provider by provider and year by year. Nothing is saved here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from assurance.models import RecordedGrade
from assurance.models.scoring import state_of
from oversight.bringing.grades import COLUMNS, Scheme
from oversight.bringing.organisation_differences import LEAVE
from oversight.bringing.rows import Candidate, Difference, Line, Outcome
from oversight.bringing.same import Register
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from framework.models import Grade

SHOWN = 12
LEVEL = "level"
WORDS = {each.value: str(each.label).lower() for each in RecordedGrade.Outcome}


@dataclass
class Wanted:
    """The grades of one provider and year that are new or say otherwise: by reference, code, outcome and words."""

    organisation: Organisation
    year: str
    grades: dict[str, tuple[str, str, str]]
    replaces: list[int]


class Comparison:
    """The commissioner's providers and what the records hold of them already: two queries for any number of rows."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, scheme: Scheme) -> None:
        self.lines, self.scheme = lines, scheme
        theirs = Arrangement.objects.filter(commissioner=commissioner, organisation=OuterRef("pk"))
        held = Organisation.objects.filter(Exists(theirs), kind=Organisation.Kind.PROVIDER)
        self.register = Register(held.select_related("category").order_by("pk"))
        self.by_reference = {each.reference: each for each in self.register.known}
        years = {line.get("year") for line in lines}
        self.held: dict[tuple[int, str], dict[str, tuple[int, str, str]]] = {}
        rows = RecordedGrade.objects.current().filter(commissioner=commissioner, year__in=years)
        names = ("organisation_id", "year", "standard__number", "criterion_version__ref", "pk", "grade", "words")
        for pk, year, number, ref, grade_pk, code, words in rows.values_list(*names):
            key = ref or (str(number) if number is not None else LEVEL)
            self.held.setdefault((pk, year), {})[key] = (grade_pk, code, words)

    def outcomes(self, choices: Mapping[str, str]) -> list[Outcome]:
        """One for each provider and year."""
        found = [self._outcome(line, choices) for line in self.lines]
        aimed: dict[tuple[int, str], Outcome] = {}
        for each in found:
            if each.wanted is None or each.state == "rejected":
                continue
            first = aimed.setdefault((each.wanted.organisation.pk, each.wanted.year), each)
            if first is not each:
                each.line = Line.of_json(each.line.as_json())
                each.line.refuse(COLUMNS, "provider", f"is the same provider and year as {first.line.where}.")
                each.state = "rejected"
        return found

    def _outcome(self, line: Line, choices: Mapping[str, str]) -> Outcome:
        title = f"{line.get('provider') or line.get('code') or line.get('reference')}, {line.get('year') or 'no year'}"
        if line.problems:
            return Outcome(line, title, "rejected")
        question = f"provider:{line.get('provider')}:{line.get('code')}"
        known = self.by_reference.get(line.get("reference"))
        same = self.register.find(name=line.get("provider"), code=line.get("code").upper(), location="", postcode="")
        target = known or same.certain
        candidates = [] if target else [Candidate(each.reference, str(each), may_be_new=False) for each in same.likely]
        if target is None and candidates:
            choice = choices.get(question, "")
            if choice == LEAVE:
                return Outcome(line, title, "left", candidates=candidates, question=question)
            target = self.by_reference.get(choice)
            if target is None:
                return Outcome(line, title, "asked", candidates=candidates, question=question)
        if target is None:
            line = Line.of_json(line.as_json())
            line.refuse(COLUMNS, "provider", "is not one of your providers. Bring in the organisation first.")
            return Outcome(line, title, "rejected")
        return self._compared(line, target, candidates)

    def _compared(self, line: Line, target: Organisation, candidates: list[Candidate]) -> Outcome:
        held = self.held.get((target.pk, line.get("year")), {})
        said: dict[str, tuple[str, str]] = {ref: (code, words) for ref, (code, words) in line.values["grades"].items()}
        if line.get("level"):
            said[LEVEL] = (line.get("level"), line.get("level_words"))
        changed = {ref: each for ref, each in said.items() if ref in held and held[ref][1] != each[0]}
        new = {ref: each for ref, each in said.items() if ref not in held}
        grades = {ref: (code, self._outcome_of(ref, code), words) for ref, (code, words) in {**new, **changed}.items()}
        wanted = Wanted(target, line.get("year"), grades, [held[ref][0] for ref in changed])
        differences = [
            Difference(ref.capitalize(), self._label(ref, held[ref][1]), self._label(ref, code))
            for ref, (code, _) in list(changed.items())[:SHOWN]
        ]
        if len(changed) > SHOWN:
            differences.append(Difference(f"{len(changed) - SHOWN} more", "", "also changed"))
        if new:
            differences.append(Difference("Grades", "", self._in_short(new, grades)))
        state = "changed" if changed or (new and held) else "new" if new else "unchanged"
        title = f"{target}, {line.get('year')}"
        return Outcome(line, title, state, differences, candidates, wanted)

    def _outcome_of(self, ref: str, code: str) -> str:
        return LEVEL if ref == LEVEL else state_of(self.scheme.grades.by_code[code]).value

    def _label(self, ref: str, code: str) -> str:
        grades: Sequence[Grade] = self.scheme.levels.grades if ref == LEVEL else self.scheme.grades.grades
        return next((grade.label for grade in grades if grade.code == code), code)

    def _in_short(self, new: Mapping[str, Any], grades: Mapping[str, tuple[str, str, str]]) -> str:
        counted = Counter(grades[ref][1] for ref in new if ref != LEVEL)
        parts = [f"{counted[outcome]} {words}" for outcome, words in WORDS.items() if counted[outcome]]
        level = [f"overall {self._label(LEVEL, new[LEVEL][0])}"] if LEVEL in new else []
        return ", ".join([*parts, *level])
