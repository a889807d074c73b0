"""Every kind of field as html: the design system's classes, ids that lead to each other, and what was typed."""

from datetime import date
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from lxml import html

from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.layout import SubmitButton
from design.widgets import Radios, TextInput
from tests.design.gallery import EveryField

TYPED = {
    "name": "Ann Example", "staff": "12", "reference": "17", "narrative": "A policy.", "category": "gp", "grade": "a",
    "agreed": "n", "strands": ["c", "a"], "due_on_day": "31", "due_on_month": "March", "due_on_year": "2018",
    "declared": "on", "password": "secret",
}  # fmt: skip


def drawn(form: forms.BaseForm) -> Any:
    return html.fromstring(render_crispy_form(form))


def box(page: Any, field: str) -> Any:
    """The form group of one field."""
    return page.get_element_by_id(f"div_id_{field}")


def described(page: Any, element: Any) -> list[str]:
    """The text of everything that describes an element, so that a reference to nothing fails."""
    return [page.get_element_by_id(one).text_content().strip() for one in element.get("aria-describedby", "").split()]


@pytest.fixture
def empty() -> Any:
    return drawn(EveryField({}, {}))


@pytest.mark.parametrize(
    ("field", "selector", "classes"),
    [
        ("name", "input", "nhsuk-input nhsuk-input--error"),
        ("narrative", "textarea", "nhsuk-textarea nhsuk-textarea--error nhsuk-js-character-count"),
        ("category", "select", "nhsuk-select nhsuk-select--error"),
        ("evidence", "input", "nhsuk-file-upload__input"),
        (
            "password", "input",
            "nhsuk-input nhsuk-password-input__input nhsuk-js-password-input-input nhsuk-input--error",
        ),
    ],
)  # fmt: skip
def test_box_with_an_error_is_labelled_described_and_marked(
    empty: Any, field: str, selector: str, classes: str
) -> None:
    group = box(empty, field)
    (control,) = group.findall(f".//{selector}")
    label = next(one for one in empty.iter("label") if one.get("for") == control.get("id"))
    wanted = EveryField().fields[field]
    assert control.get("class") == classes
    assert label.text_content() == wanted.label
    assert described(empty, control)[-1] == f"Error: {wanted.error_messages['required']}"
    assert "nhsuk-form-group--error" in group.get("class").split()
    assert control.get("required") is None


def test_hint_comes_before_the_error_in_the_description(empty: Any) -> None:
    control = empty.get_element_by_id("id_name")
    assert described(empty, control) == ["As on the professional register", "Error: Enter the designated nurse"]


def test_text_area_counts_down_instead_of_cutting_off(empty: Any) -> None:
    group, control = box(empty, "narrative"), empty.get_element_by_id("id_narrative")
    assert group.get("data-module") == "nhsuk-character-count"
    assert group.get("data-maxlength") == "2000"
    assert control.get("maxlength") is None
    assert described(empty, control)[0] == "You can enter up to 2000 characters"


@pytest.mark.parametrize("field", ["grade", "agreed", "strands", "due_on"])
def test_group_has_a_legend_and_its_errors_describe_the_fieldset(empty: Any, field: str) -> None:
    fieldset = box(empty, field).find("fieldset")
    wanted = EveryField().fields[field]
    errors = [f"Error: {wanted.error_messages['required']}"] if field != "due_on" else [
        "Error: Enter the date the action is due"
    ]  # fmt: skip
    legend = fieldset.find("legend").text_content().split()
    assert " ".join(legend) == wanted.label + ("" if wanted.required else " (optional)")
    assert [text for text in described(empty, fieldset) if text.startswith("Error")] == (
        errors if wanted.required else []
    )


def test_option_hints_describe_their_own_radio(empty: Any) -> None:
    radios = box(empty, "grade").findall(".//input")
    assert [described(empty, radio) for radio in radios] == [
        ["All of it is in place and we have seen it."], ["Some of it is in place."], ["It is not in place."],
    ]  # fmt: skip
    assert [radio.get("class") for radio in radios] == ["nhsuk-radios__input"] * 3


