"""One of everything, in the words of an invented place: the page that the look is tested on."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from design.charts import Chart, Table
from design.fields import DateField, LongTextField
from design.layout import SubmitButton
from design.widgets import Checkboxes, NumberInput, Radios, TextInput

DAY = date(2017, 5, 3)
MEANINGS = {
    "g": "All of it is in place and we have seen it.",
    "a": "Some of it is in place.",
    "r": "It is not in place.",
}
GRADES = {
    "G": ("G", "Green", "good"),
    "A": ("A", "Amber", "partly"),
    "R": ("R", "Red", "bad"),
    "-": ("–", "No return", "quiet"),
}
KEY = [
    ("G", "solid", "validated", "Validated"),
    ("A", "outlined", "self-assessed", "Self-assessed"),
    ("R", "dashed", "accepted as declared", "Accepted as declared – not reviewed"),
    ("-", "hatched", "", "No return received"),
]


class EveryField(forms.Form):
    """Each kind of field once, required and not."""

    name = forms.CharField(
        label="Designated nurse",
        help_text="As on the professional register",
        error_messages={"required": "Enter the designated nurse"},
    )
    staff = forms.IntegerField(label="Staff in date", required=False, widget=NumberInput(width=4, suffix="people"))
    reference = forms.CharField(label="Reference", required=False, widget=TextInput(width=10, prefix="SA"))
    narrative = LongTextField(
        label="What is in place",
        max_length=2000,
        help_text="Do not name patients or children.",
        error_messages={"required": "Say what is in place"},
    )
    category = forms.ChoiceField(
        label="Category",
        choices=[("", "Choose"), ("gp", "GP practice"), ("home", "Care home")],
        error_messages={"required": "Choose a category"},
    )
    grade = forms.ChoiceField(
        label="Grade",
        choices=[("g", "Green – met"), ("a", "Amber – partly met"), ("r", "Red – not met")],
        widget=Radios(hints=MEANINGS),
        error_messages={"required": "Choose a grade"},
    )
    agreed = forms.ChoiceField(
        label="Agreed with the board?",
        choices=[("y", "Yes"), ("n", "No")],
        widget=Radios(inline=True, small=True),
        error_messages={"required": "Say whether the board agreed"},
    )
    strands = forms.MultipleChoiceField(
        label="Strands",
        choices=[("c", "Children"), ("a", "Adults"), ("n", "Neither")],
        required=False,
        widget=Checkboxes(divider_before="n", hints={"c": "Up to 18"}),
    )
    due_on = DateField(label="Due", subject="the date the action is due", help_text="For example, 31 3 2018")
    declared = forms.BooleanField(
        label="I declare that this is true",
        help_text="Your name is printed on the receipt.",
        error_messages={"required": "Confirm the declaration"},
    )
    evidence = forms.FileField(
        label="Evidence", help_text="PDF, Word or Excel, up to 25 MB", error_messages={"required": "Choose a file"}
    )
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput, error_messages={"required": "Enter your password"}
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.add_input(SubmitButton("Save and continue"))
        helper.add_input(SubmitButton("Save and leave", name="leave", value="1", variant="secondary"))
        return helper


class Filters(forms.Form):
    mark_optional = False
    name = forms.CharField(label="Name", required=False)
    category = forms.ChoiceField(label="Category", required=False, choices=[("", "All"), ("gp", "GP practice")])
    level = forms.ChoiceField(label="Level", required=False, choices=[("", "All"), ("none", "No return received")])


def cell(grade: str, ground: str, ground_word: str, **marks: bool) -> dict[str, Any]:
    letter, word, tone = GRADES[grade]
    return {"letter": letter, "word": word, "tone": tone, "ground": ground, "ground_word": ground_word, **marks}


def matrix(providers: int = 14) -> list[dict[str, Any]]:
    kinds = [(grade, ground, words) for grade, ground, words, _ in KEY]
    return [
        {
            "name": f"Ashdown Lodge {n}",
            "cells": [
                cell(*kinds[(n * 5 + m * m) % 4], out_of_date=(n + m) % 7 == 0, in_question=(n * m) % 11 == 5)
                for m in range(12)
            ],
        }
        for n in range(providers)
    ]


def context(form: forms.Form, **extra: Any) -> dict[str, Any]:
    request = RequestFactory().get("/providers", {"sort": "due", "page": "3", "name": "lodge"})
    bar = '<rect width="460" height="30" fill="#005eb8"/>'
    picture = f'<svg viewBox="0 0 600 40" width="600" height="40" role="img" aria-label="46 of 60">{bar}</svg>'
    key = [{**cell(grade, ground, words), "meaning": meaning} for grade, ground, words, meaning in KEY]
    return {
        "request": request,
        "form": form,
        "filters": Filters(auto_id="filter_%s"),
        "csrf_token": "token",
        "demonstration": True,
        "user": SimpleNamespace(is_authenticated=True, pk=7, name="Ann Example"),
        "acting_for": {"label": "North and South Ridge CCGs", "url": "/acting-for"},
        "nav_items": [
            {"label": label, "url": f"/{label}", "current": label == "Overview"}
            for label in ("Home", "Overview", "Returns", "Validation", "Actions", "Annual report")
        ],
        "front_door": [
            {"name": "Ridgeshire children’s services", "phone": "01632 960010", "out_of_hours_phone": "01632 960011"}
        ],
        "messages": [
            Message(messages.SUCCESS, "Return sent back to Ashdown Lodge"),
            Message(messages.WARNING, "Two grades are in question"),
        ],
        "version": "1.0",
        "help_contact": {"name": "Safeguarding team", "phone": "01632 960000"},
        "day": DAY,
        "at": datetime(2017, 5, 4, 9, 42, tzinfo=UTC),
        "page": Paginator(range(240), 25).page(3),
        "standards": range(1, 13),
        "matrix": matrix(),
        "key": [
            *key,
            {**cell("G", "solid", "validated", out_of_date=True), "meaning": "Check out of date"},
            {**cell("A", "solid", "validated", in_question=True), "meaning": "In question"},
        ],
        "chart": Chart(
            svg=Template(picture).render(Context()),
            title="Returns received",
            description="46 of 60",
            table=Table(headers=("Category", "Received"), rows=(("GP practice", "30"), ("Care home", "16"))),
        ),
        "conflict": {
            "by": "Bea Sample",
            "at": datetime(2017, 5, 4, 9, 42, tzinfo=UTC),
            "version": 4,
            "url": "/page",
            "rows": [{"label": "What is in place", "theirs": "A policy.", "yours": "A policy and training."}],
        },
        **extra,
    }


def gallery(form: forms.Form | None = None, **extra: Any) -> str:
    """The whole page as html."""
    source = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")
    return Template(source).render(Context(context(form or EveryField(), **extra)))
