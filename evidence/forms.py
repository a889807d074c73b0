"""Forms for evidence. ``UploadForm`` is the base of every form with a file, in this app and above.

    form = UploadForm(request.POST or None, request.FILES or None, refused=refused_upload(request))
    if form.is_valid() and (version := form.take_in(commissioner=…, organisation=…, by=…, at=…)): …
    return page(request, template, form, status=form.status)

A file that is not taken is said at its box; ``status`` is then 413, 415 or 422, and everything typed is still there.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms

from design.fields import DateField, LongTextField
from design.forms import NhsForm
from evidence.file_types import ACCEPTED
from evidence.intake import take_in
from evidence.models import EvidenceItem, EvidenceVersion
from evidence.refusals import WORDS, NotAccepted
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User

NO_NAMES = "Do not send anything that names a patient, a child, a family or a member of staff in a case."
FILE_HINT = (
    "PDF, Word, Excel, PowerPoint, PNG, JPEG, CSV or text, up to 25 MB. Pictures are saved without hidden details such "
    f"as where they were taken. {NO_NAMES}"
)
HOLDS_UNTIL_HINT = "For example the review date of a policy or the end of a certificate, like 31 3 2018."


class UploadField(forms.FileField):
    """A file's box whose messages say what to do."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "File")
        options.setdefault("help_text", FILE_HINT)
        options.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPTED}))
        super().__init__(**options)
        self.error_messages |= {
            "required": "Choose the file",
            "empty": WORDS["empty"][0],
            "invalid": "Choose the file again: it did not arrive",
            "missing": "Choose the file again: it did not arrive",
        }


class HoldsUntilField(DateField):
    """Until when the evidence holds; may be left empty."""

    def __init__(self, **options: Any) -> None:
        options = {"label": "Holds until", "help_text": HOLDS_UNTIL_HINT, "required": False, **options}
        super().__init__(subject="the date until which it holds", **options)