def test_inline_small_and_divider_change_only_their_group(empty: Any) -> None:
    inline = box(empty, "agreed").xpath(".//div[@data-module='nhsuk-radios']")[0]
    column = box(empty, "grade").xpath(".//div[@data-module='nhsuk-radios']")[0]
    dividers = empty.xpath("//div[@class='nhsuk-checkboxes__divider']")
    assert inline.get("class") == "nhsuk-radios nhsuk-radios--small nhsuk-radios--inline"
    assert column.get("class") == "nhsuk-radios"
    assert [one.text for one in dividers] == ["or"]


def test_single_checkbox_is_labelled_by_its_own_words(empty: Any) -> None:
    control = empty.get_element_by_id("id_declared")
    assert control.get("class") == "nhsuk-checkboxes__input"
    assert control.getnext().text == "I declare that this is true"
    assert described(empty, control) == ["Your name is printed on the receipt.", "Error: Confirm the declaration"]


def test_unit_stands_beside_its_box_and_is_not_read_twice(empty: Any) -> None:
    suffix = box(empty, "staff").xpath(".//div[@class='nhsuk-input-wrapper__suffix']")[0]
    prefix = box(empty, "reference").xpath(".//div[@class='nhsuk-input-wrapper__prefix']")[0]
    assert (prefix.text, prefix.get("aria-hidden")) == ("SA", "true")
    assert (suffix.text, suffix.get("aria-hidden")) == ("people", "true")
    assert empty.get_element_by_id("id_staff").get("class") == "nhsuk-input nhsuk-input--width-4"


def test_everything_typed_is_shown_again_except_the_password() -> None:
    page = drawn(EveryField(TYPED, {}))
    checked = [one.get("value") for one in page.xpath("//input[@checked]")]
    dates = [one.get("value") for one in box(page, "due_on").findall(".//input")]
    assert page.get_element_by_id("id_name").get("value") == "Ann Example"
    assert page.get_element_by_id("id_narrative").text.strip() == "A policy."
    assert page.xpath("//option[@selected]")[0].get("value") == "gp"
    assert checked == ["a", "n", "c", "a", None]
    assert dates == ["31", "March", "2018"]
    assert page.get_element_by_id("id_password").get("value") is None


def test_valid_form_has_no_mark_of_an_error() -> None:
    form = EveryField(TYPED, {"evidence": SimpleUploadedFile("policy.pdf", b"%PDF")})
    page = render_crispy_form(form)
    assert form.is_valid()
    assert "error" not in page
    assert form.cleaned_data["due_on"] == date(2018, 3, 31)


def test_summary_links_to_the_box_at_fault_and_names_hidden_and_whole_form_errors() -> None:
    form = EveryField({**TYPED, "due_on_month": ""}, {})
    form.add_error(None, "The return was already sent")
    form.add_error("version", "The page is out of date")
    page = drawn(form)
    lines = page.xpath("//div[@class='nhsuk-error-summary__body']//li")
    assert [(one.text_content(), one.xpath("string(a/@href)")) for one in lines] == [
        ("The return was already sent", ""),
        ("The page is out of date", ""),
        ("The date the action is due must include a month", "#id_due_on_month"),
        ("Choose a file", "#id_evidence"),
    ]
    assert page.xpath("string(//h2[@class='nhsuk-error-summary__heading'])") == "There is a problem"


def test_summary_of_radios_leads_to_the_first_of_them(empty: Any) -> None:
    assert empty.xpath("//a[@href='#id_grade_0']/text()") == ["Choose a grade"]
    assert empty.get_element_by_id("id_grade_0").get("type") == "radio"


def test_summary_is_drawn_once_for_each_form() -> None:
    page = Template("{% load nhsuk crispy_forms_tags %}{% error_summary form %}<h1>A</h1>{% crispy form %}")
    text = page.render(Context({"form": EveryField({}, {})}))
    assert text.count("There is a problem") == 1
    assert text.index("There is a problem") < text.index("<h1>")


