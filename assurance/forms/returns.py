"""Forms of a return: the questions of one standard, the signature, filters, and how it arrived another way."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

from assurance.models import SelfAssessment, Signature, Submission
from assurance.models.answers import Entry
from assurance.models.asks import Asked
from assurance.models.questions import Question
from assurance.models.recording import StaleAnswers
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios, Textarea, TextInput
from providers.models import Category

NARRATIVE_LENGTH = 5_000
REASON_LENGTH = 300


class GradeRadios(Radios):
    """Grades with their meaning; those in ``excusing`` leave the question out, and the page asks why only then."""

    def __init__(self, *args: Any, excusing: Collection[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.excusing = excusing

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """An option, marked when it leaves the question out."""
        option: dict[str, Any] = super().create_option(name, value, *args, **more)  # type: ignore[misc]
        if str(value) in self.excusing:
            option["attrs"]["data-excuses"] = True
        return option


@dataclass
class AskedQuestion:
    """A question with its boxes, as the page draws it."""

    question: Question
    grade: BoundField
    narrative: BoundField
    reason: BoundField | None
    version: BoundField
    seen: BoundField
    conflict: dict[str, Any] | None = None
    wanted: str = ""


class StandardForm(NhsForm):
    """The answers of one standard, or of one question when it saves itself.

    Strict, when a person goes on: whatever was begun must be complete. Otherwise a draft may be as it is. There is
    no token against sending twice: versions do that here, and saving the same words again changes nothing.
    """

    def __init__(self, *args: Any, questions: Iterable[Question], strict: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["form_token"]
        self.questions, self.strict = list(questions), strict
        self.conflicts: dict[int, dict[str, Any]] = {}
        self.wanted: dict[int, str] = {}
        for question in self.questions:
            self._ask(question)

    def _ask(self, question: Question) -> None:
        answer, pk = question.answer, question.answer.pk
        choices = [(grade.code, grade.label) for grade in question.grades]
        excused = [grade.code for grade in question.grades if grade.excludes]
        hints = {grade.code: grade.meaning for grade in question.grades}
        listed = ", ".join(label for _, label in choices)
        self.fields[f"grade-{pk}"] = forms.ChoiceField(
            label=f"Your grade for {question.criterion.ref}",
            choices=choices,
            required=False,
            initial=question.kind.choice(answer.value),
            widget=GradeRadios(hints=hints, excusing=excused),
            error_messages={
                "invalid_choice": f"Choose one of the grades listed for {question.criterion.ref}: {listed}"
            },
        )
        self.fields[f"narrative-{pk}"] = LongTextField(
            label=f"Your answer for {question.criterion.ref}",
            required=False,
            max_length=NARRATIVE_LENGTH,
            initial=answer.narrative,
            widget=Textarea(rows=4),
            help_text="What is in place, and what is still missing. No names of patients, children or staff.",
        )
        if excused:
            self.fields[f"reason-{pk}"] = forms.CharField(
                label=f"Why {question.criterion.ref} does not apply to your service",
                required=False,
                max_length=REASON_LENGTH,
                initial=answer.not_applicable_reason,
                widget=TextInput(),
            )
        for name, value in (("version", str(answer.version)), ("seen", answer.fingerprint)):
            self.fields[f"{name}-{pk}"] = forms.CharField(
                required=False, initial=value, max_length=20, widget=forms.HiddenInput
            )
        self.fields[f"version-{pk}"].widget.attrs["data-version"] = True

    mark_optional = False

    @property
    def asked(self) -> list[AskedQuestion]:
        """The questions with their boxes, in order."""
        return [self._asked(question) for question in self.questions]

    def _asked(self, question: Question) -> AskedQuestion:
        pk = question.answer.pk
        reason = self[f"reason-{pk}"] if f"reason-{pk}" in self.fields else None
        boxes = (self[f"grade-{pk}"], self[f"narrative-{pk}"], reason, self[f"version-{pk}"], self[f"seen-{pk}"])
        wanted = self.wanted.get(question.criterion.pk, "")
        return AskedQuestion(question, *boxes, conflict=self.conflicts.get(pk), wanted=wanted)

    def clean(self) -> dict[str, Any]:
        """When going on, what was begun must be complete; what was not begun may wait."""
        found = super().clean() or {}
        if self.strict:
            for question in self.questions:
                self._complete(question, found)
        return found

    def _complete(self, question: Question, found: dict[str, Any]) -> None:
        pk = question.answer.pk
        value = question.kind.value(found.get(f"grade-{pk}") or "")
        said = found.get(f"narrative-{pk}") or "", found.get(f"reason-{pk}") or ""
        if not value and not any(said):
            return
        for name, what in question.kind.missing(value, *said, question.grades).items():
            if f"{name}-{pk}" not in self.errors:
                self.add_error(f"{name}-{pk}", f"{question.criterion.ref}: {what}")

    def entries(self, *, confirm: int | None = None) -> list[Entry]:
        """What to save. ``confirm`` is the answer said to be still true: last year's words are taken over."""
        return [self._entry(question, confirm=question.answer.pk == confirm) for question in self.questions]

    def _entry(self, question: Question, *, confirm: bool) -> Entry:
        pk, last = question.answer.pk, question.last
        version = self.cleaned_data[f"version-{pk}"]
        said = {"version": int(version) if version.isdigit() else 0, "seen": self.cleaned_data[f"seen-{pk}"]}
        if confirm and last is not None:
            return Entry(pk, dict(last.value), last.narrative, last.not_applicable_reason, confirm=True, **said)
        value = question.kind.value(self.cleaned_data[f"grade-{pk}"])
        reason = self.cleaned_data.get(f"reason-{pk}", "") if value and _excludes(question, value) else ""
        return Entry(pk, value, self.cleaned_data[f"narrative-{pk}"], reason, **said)

    def show_asked(self, asked: Asked | None) -> None:
        """Put what the validator asked for beside the question that it is about."""
        self.wanted = dict(asked.by_criterion) if asked else {}

    def show_conflicts(self, problem: StaleAnswers, url: str, *, names: bool = True) -> None:
        """Put theirs beside yours, keep everything typed, and let the next save win.

        Without ``names`` for whoever holds a link: the people of an organisation are not named to a stranger.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        self.data = data
        for conflict in problem.conflicts:
            pk, theirs, yours = conflict.answer.pk, conflict.answer, conflict.entry
            question = next(each for each in self.questions if each.answer.pk == pk)
            data[f"version-{pk}"], data[f"seen-{pk}"] = str(theirs.version), theirs.fingerprint
            grades = (question.kind.in_words(each.value, question.scheme) for each in (theirs, yours))
            rows = [("Grade", *grades), ("Answer", theirs.narrative, yours.narrative)]
            rows.append(("Why it does not apply", theirs.not_applicable_reason, yours.not_applicable_reason))
            self.conflicts[pk] = {
                "by": (names and theirs.answered_by) or "Somebody else",
                "at": theirs.answered_at,
                "version": theirs.version,
                "url": url,
                "rows": [{"label": label, "theirs": one, "yours": two} for label, one, two in rows if one != two],
            }


def _excludes(question: Question, value: dict[str, str]) -> bool:
    return any(grade.excludes for grade in question.grades if grade.code == value.get("grade"))


REPORT_CHOICES = (
    ("no", "No, nothing here needs to be reported now"),
    ("reported", "Yes, and it has been reported"),
    ("not_yet", "Yes, and it has not been reported yet"),
)


class SignForm(NhsForm):
    """Who answers for the return, and the one question about anything that cannot wait (hazard 26)."""

    submit_label = "Sign and submit"

    reported_now = forms.ChoiceField(
        label="While filling this in, did you come across anything that must be reported now?",
        choices=REPORT_CHOICES,
        widget=Radios,
        help_text="For example someone at risk, or an allegation against a member of staff.",
        error_messages={"required": "Say whether anything must be reported now"},
    )
    name = forms.CharField(
        label="Name of the executive who answers for this return",
        max_length=150,
        error_messages={"required": "Enter the name of the executive"},
    )
    role = forms.CharField(
        label="Their role",
        max_length=150,
        help_text="For example: executive director of nursing, registered manager, partner responsible.",
        error_messages={"required": "Enter their role"},
    )
    on = DateField(label="Signed on", subject="the date they signed")

    def __init__(self, *args: Any, on: date, earliest: date, signs_themself: Any = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.signatory, self.today = signs_themself, on
        self.fields["on"].latest, self.fields["on"].earliest = on, earliest  # type: ignore[attr-defined]
        self.initial["on"] = on
        if self.signatory is not None:
            del self.fields["name"], self.fields["on"]
            self.initial["role"] = self.signatory.job_title

    def clean_reported_now(self) -> str:
        """Something unreported comes first; nothing typed is lost meanwhile."""
        said: str = self.cleaned_data["reported_now"]
        if said == "not_yet":
            raise forms.ValidationError(
                "Report it first: ring the number at the top of this page. Then come back; everything is kept."
            )
        return said

    @property
    def signature(self) -> Signature:
        """Who signs, as kept with the submission."""
        found = self.cleaned_data
        name = self.signatory.name if self.signatory is not None else found["name"]
        return Signature(name, found["role"], found.get("on") or self.today, found["reported_now"])


class ReceivedForm(NhsForm):
    """How a return reached the commissioner, from whom and when."""

    submit_label = "Start entering it"

    channel = forms.ChoiceField(
        label="How did it arrive?",
        choices=[each for each in Submission.Channel.choices if each[0] not in Submission.THEIR_OWN],
        widget=Radios,
        error_messages={"required": "Choose how it arrived"},
    )
    received_from = forms.CharField(
        label="Who sent or told it?", max_length=150, error_messages={"required": "Enter who it came from"}
    )
    received_on = DateField(label="When did it arrive?", subject="the date it arrived")

    def __init__(self, *args: Any, earliest: date, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["received_on"].earliest, self.fields["received_on"].latest = earliest, on  # type: ignore[attr-defined]


class ReturnFilter(forms.Form):
    """Filters of the list of returns, kept in the address."""

    mark_optional = False

    q = forms.CharField(label="Provider", required=False, max_length=100)
    round: Any = forms.ModelChoiceField(
        label="Round", queryset=None, required=False, to_field_name="reference", empty_label="All rounds"
    )
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All states"), *SelfAssessment.State.choices]
    )
    category = forms.ModelChoiceField(
        label="Category", queryset=Category.objects.all(), required=False, to_field_name="code", empty_label="All"
    )
    progress = forms.ChoiceField(
        label="Progress",
        required=False,
        choices=[
            ("", "All"),
            ("returned", "Returned"),
            ("late", "No return received, overdue"),
            ("extended", "Extended, not returned"),
            ("not_yet_due", "Not yet due"),
        ],
    )

    def __init__(self, *args: Any, rounds: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]

    def narrow(self, rows: Any, *, on: date) -> Any:
        """The rows that the filters leave; a filter with an unknown value is left out."""
        self.is_valid()
        found = self.cleaned_data
        for word in (found.get("q") or "").split():
            rows = rows.filter(organisation__name__icontains=word)
        for name, path in (("round", "round"), ("state", "state"), ("category", "organisation__category")):
            if found.get(name):
                rows = rows.filter(**{path: found[name]})
        match found.get("progress"):
            case "returned":
                rows = rows.returned()
            case "late" | "extended" | "not_yet_due" as progress:
                rows = getattr(rows, progress)(on=on)
        return rows


class AskColleagueForm(NhsForm):
    """Who is asked: somebody of the organisation who fills in returns."""

    submit_label = "Ask them"

    colleague: Any = forms.ModelChoiceField(
        label="Whom do you ask?", queryset=None, to_field_name="reference", empty_label="Choose a colleague",
        help_text="They get a mail with a link to this standard. It holds no answers.",
        error_messages={"required": "Choose a colleague", "invalid_choice": "Choose a colleague from the list"},
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["colleague"].queryset = people  # type: ignore[attr-defined]