class UploadForm(NhsForm):
    """A file, what it is called here and until when it holds."""

    submit_label = "Add the file"
    enctype = "multipart/form-data"

    file = UploadField()
    title = forms.CharField(
        label="What it is",
        max_length=200,
        help_text="How colleagues and the commissioner will know it, like “Safeguarding children policy”.",
        error_messages={"required": "Enter what it is"},
    )
    valid_until = HoldsUntilField()

    def __init__(self, *args: Any, refused: NotAccepted | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status: int | None = None
        self.refused = refused
        if refused is not None:
            self.fields["file"].required = False

    def clean(self) -> dict[str, Any]:
        """A file that was not kept while it streamed in is said at its box."""
        cleaned = super().clean() or self.cleaned_data
        if self.refused is not None:
            self.refuse(self.refused)
        return cleaned

    def refuse(self, problem: NotAccepted) -> None:
        """Say at the box why the file was not taken, and answer with the problem's status."""
        self.add_error("file", str(problem))
        if problem.doubt is not None:
            self.doubts["file"] = problem.doubt
        self.status = problem.status

    def take_in(self, *, by: "User", at: datetime, **where: Any) -> EvidenceVersion | None:
        """Take the file in as the pipeline does, or say at the box why not and return None."""
        try:
            return take_in(
                self.cleaned_data["file"],
                title=self.cleaned_data.get("title", ""),
                valid_until=self.cleaned_data.get("valid_until"),
                by=by,
                at=at,
                **where,
            )
        except NotAccepted as problem:
            self.refuse(problem)
            return None


class WhoseField(forms.ModelChoiceField):
    """The organisation that it is about and the commissioner that it is for: one live contract (hazard 29)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Arrangement.objects.none(),
            label="Whose it is, and for whom",
            to_field_name="reference",
            empty_label="Choose",
            error_messages={
                "required": "Choose whose it is",
                "invalid_choice": "Choose one of the list: this one is no longer there",
            },
            **options,
        )

    def label_from_instance(self, contract: Any) -> str:
        """Both names."""
        return f"{contract.organisation}, for {contract.commissioner}"


class ChoosesWhose(NhsForm):
    """Adds the choice of organisation and commissioner; the only one there is, is chosen already."""

    whose = WhoseField()

    def offer(self, user: "User", can: Any, *, on: date) -> None:
        """Offer the live contracts on which the person may do this."""
        contracts = Arrangement.objects.permitted(user, can, on=on).live(on=on)
        contracts = contracts.select_related("organisation", "commissioner")
        field = self.fields["whose"]
        field.queryset = contracts  # type: ignore[attr-defined]
        first = list(contracts[:2])
        self.has_choice = bool(first)
        if len(first) == 1:
            field.initial, field.empty_label = first[0].reference, None  # type: ignore[attr-defined]

    @property
    def place(self) -> dict[str, Organisation]:
        """The chosen commissioner and organisation, by name."""
        contract = self.cleaned_data["whose"]
        return {"commissioner": contract.commissioner, "organisation": contract.organisation}


class AddFileForm(UploadForm, ChoosesWhose):  # type: ignore[misc]
    """A file into the library."""

    field_order = ["whose", "file", "title", "valid_until"]

    def save(self, *, by: "User", at: datetime) -> EvidenceItem | None:
        """The item, new or already held; None when the file was not taken."""
        version = self.take_in(**self.place, by=by, at=at)
        self.already_held = bool(version and version.already_held)
        return version.item if version else None


class AddOtherForm(ChoosesWhose):
    """What a link and something seen on site share."""

    status: int | None = None
    already_held = False
    title = forms.CharField(label="What it is", max_length=200, error_messages={"required": "Enter what it is"})
    valid_until = HoldsUntilField()

    def about(self) -> dict[str, Any]:
        """What every item says of itself."""
        return {**self.place, "title": self.cleaned_data["title"], "valid_until": self.cleaned_data["valid_until"]}


class AddLinkForm(AddOtherForm):
    """A public page."""

    submit_label = "Add the link"
    field_order = ["whose", "address", "title", "valid_until"]
    address = forms.URLField(
        label="Address of the page",
        max_length=500,
        assume_scheme="https",
        help_text="A page that anybody can open, like a policy on your website.",
        error_messages={"required": "Enter the address", "invalid": "Enter an address like https://www.example.nhs.uk"},
    )

    def save(self, *, by: "User", at: datetime) -> EvidenceItem:
        """The new item."""
        return EvidenceItem.objects.add_link(self.cleaned_data["address"], **self.about(), by=by, at=at)


class AddSeenForm(AddOtherForm):
    """Something shown on site and not kept here."""

    submit_label = "Add what was seen"
    field_order = ["whose", "title", "seen_where", "valid_until"]
    seen_where = forms.CharField(
        label="Where, when and by whom it was seen",
        max_length=300,
        help_text="Like “Ward 4, 3 May 2017, by the designated nurse”. No names of patients.",
        error_messages={"required": "Enter where, when and by whom it was seen"},
    )

    def save(self, *, by: "User", at: datetime) -> EvidenceItem:
        """The new item."""
        return EvidenceItem.objects.add_seen(self.cleaned_data["seen_where"], **self.about(), by=by, at=at)


# Each has offer() and save().
ADD_FORMS: dict[str, Any] = {
    "file": AddFileForm,
    "link": AddLinkForm,
    "seen": AddSeenForm,
}


class NewVersionForm(UploadForm):
    """The next version of an item: the title stays, the date is the new file's own."""

    submit_label = "Add this version"
    title = None  # type: ignore[assignment]


class HoldsUntilForm(NhsForm):
    """A new date, or none."""

    valid_until = HoldsUntilField()


class WithdrawForm(NhsForm):
    """Why an item is taken back."""

    submit_label, ends_something = "Withdraw it", True
    reason = LongTextField(
        label="Why is it withdrawn?",
        max_length=300,
        help_text="Those who used it read this. Do not repeat here what should not have been sent.",
        error_messages={"required": "Enter why it is withdrawn"},
    )
    holds_case_detail = forms.BooleanField(
        label="It holds details of a person or a case. Nobody may open it any more.", required=False
    )


class ScanFilter(forms.Form):
    """Which of the files that the scanner holds back are shown; sent by GET."""

    mark_optional = False

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Waiting or refused"), ("waiting", "Waiting"), ("refused", "Refused")],
    )


class LibraryFilter(forms.Form):
    """What of the library is shown; sent by GET."""

    mark_optional = False

    q = forms.CharField(label="Words in the title or the file’s name", required=False, max_length=100)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "In use now"),
            ("expired", "Past its date"),
            ("no-date", "Without a date"),
            ("withdrawn", "Withdrawn"),
            ("all", "Everything"),
        ],
    )
    used = forms.ChoiceField(
        label="Used", required=False, choices=[("", "Used or not"), ("yes", "Used"), ("no", "Not used")]
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", required=False, to_field_name="reference", empty_label="All"
    )

    def offer(self, items: Any) -> None:
        """Offer the organisations of these items; with one there is nothing to choose."""
        whose = Organisation.objects.filter(pk__in=items.order_by().values("organisation")).order_by("name")
        if whose[:2].count() < 2:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
