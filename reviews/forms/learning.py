"""Writing, publishing and passing on learning, and answering it. What would let a case be known is refused by its box.

The identifiable-data guard looks at every text as on every form; here the review's own names are asked after as well.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from accounts.capabilities import Can
from accounts.models import User
from accounts.models.memberships import Strand
from design.fields import DateField, LongTextField
from design.widgets import Checkboxes, Radios
from providers.models import Category, Organisation
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm, WithdrawForm
from reviews.media import KINDS, MEDIA, STAFF_GROUPS, STATES
from reviews.models import Learning, Review, ReviewTheme
from reviews.models.learning import HAPPENED, LINE, LINES, LINKS, MATTERS, TITLE, lines

WORDS = ("title", "happened", "matters", "to_do", "questions", "links")
PLAIN = (*WORDS, "kind", "strands", "themes", "categories", "staff_groups", "action_needed", "answer_by", "review")
GENERAL = "General words only: nothing by which somebody could know the case."
# A day of one event, and somebody under a pseudonym or a title.
A_DAY = re.compile(
    r"\b(\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December) \d{4})\b",
    re.IGNORECASE,
)
SOMEBODY = re.compile(r"\b((?:Adult|Child|Baby|Mr|Mrs|Ms|Miss) [A-Z][a-z]*)\b")
NO_SOMEBODY = frozenset(
    {"Adult Social", "Child Protection", "Child Safeguarding", "Child Sexual", "Adult Safeguarding"}
)


def telling(text: str, review: Review | None) -> Iterator[str]:
    """What in a text could let the case be known: the review's own names, a day, somebody under a pseudonym."""
    own = (review.pseudonym, review.local_reference, review.steis_number, review.reference) if review else ()
    yield from (name for name in own if name and name.lower() in text.lower())
    yield from (found[1] for found in A_DAY.finditer(text))
    yield from (found[1] for found in SOMEBODY.finditer(text) if found[1] not in NO_SOMEBODY)


