"""The paper itself: from frozen facts, their figures and the words written, to HTML and to a tagged PDF.

Asks nothing of any other part of the portal: what is not a fact, a figure or a block of words of this report is not
in it. The page on screen shows the same partials (templates/reports/annual_*.html). To change how it looks:
templates/reports/annual.css.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from actions.models import AGES
from assurance.standing import BY_KEY
from design import pdf
from governance.charts import action_ages, levels_by_category
from governance.facts.fact import (
    ACTION,
    ASSOCIATE,
    LATE,
    LEFT,
    PREVIOUS,
    PROVIDER,
    PUBLISHED_REVIEW,
    REVIEWS,
    STANDARD,
    day_in_words,
)
from governance.models import AnnualReport, ReportFact, ReportFigure
from governance.sections import SECTIONS
from governance.training import Training

# The figures of the first page, in its order.
KEY_FIGURES = (
    "returned", "on_time.original", "on_time.agreed", "validated", "assured", "state.limited", "state.none",
    "no_return", "criteria.reviewed", "actions.overdue", "actions.age.over-90",
)  # fmt: skip
# What is not known, where there is any of it.
UNKNOWN = (
    "no_return", "not_validated", "nothing_reviewed", "in_question", "state.not_asked", "state.withdrawn",
    "records.now", "records.before",
)  # fmt: skip
STRANDS = ("children", "adults", "looked_after")
MOST_COLUMNS = 6
FEW = 2
ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-•*])\s+(?P<words>.*)$")
NUMBERED = re.compile(r"^\s*\d")


@dataclass(frozen=True)
class Made:
    """A finished paper: its HTML, the stylesheets that were laid over it, and the file."""

    html: str
    css: str
    pdf: bytes


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list of items, of what somebody wrote. Always shown as text, never as markup."""

    kind: str
    items: tuple[str, ...]


