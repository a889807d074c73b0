"""The components page authors use; docs/design.md lists them with their arguments.

Every tag names its arguments, so a misspelt one stops the template from compiling, and a value outside the list
raises UnknownChoice. Markup is in templates/components, one file per component.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify

from design.charts import Chart
from design.components import (
    BUTTONS,
    UnknownChoice,
    grade_markup,
    machine_time,
    one_of,
    percentage,
    tag_markup,
    written,
)
from design.field_markup import draw as draw_field
from design.markup import markup

register = template.Library()
When = date | datetime | str | None


def draw(name: str, **context: Any) -> str:
    """The html of one component."""
    return render_to_string(f"components/{name}.html", context)


def needed(**given: Any) -> None:
    """A component without its words is worse than an error: the page author sees it at once."""
    for name, value in given.items():
        if value is None or value == "":
            raise UnknownChoice(f"{name} must be given")


# --- Words and figures ---------------------------------------------------------------------


@register.simple_tag
def tag(text: str, tone: str = "quiet") -> str:
    """A state in a word, with its shape: {% tag "Overdue" tone="bad" %}."""
    needed(text=text)
    return tag_markup(str(text), tone)


@register.simple_tag
def grade_cell(
    letter: str,
    word: str,
    tone: str,
    ground: str,
    ground_word: str,
    url: str = "",
    out_of_date: bool = False,
    in_question: bool | date | None = False,
) -> str:
    """A grade in a matrix: letter and shape to see, all of it in words to hear. ``in_question`` may be since when."""
    needed(letter=letter, word=word)
    since = f" since {in_question:%-d %B %Y}" if isinstance(in_question, date) else ""
    doubt = f"in question{since}" if in_question else ""
    drawn = grade_markup(letter, str(word), tone, ground, str(ground_word), bool(out_of_date), doubt)
    return markup('<a class="portal-grade-link" href="{}">{}</a>', url, drawn) if url else drawn


@register.simple_tag
def grade_key(cells: Sequence[dict[str, Any]]) -> str:
    """What the cells of a matrix mean: a list of grade_cell arguments plus `meaning` for each."""
    rows = [
        (grade_cell(**{key: value for key, value in cell.items() if key != "meaning"}), cell["meaning"])
        for cell in cells
    ]
    return draw("grade_key", rows=rows)


@register.simple_tag
def share(n: float, d: float) -> str:
    """ "41 of 46 (89%)": counts first, for a figure inside a sentence or a table."""
    needed(n=n, d=d)
    per_cent = percentage(n, d)
    return f"{n} of {d} ({per_cent})" if per_cent else f"{n} of {d}"


@register.simple_tag
def as_at(when: When) -> str:
    """The words "as at 3 May 2017": no figure goes without them."""
    needed(as_at=when)
    return draw("as_at", text=written(when), machine=machine_time(when))


@register.simple_tag
def figure_card(label: str, n: float, as_at: When, d: float | None = None, url: str = "", note: str = "") -> str:
    """One figure with its whole, its share and its date, always together."""
    needed(label=label, n=n, as_at=as_at)
    per_cent = percentage(n, d) if d is not None else ""
    return draw("figure_card", label=label, n=n, d=d, per_cent=per_cent, url=url, note=note, as_at=written(as_at))


@register.simple_tag
def progress(done: int, total: int, unit: str, label: str = "Progress") -> str:
    """ "3 of 12 standards" with a bar beside it."""
    needed(done=done, total=total, unit=unit)
    return draw("progress", done=done, total=total, unit=unit, label=label)


@register.simple_tag
def chart(chart: Chart, as_at: When, open: bool = False) -> str:
    """A chart of design.charts with its title, its date and its figures as a table."""
    needed(as_at=as_at)
    return draw("chart", chart=chart, as_at=written(as_at), open=open)


@register.simple_tag
def field(field: BoundField) -> str:
    """One form field through the nhsuk pack."""
    if not isinstance(field, BoundField):
        raise UnknownChoice(f"{field!r} is not a form field")
    return draw_field(field)


# --- Links ---------------------------------------------------------------------------------


@register.simple_tag
def back_link(url: str, text: str = "Back") -> str:
    """The way back, above the heading."""
    needed(url=url)
    return draw("back_link", url=url, text=text)


@register.simple_tag
def breadcrumbs(*pairs: str) -> str:
    """{% breadcrumbs "Home" home_url "Providers" providers_url %}: from the top down to the page above this."""
    if not pairs or len(pairs) % 2:
        raise UnknownChoice("breadcrumbs takes pairs of words and address")
    crumbs = [{"text": text, "url": url} for text, url in zip(pairs[::2], pairs[1::2], strict=True)]
    return draw("breadcrumbs", crumbs=crumbs, last=crumbs[-1])


@register.simple_tag
def action_link(text: str, url: str) -> str:
    """The one thing to do next, with an arrow."""
    needed(text=text, url=url)
    return draw("action_link", text=text, url=url)


@register.simple_tag
def button_link(text: str, url: str, variant: str = "") -> str:
    """A link that looks like a button, for going somewhere; a change of state is a form with a real button."""
    needed(text=text, url=url)
    return draw("button_link", text=text, url=url, variant=one_of(variant, BUTTONS, "button variant"))


@register.simple_tag(takes_context=True)
def sort_header(context: Context, text: str, key: str, numeric: bool = False, default: str = "", at: str = "") -> str:
    """A column heading that sorts on the server by ?sort=key or ?sort=-key; `default` is the order without either.

    `at`, here and for pagination: the id of a list that stands further down its page, to come back to.
    """
    now = context["request"].GET.get("sort", default)
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    url = _query(context, sort=f"-{key}" if now == key else key, page=None) + (f"#{at}" if at else "")
    return draw("sort_header", text=text, url=url, state=state, numeric=numeric)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: "Page[Any]", noun: str, param: str = "page", at: str = "") -> str:
    """ "Showing 1 to 25 of 60 providers" and, when there is more than one page, the links to the others."""
    needed(noun=noun)
    there = f"#{at}" if at else ""
    numbers = [
        {"number": number, "url": _query(context, **{param: number}) + there} if isinstance(number, int) else None
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return draw(
        "pagination",
        page=page,
        noun=noun,
        numbers=numbers,
        previous_url=_query(context, **{param: page.number - 1}) + there,
        next_url=_query(context, **{param: page.number + 1}) + there,
    )


def _query(context: Context, **changes: Any) -> str:
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"


# --- Blocks: {% card %} … {% endcard %} ------------------------------------------------------


@register.simple_block_tag
def table(
    content: SafeString,
    caption: str,
    id: str = "",
    sticky: bool = False,
    hide_caption: bool = False,
    caption_size: str = "s",
    stacks: bool = False,
) -> str:
    """Rows and cells are plain html inside; the table scrolls inside a named region that the keyboard can reach.

    ``stacks``: on a telephone one row below the other, also where it is sticky or has many figures (stack.js).
    """
    needed(caption=caption)
    one_of(caption_size, ("s", "m", "l"), "caption size")
    return draw(
        "table",
        content=content,
        caption=caption,
        id=id or slugify(caption),
        sticky=sticky,
        hide_caption=hide_caption,
        caption_size=caption_size,
        stacks=stacks,
    )


@register.simple_block_tag
def summary_list(content: SafeString, border: bool = True) -> str:
    """Facts about one thing; holds summary_row."""
    return draw("summary_list", content=content, border=border)


@register.simple_block_tag
def summary_row(content: SafeString, key: str, action_url: str = "", action_text: str = "Change") -> str:
    """One line of a summary list; the action's hidden words say what it changes."""
    needed(key=key)
    return draw("summary_row", content=content, key=key, action_url=action_url, action_text=action_text)