class Person(forms.Form):
    name = forms.CharField(label="Name", error_messages={"required": "Enter a name"})
    story = LongTextField(label="Story", required=False)


def test_one_field_by_include_and_by_tag_are_the_same() -> None:
    included = Template('{% include "nhsuk/field.html" with field=form.name %}').render(Context({"form": Person()}))
    tagged = Template("{% load design %}{% field form.name %}").render(Context({"form": Person()}))
    assert included.strip() == tagged.strip()
    assert 'for="id_name"' in tagged


def test_layout_draws_fieldset_and_buttons() -> None:
    form = Person()
    form.helper = FormHelper()
    form.helper.layout = Layout(
        Fieldset("Who", "name"),
        "story",
        ButtonHolder(Submit("go", "Save"), SubmitButton("{{ Leave }}", variant="secondary")),
    )
    page = drawn(form)
    buttons = page.findall(".//button")
    assert page.find(".//legend").text == "Who"
    assert [one.get("class") for one in buttons] == ["nhsuk-button", "nhsuk-button nhsuk-button--secondary"]
    assert [one.text for one in buttons] == ["Save", "{{ Leave }}"]
    assert [(one.get("name"), one.get("value")) for one in buttons] == [("go", "Save"), (None, None)]


def test_formset_draws_each_form_and_one_summary() -> None:
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "Ann", "form-1-story": "Words"}
    people = forms.formset_factory(Person)(data)
    page = html.fromstring(f"<div>{render_crispy_form(people, FormHelper())}</div>")
    assert page.xpath("//a[starts-with(@href, '#id_form')]/@href") == ["#id_form-1-name"]
    assert page.get_element_by_id("id_form-0-name").get("value") == "Ann"
    assert page.get_element_by_id("id_form-TOTAL_FORMS").get("type") == "hidden"


def test_form_sent_by_get_never_says_optional() -> None:
    form = Person()
    form.helper = FormHelper()
    form.helper.form_method = "get"
    assert "(optional)" not in render_crispy_form(form)
    assert "(optional)" in render_crispy_form(Person())


def test_label_may_be_the_heading_or_hidden() -> None:
    form = Person()
    form.fields["name"].widget.page_heading = True
    form.fields["name"].widget.label_size = "l"
    form.fields["story"].widget.label_hidden = True
    page = drawn(form)
    assert page.find(".//h1/label").get("class") == "nhsuk-label nhsuk-label--l"
    assert "nhsuk-u-visually-hidden" in box(page, "story").find("label").get("class").split()


def test_disabled_field_cannot_be_typed_into() -> None:
    form = EveryField()
    for name in ("name", "grade", "due_on"):
        form.fields[name].disabled = True
    page = drawn(form)
    controls = [one for name in ("name", "grade", "due_on") for one in box(page, name).findall(".//input")]
    assert len(controls) == 7
    assert all(one.get("disabled") is not None for one in controls)


def test_words_of_a_person_are_escaped_everywhere() -> None:
    class Hostile(forms.Form):
        one = forms.ChoiceField(
            label="<i>", help_text="<i>", choices=[("<i>", "<i>")], widget=Radios(hints={"<i>": "<i>"})
        )
        two = forms.CharField(label="<i>", widget=TextInput(prefix="<i>", suffix="<i>"))
        three = forms.BooleanField(label="<i>", help_text="<i>")
        four = DateField(label="<i>", help_text="<i>")
        five = LongTextField(label="<i>", help_text="<i>")
        six = forms.CharField(label="<i>", widget=forms.PasswordInput(render_value=True))
        seven = forms.ChoiceField(label="<i>", choices=[("<i>", "<i>")])
        eight = forms.FileField(label="<i>", help_text="<i>")

    date_typed = dict.fromkeys(("four_day", "four_month", "four_year"), "<i>")
    form = Hostile({**dict.fromkeys(("one", "two", "five", "six", "seven"), "<i>x"), **date_typed})
    for name in form.fields:
        form.add_error(name, "<i>")
    text = render_crispy_form(form)
    assert "<i>" not in text
    assert text.count("&lt;i&gt;") == 46


