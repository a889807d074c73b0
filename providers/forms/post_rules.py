"""Which posts must be there: a rule of the commissioner's own from a day on."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from design.fields import DateField
from design.forms import NhsModelForm
from design.widgets import Checkboxes, NumberInput, Radios, TextInput
from providers.models import Category, Organisation, PostRule, ServiceQuestion
from providers.models.policy import let_hold
from providers.models.post_rules import COMMISSIONER

DAYS = "Enter a number of days from 1 to 1500"


def rules_now(commissioner: Organisation | None, *, on: date) -> dict[str, PostRule]:
    """The rule in force for each kind of post, in the order of the screen."""
    return PostRule.objects.by_kind(commissioner, on)


def category_names() -> dict[str, str]:
    """Whoever may have to have a post, by code."""
    return {COMMISSIONER: "the commissioner", **dict(Category.objects.values_list("code", "plural"))}


class PostRuleForm(NhsModelForm):
    """Who must have the post, how often it is checked, and from when that holds."""

    submit_label = "Save: it holds from that day"

    valid_from = DateField(label="Holds from", subject="the day from which it holds")

    class Meta:
        model = PostRule
        fields: ClassVar[tuple[str, ...]] = (
            "commissioner", "valid_from", "title", "wanted", "categories", "service", "statutory", "required_wte",
            "verify_days", "public",
        )  # fmt: skip
        labels = {
            "title": "What the post is called",
            "wanted": "The post must be there",
            "statutory": "Law or statutory guidance asks for it",
            "required_wte": "WTE that is required",
            "verify_days": "Days after which it must be checked again",
            "public": "Role and name stand on public pages, unless a post says otherwise",
        }
        widgets: ClassVar[dict[str, Any]] = {
            "commissioner": Radios, "required_wte": TextInput(width=5), "verify_days": NumberInput(width=4),
        }  # fmt: skip
        error_messages = {
            "commissioner": {"required": "Choose the commissioner"},
            "title": {"required": "Enter what the post is called"},
            "verify_days": {"required": DAYS, "invalid": DAYS},
            "required_wte": {"invalid": "Enter the WTE as a number like 0.6"},
        }

    def __init__(self, *args: Any, now: PostRule, commissioners: Any, on: date, **more: Any) -> None:
        initial = {name: getattr(now, name) for name in self._meta.fields or () if name != "commissioner"}
        super().__init__(*args, initial={**initial, "valid_from": on}, **more)
        for name in ("kind", "strand", "apart_from", "contact_kind", "position"):
            setattr(self.instance, name, getattr(now, name))
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]
        categories = [(COMMISSIONER, "The commissioner itself"), *Category.objects.values_list("code", "plural")]
        self.fields["categories"] = forms.MultipleChoiceField(
            label="In which organisations?", choices=categories, widget=Checkboxes(small=True), required=False
        )
        services = ServiceQuestion.objects.values_list("key", "question")
        self.fields["service"] = forms.ChoiceField(
            label="Only where this is answered yes", required=False, choices=[("", "Everywhere"), *services]
        )
        self.fields["verify_days"].validators = [MinValueValidator(1, DAYS), MaxValueValidator(1500, DAYS)]
        self.order_fields(self._meta.fields)

    def clean(self) -> dict[str, Any]:
        """After every row of its own that is set already."""
        found = super().clean() or {}
        day, whose = found.get("valid_from"), found.get("commissioner")
        own = PostRule.objects.filter(commissioner=whose, kind=self.instance.kind)
        if day and whose and (later := own.filter(valid_from__gte=day).order_by("valid_from").first()):
            self.add_error("valid_from", f"A rule from {later.valid_from:%-d %B %Y} is set already. Choose a later day")
        if found.get("wanted") and not found.get("categories"):
            self.add_error("categories", "Choose the organisations that must have the post")
        return found

    def save(self, commit: bool = True) -> Any:
        """The commissioner's rule before it ends that day and is kept."""
        rule = self.instance
        rule.categories, rule.service = self.cleaned_data["categories"], self.cleaned_data["service"]
        let_hold(rule, "kind")
        return rule