class ListOfLines(LongTextField):
    """So many lines of so many letters: one thing on each."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(max_length=most * (LINE + 1), **options)
        self.most = most

    def clean(self, value: Any) -> str:
        """The lines that are written, each within its length."""
        found = lines(super().clean(value) or "")
        if len(found) > self.most:
            raise forms.ValidationError(f"Enter {self.most} lines at most, so that the briefing stays on one page")
        if long := next((line for line in found if len(line) > LINE), None):
            raise forms.ValidationError(f"Shorten the line that begins “{long[:40]}” to {LINE} letters")
        return "\n".join(found)


def _ticks(label: str, **options: Any) -> Any:
    return forms.MultipleChoiceField(label=label, widget=Checkboxes(small=True), **options)


class LearningForm(RecordForm):
    """What was learnt, in general words that fit on one side of A4."""

    submit_label = "Save this learning"
    compared = WORDS
    kind = forms.ChoiceField(
        label="Kind", choices=list(KINDS.items()), widget=Radios(inline=True),
        error_messages={"required": "Choose whether it is a lesson or good practice"},
    )  # fmt: skip
    title = forms.CharField(
        label="Title", max_length=TITLE, help_text=GENERAL, error_messages={"required": "Enter a title"}
    )
    happened = LongTextField(
        label="What happened, in general words", max_length=HAPPENED,
        help_text="What often goes wrong, or well, as it could happen anywhere. " + GENERAL,
        error_messages={"required": "Enter what happened, in general words"},
    )  # fmt: skip
    matters = LongTextField(
        label="Why it matters", max_length=MATTERS, error_messages={"required": "Enter why it matters"}
    )
    to_do = ListOfLines(
        most=LINES, label="What to do",
        help_text=f"One thing on each line: {LINES} lines at most, each of {LINE} letters at most.",
        error_messages={"required": "Enter at least one thing to do"},
    )  # fmt: skip
    questions = ListOfLines(
        most=LINES, label="Questions for the team", required=False,
        help_text=f"One on each line: {LINES} lines at most, each of {LINE} letters at most.",
    )  # fmt: skip
    links = ListOfLines(
        most=LINKS, label="Where to read more", required=False,
        help_text=f"One on each line, words and then the address: {LINKS} lines at most. For example: NICE guidance "
        "https://www.nice.org.uk/guidance/ng189",
    )  # fmt: skip
    themes = _ticks("Themes", required=False)
    strands = _ticks("About", choices=Strand.choices, error_messages={"required": "Choose whom it is about"})
    categories = _ticks("Which providers is it for?", error_messages={"required": "Choose whom it is for"})
    staff_groups = _ticks("Which staff is it for?", choices=list(STAFF_GROUPS.items()), required=False)
    action_needed = forms.BooleanField(
        label="Action needed: ask each of these providers to say what it will do", required=False
    )
    answer_by = DateField(label="Answer by", subject="the day by which they answer", required=False)
    review = forms.ModelChoiceField(
        Review.objects.none(), label="The review it comes from", required=False, to_field_name="reference",
        empty_label="None, or one that is not in the register",
        help_text="Only people on its list see it here, and only they see this draft. It is never published.",
    )  # fmt: skip

    def __init__(self, *args: Any, commissioner: Organisation, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = ReviewTheme.objects.worded_for(commissioner, on).values_list("code", "label")
        self._offer("themes", words)
        self._offer("categories", Category.objects.filter(assured=True).values_list("code", "plural"))
        mine = Review.objects.permitted(user, Can.SEE_REVIEW).filter(commissioner=commissioner)
        self.fields["review"].queryset = mine  # type: ignore[attr-defined]
        self.fields["answer_by"].earliest = on  # type: ignore[attr-defined]
        if self.record is not None:
            for name in PLAIN:
                value = getattr(self.record, name)
                self.fields[name].initial = getattr(value, "reference", value)

    def _offer(self, name: str, choices: Any) -> None:
        held = getattr(self.record, name, [])
        found = list(choices)
        self.fields[name].choices = [*found, *((code, code) for code in held if code not in dict(found))]  # type: ignore[attr-defined]

    def clean_links(self) -> str:
        """Each line ends with an address of the web."""
        given: str = self.cleaned_data["links"]
        for line in lines(given):
            if not re.search(r"(?:^|\s)https?://\S+\.\S+$", line):
                raise forms.ValidationError(f"End the line “{line[:40]}” with an address that begins with https://")
        return given

    def clean(self) -> dict[str, Any]:
        """No word by which the case could be known; a day where an answer is asked."""
        given = super().clean() or self.cleaned_data
        for name in WORDS:
            if found := next(telling(given.get(name) or "", given.get("review")), None):
                self.add_error(name, f"Leave out “{found}”: it could let the case be known")
        if given.get("action_needed") and not given.get("answer_by") and "answer_by" not in self.errors:
            self.add_error("answer_by", "Enter the day by which providers answer")
        return given

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        given = {name: self.cleaned_data[name] for name in PLAIN}
        return given | {"answer_by": given["answer_by"] if given["action_needed"] else None}


class PublishForm(RecordForm):
    """Read by a person other than the writer, then published."""

    submit_label = "Publish this learning"
    untied = forms.BooleanField(
        label="Nothing in these words lets anybody know the case, so it can be published before the review is",
        required=False,
    )
    read = forms.BooleanField(
        label="I have read it all. No person, place, age or date in it lets a case be known.",
        error_messages={"required": "Read it and tick the box, or send it back to its writer"},
    )

    def __init__(self, *args: Any, record: Learning, on: date, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        if not record.held_back(on):
            del self.fields["untied"]


class WithdrawLearningForm(WithdrawForm):
    """Why it is taken back."""

    submit_label = "Withdraw this learning"


class PassOnForm(RecordForm):
    """It was passed on: how, when, to whom."""

    submit_label = "Record it"
    medium = forms.ChoiceField(
        label="How", choices=list(MEDIA.items()), widget=Radios(), error_messages={"required": "Choose how"}
    )
    on = DateField(label="On", subject="the day", error_messages={"required": "Enter the day"})
    categories = _ticks("To which providers", error_messages={"required": "Choose at least one"})
    staff_groups = _ticks("To which staff", choices=list(STAFF_GROUPS.items()), required=False)
    attendance = forms.IntegerField(
        label="How many came", min_value=0, max_value=100_000, required=False, help_text="For an event only."
    )
    note = forms.CharField(label="Note", max_length=A_REASON, required=False, help_text=NO_PATIENTS)

    def __init__(self, *args: Any, learning: Learning, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_these = Category.objects.filter(assured=True).values_list("code", "plural")
        self.fields["categories"].choices = list(for_these)  # type: ignore[attr-defined]
        self.fields["categories"].initial = learning.categories
        self.fields["staff_groups"].initial = learning.staff_groups
        self.fields["on"].latest = today  # type: ignore[attr-defined]
        self.fields["on"].initial = today

    def clean(self) -> dict[str, Any]:
        """How many came is of an event."""
        given = super().clean() or self.cleaned_data
        if given.get("attendance") is not None and given.get("medium") not in (None, "event"):
            self.add_error("attendance", "Only an event has people who came. Choose “Event”, or leave this empty")
        return given

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        return {name: self.cleaned_data[name] for name in self.fields if name not in ("form_token", "version")}


class AnswerForm(RecordForm):
    """A provider has read it and says what it does."""

    submit_label = "Send this answer"
    text = LongTextField(
        label="We have read this and will…", max_length=500, help_text=NO_PATIENTS,
        error_messages={"required": "Enter what you will do"},
    )  # fmt: skip


class LearningFilter(forms.Form):
    """What of the learning is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Words", required=False, max_length=60)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *KINDS.items()])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), *STATES.items()])
    answers = forms.ChoiceField(
        label="Action", required=False, choices=[("", "All"), ("needed", "Action needed"), ("none", "To be read only")]
    )

    def chosen(self, rows: Any) -> Any:
        """The learning that fits; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        if words := given.get("q"):
            rows = rows.filter(title__icontains=words)
        for name in ("kind", "state"):
            if value := given.get(name):
                rows = rows.filter(**{name: value})
        if answers := given.get("answers"):
            rows = rows.filter(action_needed=answers == "needed")
        return rows