@register.simple_block_tag
def card(
    content: SafeString,
    heading: str = "",
    url: str = "",
    level: int = 2,
    feature: bool = False,
    id: str = "",
    size: str = "s",
) -> str:
    """A white box; with an address the whole box can be clicked."""
    one_of(size, ("s", "m", "l"), "heading size")
    return draw(
        "card", content=content, heading=heading, url=url, level=_level(level), feature=feature, id=id, size=size
    )


@register.simple_block_tag
def card_group(content: SafeString, columns: int = 2) -> str:
    """Cards or figure cards side by side where there is room."""
    return draw("card_group", content=content, columns=one_of(str(columns), ("2", "3", "4"), "columns"))


@register.simple_block_tag
def warning(content: SafeString, heading: str = "Important", level: int = 2) -> str:
    """The yellow box: for what may mislead if missed."""
    return draw("warning", content=content, heading=heading, level=_level(level))


@register.simple_block_tag
def inset(content: SafeString) -> str:
    """A remark set apart by a bar."""
    return draw("inset", content=content)


@register.simple_block_tag
def details(content: SafeString, summary: str, open: bool = False, expander: bool = False) -> str:
    """Words that open on demand."""
    needed(summary=summary)
    return draw("details", content=content, summary=summary, open=open, expander=expander)


@register.simple_block_tag
def empty_state(content: SafeString, heading: str, level: int = 2) -> str:
    """What to say, and what to do next, when a list is empty."""
    needed(heading=heading)
    return draw("empty_state", content=content, heading=heading, level=_level(level))


@register.simple_block_tag
def filter_panel(
    content: SafeString,
    title: str = "Filter",
    clear_url: str = "",
    open: bool = True,
    button: str = "Apply filters",
    action: str = "",
) -> str:
    """Fields inside, sent by GET; works as a page without JavaScript."""
    return draw(
        "filter_panel", content=content, title=title, clear_url=clear_url, open=open, button=button, action=action
    )


@register.simple_block_tag
def task_list(content: SafeString) -> str:
    """Steps with their state; holds task."""
    return draw("task_list", content=content)


@register.simple_tag
def task(text: str, url: str = "", hint: str = "", status: str = "", tone: str = "", id: str = "") -> str:
    """A line of a task list. Without a tone the status is plain words; without an address it cannot be started."""
    needed(text=text)
    status_tag = tag_markup(status, tone) if status and tone else ""
    return draw(
        "task", text=text, url=url, hint=hint, status=status, status_tag=status_tag, id=id or f"task-{slugify(text)}"
    )


@register.simple_block_tag
def timeline(content: SafeString, label: str = "What happened, latest first") -> str:
    """What happened, in order; holds moment."""
    return draw("timeline", content=content, label=label)


@register.simple_block_tag
def moment(content: SafeString, when: When, heading: str, by: str = "") -> str:
    """One entry of a timeline: what, when, by whom, and more inside."""
    needed(when=when, heading=heading)
    return draw("moment", content=content, when=written(when), machine=machine_time(when), heading=heading, by=by)


def _level(level: int) -> str:
    return one_of(str(level), ("2", "3", "4"), "heading level")