def test_widget_the_pack_cannot_draw_is_refused() -> None:
    class Odd(forms.Form):
        moment = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="SplitDateTimeWidget"):
        render_crispy_form(Odd())


@pytest.mark.parametrize(
    ("typed", "message", "wrong"),
    [
        (("", "", ""), "Enter the visit date", ["day", "month", "year"]),
        (("3", "", "2018"), "The visit date must include a month", ["month"]),
        (("", "", "2018"), "The visit date must include a day and month", ["day", "month"]),
        (("3", "5", "18"), "The visit date must have a year of 4 numbers, like 2018", ["year"]),
        (("3", "13", "2018"), "The visit date must have a month from 1 to 12", ["month"]),
        (("3", "Mai", "2018"), "The visit date must have a month from 1 to 12", ["month"]),
        (("31", "2", "2018"), "The visit date must be a real date, like 31 3 2018", ["day", "month", "year"]),
        (("x", "2", "2018"), "The visit date must be a real date, like 31 3 2018", ["day", "month", "year"]),
        (("31", "3", "0000"), "The visit date must be a real date, like 31 3 2018", ["day", "month", "year"]),
        (("31", "3", "2017"), "The visit date must be 1 April 2017 or later", ["day", "month", "year"]),
        (("1", "4", "2018"), "The visit date must be 31 March 2018 or earlier", ["day", "month", "year"]),
    ],
)
def test_date_says_what_is_wrong_and_marks_only_that(typed: tuple[str, ...], message: str, wrong: list[str]) -> None:
    class Visit(forms.Form):
        on = DateField(subject="the visit date", earliest=date(2017, 4, 1), latest=date(2018, 3, 31))

    form = Visit(dict(zip(("on_day", "on_month", "on_year"), typed, strict=True)))
    boxes = box(drawn(form), "on").findall(".//input")
    assert form.errors == {"on": [message]}
    assert [one.get("name").removeprefix("on_") for one in boxes if "nhsuk-input--error" in one.get("class")] == wrong
    assert [one.get("value") for one in boxes] == list(typed)


@pytest.mark.parametrize("month", ["3", "03", "mar", "March", " MARCH "])
def test_date_is_read_however_the_month_is_written(month: str) -> None:
    assert DateField().clean(["1", month, "2018"]) == date(2018, 3, 1)


def test_date_shows_its_initial_value_and_knows_whether_it_changed() -> None:
    class Visit(forms.Form):
        on = DateField(required=False)

    same = Visit({"on_day": "1", "on_month": "3", "on_year": "2018"}, initial={"on": date(2018, 3, 1)})
    other = Visit({"on_day": "2", "on_month": "3", "on_year": "2018"}, initial={"on": date(2018, 3, 1)})
    shown = box(drawn(Visit(initial={"on": date(2018, 3, 1)})), "on").findall(".//input")
    assert [one.get("value") for one in shown] == ["1", "3", "2018"]
    assert not same.has_changed()
    assert other.has_changed()
    assert Visit({}).is_valid()


def test_long_text_counts_a_line_end_once() -> None:
    assert LongTextField(max_length=3).clean("a\r\nb") == "a\nb"


def test_box_of_a_width_the_design_system_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="7 characters"):
        TextInput(width=7)


class Ending(NhsForm):
    submit_label, ends_something = "End it", True


def test_a_button_that_ends_something_is_red() -> None:
    def button(form: NhsForm) -> str:
        return str(html.fromstring(render_crispy_form(form)).xpath("//button/@class")[0])

    assert "nhsuk-button--warning" in button(Ending())
    assert "nhsuk-button--warning" not in button(NhsForm())
