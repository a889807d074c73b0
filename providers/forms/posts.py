"""Posts and the people in them. Whoever is put into a post may get a contact, to which letters go."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from accounts.models import Membership, User
from accounts.models.memberships import Strand
from design.fields import DateField, LongTextField
from design.widgets import TextInput
from providers.capacity import capacity_of
from providers.forms.base import RegisterForm, VerbForm
from providers.models import CapacityStatement, Contact, Organisation, Post, PostHolder
from providers.post_book import lines_of, rules_for

MOST_WTE = Decimal("1.5")
UNUSUAL = "WTE is usually more than 0 and at most 1.5. Correct it, or tick that it is right"


def unusual(wte: Decimal | None) -> bool:
    """No time at all, or more than one person has."""
    return wte is not None and (wte <= 0 or wte > MOST_WTE)


class PostForm(RegisterForm):
    """What the post is, how much of it there is, and whom its holder answers to."""

    starts_on = DateField(label="There is such a post since", subject="the day since which there is such a post")
    sure = forms.BooleanField(label="The WTE is right as it stands", required=False)
    compared = ("title", "part", "wte", "hours", "line_manager", "public", "starts_on")

    class Meta:
        model = Post
        fields: ClassVar[tuple[str, ...]] = (
            "kind", "title", "part", "strand", "wte", "hours", "line_manager", "public", "starts_on",
        )  # fmt: skip
        labels = {
            "kind": "Which post?",
            "title": "Title of the post",
            "line_manager": "Its holder answers to",
            "public": "Role and name may stand on public pages",
        }
        help_texts = {
            "title": "Leave empty to call it as the list does.",
            "part": "Only where there are several: for example “job share, Monday to Wednesday”.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "wte": TextInput(width=5), "hours": TextInput(width=5), "part": TextInput(width=20),
        }  # fmt: skip
        error_messages = {"wte": {"invalid": "Enter the WTE as a number like 0.6"}}

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = self.instance.organisation
        rules = rules_for([organisation.pk], on=on)
        self.rules = rules.of(organisation)
        asked = [rule.kind for rule in rules.asked(organisation)]
        choices = [(kind, self.rules[kind].title) for kind in asked]
        if self.instance.kind and self.instance.kind not in asked:
            choices.append((self.instance.kind, self.instance.title))
        self.fields["kind"] = forms.ChoiceField(
            label="Which post?", required=False, choices=[*choices, ("", "Another post")], initial=self.instance.kind
        )
        self.fields["title"].required = False
        self.fields["strand"].choices = [("", "No one strand"), *Strand.choices]  # type: ignore[attr-defined]
        self.fields["line_manager"].queryset = _managers(self.instance, on=on)  # type: ignore[attr-defined]
        self.fields["line_manager"].empty_label = "Nobody here"  # type: ignore[attr-defined]
        self.order_fields(("kind", "title", "part", "strand", "wte", "sure", "hours", "line_manager", "public"))

    def clean(self) -> dict[str, Any]:
        """A title from the list where none was typed; a WTE outside the usual only when somebody says so."""
        found = super().clean() or {}
        rule = self.rules.get(found.get("kind") or "")
        if not found.get("title"):
            if rule:
                found["title"] = self.instance.title = rule.title
            else:
                self.add_error("title", "Enter the title of the post")
        if unusual(found.get("wte")) and not found.get("sure"):
            self.add_error("wte", UNUSUAL)
        if not found.get("strand") and rule:
            found["strand"] = self.instance.strand = rule.strand
        if (manager := found.get("line_manager")) and _answers_to(manager, self.instance):
            self.add_error("line_manager", f"{manager} answers to this post already. Choose another")
        return found


def _managers(post: Post, *, on: date) -> Any:
    """Posts of the same organisation, and for a provider those of the commissioners that commission it."""
    whose = [post.organisation_id]
    if post.organisation.kind == Organisation.Kind.COMMISSIONER:
        others = Post.objects.open(on=on).filter(public=True, organisation__kind=Organisation.Kind.COMMISSIONER)
        return (Post.objects.open(on=on).filter(organisation__in=whose) | others).exclude(pk=post.pk)
    return Post.objects.open(on=on).filter(organisation__in=whose).exclude(pk=post.pk)


def _answers_to(one: Post, boss: Post) -> bool:
    """Would the line come back to where it began?"""
    seen, step = set(), one.line_manager
    while boss.pk and step is not None and step.pk not in seen:
        if step.pk == boss.pk:
            return True
        seen.add(step.pk)
        step = step.line_manager
    return False


def _known_at(post: Post, *, on: date) -> tuple[list[tuple[str, Contact]], list[tuple[str, User]]]:
    """Contacts by reference and people with an account by number, of the post's organisation. Two queries."""
    contacts = Contact.objects.current().filter(organisation=post.organisation_id).order_by("name", "pk")
    people = Membership.objects.live(on=on).filter(organisation=post.organisation_id).select_related("user")
    users = {str(row.user_id): row.user for row in people}
    return (
        [(each.reference, each) for each in contacts if each.name],
        sorted(users.items(), key=lambda pair: pair[1].name),
    )


