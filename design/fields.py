"""Form fields whose messages say what to do: dates in three boxes, and long text counted as people count it."""

from calendar import month_abbr, month_name
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from design.widgets import DateInput, Textarea

MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}


class WorkbookField(forms.FileField):
    """An Excel workbook to be uploaded."""

    def __init__(self, **options: Any) -> None:
        messages = {"required": "Choose the workbook", "empty": "The file is empty. Choose the workbook again"}
        widget = forms.ClearableFileInput(attrs={"accept": ".xlsx"})
        super().__init__(widget=widget, error_messages=messages, **options)


class DateField(forms.Field):
    """A date typed as day, month, year. Months may be words.

    `subject` is how messages name it, in the middle of a sentence: "the date the action is due". `earliest` and
    `latest` may be set on the field when the form is made; both ends are allowed. An error's params hold the
    `parts` at fault, so that only those boxes are marked.
    """

    widget = DateInput

    def __init__(
        self, *, subject: str = "the date", earliest: date | None = None, latest: date | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.subject, self.earliest, self.latest = subject, earliest, latest

    def to_python(self, value: Any) -> date | None:
        """A date, None when all three boxes are empty, or a message that names the box at fault."""
        if value is None or isinstance(value, date):
            return value
        typed = [str(part or "").strip() for part in value]
        if not any(typed):
            return None
        missing = [name for name, text in zip(DateInput.parts, typed, strict=True) if not text]
        if missing:
            raise self._problem(f"must include a {' and '.join(missing)}", *missing)
        return self._real_date(*typed)

    def validate(self, value: date | None) -> None:
        """Required, and between the two ends."""
        if value is None:
            if self.required:
                raise ValidationError(f"Enter {self.subject}", code="required", params={"parts": DateInput.parts})
            return
        if self.earliest and value < self.earliest:
            raise self._problem(f"must be {_written(self.earliest)} or later")
        if self.latest and value > self.latest:
            raise self._problem(f"must be {_written(self.latest)} or earlier")

    def _real_date(self, day: str, month: str, year: str) -> date:
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise self._problem("must have a year of 4 numbers, like 2018", "year")
        month_number = MONTHS.get(month.lower()) or (int(month) if month.isascii() and month.isdigit() else 0)
        if not 1 <= month_number <= 12:
            raise self._problem("must have a month from 1 to 12", "month")
        try:
            return date(int(year), month_number, int(day))
        except ValueError:
            raise self._problem("must be a real date, like 31 3 2018") from None

    def _problem(self, what: str, *parts: str) -> ValidationError:
        subject = self.subject[:1].upper() + self.subject[1:]
        return ValidationError(f"{subject} {what}", code="invalid", params={"parts": parts or DateInput.parts})


class LongTextField(forms.CharField):
    """Several lines of text. A line end counts as one character, as the counter under the box shows it."""

    widget = Textarea

    def to_python(self, value: Any) -> str | None:
        """The text with single line ends."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