class Paper:
    """Everything that the templates show, read once: three queries."""

    def __init__(self, report: AnnualReport) -> None:
        self.report = report
        self.facts: list[ReportFact] = list(report.facts.order_by("kind", "position"))
        self.figures: dict[str, ReportFigure] = {each.key: each for each in report.figures.order_by("pk")}
        written = {each.section: each for each in report.narratives.all()}
        self.words = {each.key: written[each.key].text if each.key in written else "" for each in SECTIONS}
        self.blocks = {key: blocks(text) for key, text in self.words.items()}
        self.sections = {each.key: each for each in SECTIONS}

    def of(self, kind: str) -> list[ReportFact]:
        """The facts of one kind, in order."""
        return [fact for fact in self.facts if fact.kind == kind]

    @property
    def as_at(self) -> str:
        """The cut-off, in words."""
        return day_in_words(self.report.cut_off)

    @property
    def is_working_copy(self) -> bool:
        """Everything that nobody has approved carries the banner (hazard 25)."""
        return self.report.approved_at is None

    @cached_property
    def key_figures(self) -> list[ReportFigure]:
        """The table of the first page."""
        return [self.figures[key] for key in KEY_FIGURES if key in self.figures]

    @cached_property
    def unknown(self) -> list[ReportFigure]:
        """What is not known, as far as figures say it."""
        return [self.figures[key] for key in UNKNOWN if key in self.figures and self.figures[key].n]

    @property
    def compared_with(self) -> str:
        """Where last year's figures come from; empty without any."""
        return next((fact.label for fact in self.of(PREVIOUS)), "")

    @cached_property
    def categories(self) -> list[dict[str, Any]]:
        """The provider table, a part for each category, worst first."""
        parts: dict[str, list[ReportFact]] = {}
        for fact in self.of(PROVIDER):
            parts.setdefault(fact.attributes["category_name"], []).append(fact)
        return [
            {"name": name, "providers": sorted(facts, key=lambda fact: (fact.attributes["rank"], fact.label))}
            for name, facts in parts.items()
        ]

    @cached_property
    def provider_tables(self) -> list[dict[str, Any]]:
        """The same for the page: categories of one or two providers share a table, so that it reads as one list."""
        few = [part for part in self.categories if len(part["providers"]) <= FEW]
        if len(few) < FEW:
            return self.categories
        shared = sorted(
            (fact for part in few for fact in part["providers"]), key=lambda fact: (fact.attributes["rank"], fact.label)
        )
        name = "Categories of one or two providers"
        return [
            {"name": name, "providers": shared, "mixed": True},
            *(part for part in self.categories if part not in few),
        ]

    @cached_property
    def standards(self) -> list[dict[str, Any]]:
        """Standards by category, at most six categories to a table so that it fits the paper."""
        facts = self.of(STANDARD)
        columns = {each["category"]: each["category_name"] for each in (fact.attributes for fact in facts)}
        # In the order of the register, which is the order of the facts of the first standard that everyone is asked.
        order = [code for code in dict.fromkeys(f.attributes["category"] for f in self.of(PROVIDER)) if code in columns]
        titles = {fact.attributes["standard"]: fact.attributes["title"] for fact in facts}
        found = {(f.attributes["standard"], f.attributes["category"]): f.attributes for f in facts}
        tables = []
        wide = (
            -(-len(order) // -(-len(order) // MOST_COLUMNS)) if order else 1
        )  # parts alike, none with a column or two
        for start in range(0, len(order), wide):
            codes = order[start : start + wide]
            rows = [
                {"number": number, "title": title, "cells": [found.get((number, code)) for code in codes]}
                for number, title in sorted(titles.items())
            ]
            tables.append({"columns": [columns[code] for code in codes], "rows": rows})
        return tables

    @cached_property
    def strands(self) -> list[dict[str, Any]]:
        """Levels by strand: n of those asked about it."""
        words = {"children": "Children", "adults": "Adults", "looked_after": "Looked after children"}
        rows = []
        for strand in STRANDS:
            levels = [
                self.figures[f"strand.{strand}.{level}"] for level in ("significant", "reasonable", "limited", "none")
            ]
            if levels[0].d:
                rows.append({"name": words[strand], "levels": levels})
        return rows

    @cached_property
    def oldest_actions(self) -> list[ReportFact]:
        """The open actions longest past their original date, at most ten."""
        still = [f for f in self.of(ACTION) if f.attributes["open"] and f.attributes["days_past"]]
        return sorted(still, key=lambda fact: -fact.attributes["days_past"])[:10]

    @property
    def reviews(self) -> dict[str, Any] | None:
        """How many reviews were how far; None where there was none or nobody counted them yet."""
        return next((fact.attributes for fact in self.of(REVIEWS)), None)

    @property
    def review_rows(self) -> list[tuple[str, list[int | None], int | None]]:
        """Each kind with its numbers and their sum."""
        told = self.reviews or {"rows": [], "all": []}
        return [(label, cells, all_) for (label, cells), all_ in zip(told["rows"], told["all"], strict=True)]

    @cached_property
    def training(self) -> Training:
        """Training and key indicators; false where no figures were known."""
        return Training(self.facts)

    @property
    def published_reviews(self) -> list[ReportFact]:
        """Reports of the year that anybody can read."""
        return self.of(PUBLISHED_REVIEW)

    @cached_property
    def charts(self) -> dict[str, Any]:
        """The two pictures."""
        return {
            "levels": levels_by_category(self.facts, title=f"Providers by level and category, as at {self.as_at}"),
            "ages": action_ages(
                self.figures, title=f"Open actions by days past their original date, as at {self.as_at}"
            ),
        }

    @cached_property
    def withdrawn(self) -> list[ReportFact]:
        """Providers whose return was withdrawn, with the reason."""
        return [fact for fact in self.of(PROVIDER) if fact.attributes["standing"] == "withdrawn"]

    @cached_property
    def judged(self) -> list[ReportFact]:
        """Providers whose level a person decided otherwise than the rules."""
        return [fact for fact in self.of(PROVIDER) if fact.attributes["overridden"]]

    @cached_property
    def appendix(self) -> list[ReportFigure]:
        """Every figure but those of the table of standards, which carry theirs in the table."""
        return [each for each in self.figures.values() if not each.key.startswith("standard.")]

    def context(self) -> dict[str, Any]:
        """For the templates of the paper and of the page."""
        return {
            "paper": self,
            "report": self.report,
            "title": self.report.title,
            "working_copy": self.is_working_copy,
            "demonstration": settings.PORTAL_DEMONSTRATION,
            "late": self.of(LATE),
            "left": self.of(LEFT),
            "associates": self.of(ASSOCIATE),
            "states": BY_KEY,
            "ages": AGES,
            "f": {key.replace(".", "_").replace("-", "_"): each for key, each in self.figures.items()},
        }


def blocks(text: str) -> list[Block]:
    """Paragraphs and lists of what somebody typed: an empty line ends one, "1." or "-" begins an item."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        listed: list[str] = []
        loose: list[str] = []
        for line in lines:
            item = ITEM.match(line)
            if item:
                listed.append(item["words"])
            elif listed:
                listed[-1] = f"{listed[-1]} {line}"
            else:
                loose.append(line)
        if loose:
            found.append(Block("paragraph", (" ".join(loose),)))
        if listed:
            first = next(line for line in lines if ITEM.match(line))
            found.append(Block("numbers" if NUMBERED.match(first) else "points", tuple(listed)))
    return found


def html_of(report: AnnualReport) -> str:
    """The whole paper as HTML, without any address in it."""
    return render_to_string("reports/annual_report.html", Paper(report).context())


def style() -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The stylesheets of the paper and the fonts that they name."""
    sheets, assets = pdf.house_style(Path(settings.BASE_DIR) / "var" / "build" / "static")
    return (*sheets, pdf.stylesheet("annual")), assets


def set_in_type(html: str, *, title: str, at: datetime | None) -> tuple[bytes, str]:
    """The tagged PDF of some HTML, and the stylesheets used. The same HTML and moment give the same bytes."""
    sheets, assets = style()
    return pdf.render(html, title=title, stylesheets=sheets, assets=assets, at=at), "\n\n".join(sheets)


def make(report: AnnualReport) -> Made:
    """The paper as it is now: a working copy, or after approval the final one."""
    html = html_of(report)
    title = f"{report.title}, {report.commissioner.name}"
    made, css = set_in_type(html, title=title, at=report.approved_at or report.frozen_at)
    return Made(html, css, made)


def render_report(report: AnnualReport) -> bytes:
    """Only the file, from the frozen facts: what is measured against the PDF maker alone on ``html_of(report)``."""
    return make(report).pdf