class FillForm(VerbForm):
    """Who takes the post, from when, and where their letters go. Ends the time of whoever holds it now."""

    submit_label = "Save"

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Enter the name of the person"})
    starts_on = DateField(label="First day in the post", subject="the first day in the post")
    wte = forms.DecimalField(
        label="WTE held", required=False, max_digits=4, decimal_places=2, widget=TextInput(width=5),
        help_text="Leave empty when it is all of the post.", error_messages={"invalid": "Enter the WTE as a number"},
    )  # fmt: skip
    sure = forms.BooleanField(label="The WTE is right as it stands", required=False)
    letters = forms.ChoiceField(label="Where do letters to this person go?", required=False)
    email = forms.EmailField(
        label="E-mail address", required=False, max_length=254,
        error_messages={"invalid": "Enter an e-mail address like name@example.nhs.uk"},
    )  # fmt: skip
    telephone = forms.CharField(label="Telephone", required=False, max_length=40, widget=TextInput(width=20))
    user = forms.ChoiceField(label="Their account here", required=False)

    def __init__(self, *args: Any, on: date, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert isinstance(self.instance, Post)
        self.post, self.on, self.by = self.instance, on, by
        self.holder = self.post.times.filter(part="holder", ends_on__isnull=True).select_related("contact").first()
        contacts, users = _known_at(self.post, on=on)
        self.contacts, self.users = dict(contacts), dict(users)
        self._choices()
        self.fields["starts_on"].initial = on

    def _choices(self) -> None:
        known = [(key, f"{each.name}, {each.get_kind_display().lower()}") for key, each in self.contacts.items()]
        self.fields["letters"].choices = [  # type: ignore[attr-defined]
            ("", "None go to this person"), ("new", "To the address below, as a new contact"), *known,
        ]  # fmt: skip
        self.fields["user"].choices = [("", "None"), *((key, each.name) for key, each in self.users.items())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A way to reach a new contact; a usual WTE; never before the present holder began."""
        found = super().clean() or {}
        reachable = found.get("email") or found.get("telephone") or "email" in self.errors
        if found.get("letters") == "new" and not reachable:
            self.add_error("email", "Enter an e-mail address or a telephone number for the new contact")
        if unusual(found.get("wte")) and not found.get("sure"):
            self.add_error("wte", UNUSUAL)
        first = found.get("starts_on")
        if first and first < self.post.starts_on:
            self.add_error("starts_on", f"There is such a post only since {self.post.starts_on:%-d %B %Y}")
        if first and self.holder and first <= self.holder.starts_on:
            words = f"{self.holder} has held this post since {self.holder.starts_on:%-d %B %Y}. Enter a later day"
            self.add_error("starts_on", words)
        return found

    def save(self) -> PostHolder:
        """The person before leaves the day before, and gets no more letters; the new one is in the post."""
        given, contact = self.cleaned_data, self._contact()
        if self.holder:
            last, stop = given["starts_on"] - timedelta(days=1), self.holder.contact != contact
            self.holder.leave(last_day=last, expected=self.holder.version, stop_letters=stop, on=self.on)
        return PostHolder.objects.create(
            post=self.post, organisation_id=self.post.organisation_id, name=given["name"], wte=given["wte"],
            starts_on=given["starts_on"], contact=contact, user=self.users.get(given["user"]),
            verified_on=self.on, verified_by=self.by,
        )  # fmt: skip

    def _contact(self) -> Contact | None:
        given = self.cleaned_data
        if given["letters"] != "new":
            return self.contacts.get(given["letters"])
        rule = rules_for([self.post.organisation_id], on=self.on).of(self.post.organisation).get(self.post.kind)
        return Contact.objects.create(
            organisation=self.post.organisation, kind=(rule and rule.contact_kind) or Contact.Kind.SAFEGUARDING_LEAD,
            name=given["name"], job_title=str(self.post)[:150], email=given["email"], telephone=given["telephone"],
            receives_reminders=bool(given["email"]), verified_on=self.on, verified_by=self.by,
        )  # fmt: skip


class CoverForm(VerbForm):
    """Who covers the post while its holder is away, or while there is none: somebody known here, or a name."""

    known = forms.ChoiceField(
        label="Who covers it?", initial="other", error_messages={"required": "Choose who covers the post"}
    )
    name = forms.CharField(
        label="Name of somebody else", max_length=150, required=False,
        help_text="Only when they are not on the list. A person, or another post: “the deputy named nurse”.",
    )  # fmt: skip
    starts_on = DateField(label="First day", subject="the first day of the cover")
    last_day = DateField(label="Last day", subject="the last day of the cover", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert isinstance(self.instance, Post)
        self.contacts, self.users = _known_at(self.instance, on=on)
        self.fields["known"].choices = [  # type: ignore[attr-defined]
            ("other", "Somebody else: enter the name below"),
            *((f"contact:{key}", f"{each.name}, {each.get_kind_display().lower()}") for key, each in self.contacts),
            *((f"account:{key}", f"{each.name}, has an account here") for key, each in self.users),
        ]

    def clean(self) -> dict[str, Any]:
        """Somebody, and the days in order."""
        found = super().clean() or {}
        if found.get("known") == "other" and not found.get("name") and "name" not in self.errors:
            self.add_error("name", "Enter who covers the post, or choose somebody above")
        first, last = found.get("starts_on"), found.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day must not be before the first day")
        return found

    def save(self, *, by: User, on: date) -> PostHolder:
        """The post is covered; it stays vacant or held as it was."""
        assert isinstance(self.instance, Post)
        given = self.cleaned_data
        end = given["last_day"] + timedelta(days=1) if given["last_day"] else None
        what, _, key = given["known"].partition(":")
        contact = dict(self.contacts).get(key) if what == "contact" else None
        user = dict(self.users).get(key) if what == "account" else None
        somebody = contact or user
        return PostHolder.objects.create(
            post=self.instance, organisation_id=self.instance.organisation_id, part=PostHolder.Part.COVER,
            name=somebody.name if somebody else given["name"], contact=contact, user=user,
            starts_on=given["starts_on"], ends_on=end, verified_on=on, verified_by=by,
        )  # fmt: skip


class LeaveForm(VerbForm):
    """The last day of somebody in a post, the notice they gave, and who comes after them."""

    submit_label = "Save"

    last_day = DateField(label="Last day in the post", subject="the last day in the post", required=False)
    notice_on = DateField(label="Notice given on", subject="the day notice was given", required=False)
    successor = forms.CharField(label="Who comes after them, if known", max_length=150, required=False)
    stop_letters = forms.BooleanField(
        label="Letters to their address stop with it", required=False, initial=True,
        help_text="Their contact ends once the last day is over.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert isinstance(self.instance, PostHolder)
        self.holder = self.instance
        for name in ("last_day", "notice_on", "successor"):
            self.fields[name].initial = getattr(self.holder, name)
        if self.holder.part == PostHolder.Part.COVER:
            # Whoever covers a post has their own contact for a post of their own: it stays.
            for name in ("notice_on", "successor", "stop_letters"):
                del self.fields[name]
            box = self.fields["last_day"]
            box.label, box.required = "Last day of the cover", True
            box.error_messages["required"] = "Enter the last day of the cover"

    def clean(self) -> dict[str, Any]:
        """Something to save; not before the first day."""
        found = super().clean() or {}
        last, notice = found.get("last_day"), found.get("notice_on")
        if last and last < self.holder.starts_on:
            began = f"{self.holder.starts_on:%-d %B %Y}"
            self.add_error("last_day", f"{self.holder} began on {began}. The last day must not be before it")
        if not self.errors and not (last or notice or found.get("successor")):
            self.add_error("last_day", "Enter the last day, or the day notice was given")
        return found

    def save(self, *, on: date) -> None:
        """Notice and successor are kept; with a last day the post falls vacant after it."""
        given = self.cleaned_data
        self.holder.change(
            expected=self.expected, notice_on=given.get("notice_on"), successor=given.get("successor", ""), ends_on=None
        )
        if given["last_day"]:
            stop = given.get("stop_letters", False)
            self.holder.leave(last_day=given["last_day"], expected=self.holder.version, stop_letters=stop, on=on)


class ClosePostForm(VerbForm):
    """There is no such post any more."""

    submit_label, ends_something = "Close this post", True
    last_day = DateField(label="Last day of the post", subject="the last day of the post")

    def clean(self) -> dict[str, Any]:
        """Not before it began, and not while somebody is in it."""
        found = super().clean() or {}
        assert isinstance(self.instance, Post)
        if last := found.get("last_day"):
            if last < self.instance.starts_on:
                self.add_error("last_day", "The last day must not be before the post began")
            elif self.instance.times.exclude(ends_on__lte=last + timedelta(days=1)).exists():
                self.add_error("last_day", "Somebody is in this post after that day. Give them a last day first")
        return found

    def save(self) -> None:
        """Its history stays."""
        self.record.change(expected=self.expected, ends_on=self.cleaned_data["last_day"] + timedelta(days=1))


class CapacityForm(VerbForm):
    """What the commissioner says of its own capacity today (R23)."""

    submit_label = "Keep this statement"
    words = LongTextField(
        label="Statement", max_length=3000,
        help_text="Is there enough time and knowledge for the work? What is missing, and what is done about it?",
        error_messages={"required": "Enter the statement"},
    )  # fmt: skip

    def save(self, *, by: User, on: date) -> CapacityStatement:
        """With the figures of the day; what was stated before stays."""
        assert isinstance(self.instance, Organisation)
        rows = capacity_of(lines_of([self.instance], on=on))
        names = ("required", "established", "held")
        figures = [
            {"post": row.title, **{name: _text(getattr(row, name)) for name in names}, "state": row.state}
            for row in rows
        ]
        return CapacityStatement.objects.create(
            commissioner=self.instance, stated_on=on, words=self.cleaned_data["words"], figures=figures, stated_by=by
        )


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
