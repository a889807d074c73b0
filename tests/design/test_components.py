"""Components: what they say, and that a mistake in a template is heard at once."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from lxml import html

from design.components import UnknownChoice, percentage, written
from design.fields import LongTextField

DAY = date(2017, 5, 3)


def draw(source: str, **context: Any) -> str:
    return Template("{% load design %}" + source).render(Context(context))


def words(source: str, **context: Any) -> str:
    """What a person reads or hears, spaces evened out."""
    return " ".join(html.fromstring(f"<div>{draw(source, **context)}</div>").text_content().split())


@pytest.mark.parametrize(
    "source",
    [
        '{% tag "Met" colour="green" %}',
        '{% grade_cell "G" "Green" "good" "solid" %}',
        '{% figure_card "Returns" n=1 %}',
        "{% card title='x' %}{% endcard %}",
        "{% table %}{% endtable %}",
        "{% progress 1 2 %}",
    ],
)
def test_wrong_or_missing_argument_stops_the_template(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% tag "Met" tone="green" %}',
        "{% tag nothing %}",
        '{% grade_cell "G" "Green" "good" "striped" "validated" %}',
        '{% grade_cell "G" "Green" "lovely" "solid" "validated" %}',
        '{% figure_card "Returns" n=1 as_at=nothing %}',
        "{% card level=1 %}{% endcard %}",
        '{% button_link "Go" "/go" variant="huge" %}',
        '{% breadcrumbs "Home" %}',
        "{% field nothing %}",
        '{% table caption="" %}{% endtable %}',
    ],
)
def test_value_a_component_does_not_know_is_refused(source: str) -> None:
    with pytest.raises(UnknownChoice):
        draw(source)


def test_state_is_told_by_word_and_shape_as_well_as_colour() -> None:
    shapes = set()
    for tone in ("good", "partly", "bad", "info", "waiting", "quiet"):
        drawn = html.fromstring(draw(f'{{% tag "A word" tone="{tone}" %}}'))
        assert drawn.text_content().strip() == "A word"
        shapes.add(drawn.find(".//path").get("d"))
    assert len(shapes) == 6


@pytest.mark.parametrize(
    ("marks", "spoken"),
    [
        ("", "G Green, validated"),
        ("out_of_date=True", "G Green, validated, check out of date"),
        ("in_question=True", "G ?Green, validated, in question"),
        ("out_of_date=True in_question=True", "G ?Green, validated, check out of date, in question"),
    ],
)
def test_grade_cell_says_everything_it_shows(marks: str, spoken: str) -> None:
    assert words(f'{{% grade_cell "G" "Green" "good" "solid" "validated" {marks} %}}') == spoken


def test_grounds_of_a_grade_differ_without_colour() -> None:
    drawn = {ground: draw(f'{{% grade_cell "G" "Green" "good" "{ground}" "word" %}}').replace(ground, "")
             for ground in ("solid", "outlined", "dashed", "hatched")}  # fmt: skip
    classes = {ground: draw(f'{{% grade_cell "G" "Green" "good" "{ground}" "word" %}}') for ground in drawn}
    assert len(set(drawn.values())) == 1
    assert all(f"portal-grade--{ground}" in text for ground, text in classes.items())


def test_grade_cell_is_remembered_but_its_address_is_its_own() -> None:
    first = draw('{% grade_cell "G" "Green" "good" "solid" "validated" url=url %}', url="/a?x=1&y=2")
    second = draw('{% grade_cell "G" "Green" "good" "solid" "validated" url="/b" %}')
    assert 'href="/a?x=1&amp;y=2"' in first
    assert first.replace("/a?x=1&amp;y=2", "/b") == second


def test_figure_always_stands_with_its_whole_its_share_and_its_date() -> None:
    source = '{% figure_card "Returns received" n=46 d=60 as_at=day url="/returns" %}'
    assert words(source, day=DAY) == ("Returns received 46 of 60: list behind “Returns received” 77 % as at 3 May 2017")
    assert words('{% figure_card "Late" n=0 d=0 as_at=day %}', day=DAY) == "Late 0 of 0 as at 3 May 2017"


@pytest.mark.parametrize(
    ("n", "d", "text"),
    [
        (41, 46, "89 %"),
        (0, 46, "0 %"),
        (46, 46, "100 %"),
        (199, 200, "over 99 %"),
        (1, 400, "under 1 %"),
        (0, 0, ""),
        (5, 40, "13 %"),
        (1, 40, "3 %"),
    ],
)
def test_share_never_rounds_to_all_or_nothing(n: int, d: int, text: str) -> None:
    assert percentage(n, d) == text
    assert words("{% share n d %}", n=n, d=d) == (f"{n} of {d} ({text})" if text else f"{n} of {d}")


def test_moments_are_written_in_london_time() -> None:
    assert written(datetime(2017, 5, 4, 9, 42, tzinfo=UTC)) == "4 May 2017, 10:42"
    assert written(DAY) == "3 May 2017"
    assert written(None) == ""


def test_table_has_a_caption_and_a_region_named_by_it() -> None:
    page = html.fromstring(draw('{% table caption="Providers & sites" %}<tbody></tbody>{% endtable %}'))
    assert page.get("role") == "region"
    assert page.get_element_by_id(page.get("aria-labelledby")).text == "Providers & sites"


def test_sort_header_turns_round_and_forgets_the_page() -> None:
    request = RequestFactory().get("/", {"sort": "name", "page": "4", "level": "none"})
    sorted_by = draw('{% sort_header "Provider" key="name" %}', request=request)
    other = draw('{% sort_header "Due" key="due" numeric=True %}', request=request)
    assert 'aria-sort="ascending"' in sorted_by
    assert 'href="?level=none&amp;sort=-name"' in sorted_by
    assert "aria-sort" not in other
    assert 'href="?level=none&amp;sort=due"' in other
    assert 'aria-sort="descending"' in draw(
        '{% sort_header "Due" key="due" default="-due" %}', request=RequestFactory().get("/")
    )
    below = draw('{% sort_header "Provider" key="name" at="matrix" %}', request=request)
    assert 'href="?level=none&amp;sort=-name#matrix"' in below


def test_pagination_keeps_the_filters_and_counts() -> None:
    request = RequestFactory().get("/", {"page": "3", "name": "lodge & co"})
    page = html.fromstring("<div>" + draw(
        '{% pagination page noun="providers" %}', request=request, page=Paginator(range(240), 25).page(3)
    ) + "</div>")  # fmt: skip
    links = page.xpath("//ul//a/@href")
    assert page.find("p").text == "Showing 51 to 75 of 240 providers"
    assert links[0] == "?name=lodge+%26+co&page=1"
    below = html.fromstring("<div>" + draw(
        '{% pagination page noun="providers" at="list" %}', request=request, page=Paginator(range(90), 25).page(2)
    ) + "</div>")  # fmt: skip
    assert {address.partition("#")[2] for address in below.xpath("//nav//a/@href")} == {"list"}
    assert [one.get("aria-label") for one in page.xpath("//a[@aria-current='page']")] == ["Page 3"]
    assert page.xpath("//a[@rel]/@rel") == ["prev", "next"]


def test_pagination_of_one_page_is_only_the_count() -> None:
    request = RequestFactory().get("/")
    source = '{% pagination page noun="providers" %}'
    assert words(source, request=request, page=Paginator(range(3), 25).page(1)) == "Showing 1 to 3 of 3 providers"
    assert words(source, request=request, page=Paginator([], 25).page(1)) == "No providers"


def test_blocks_escape_their_arguments_and_keep_their_content() -> None:
    text = draw(
        "{% card heading=bad %}<p>{{ bad }}</p>{% endcard %}{% details summary=bad %}{% enddetails %}", bad="<i>"
    )
    assert "<i>" not in text
    assert text.count("&lt;i&gt;") == 3
    assert "<p>" in text


def test_task_without_an_address_is_no_link() -> None:
    page = html.fromstring(draw(
        '{% task_list %}{% task "One" url="/1" hint="8 criteria" status="In progress" tone="info" %}'
        '{% task "Two" status="Cannot start yet" %}{% endtask_list %}'
    ))  # fmt: skip
    link = page.find(".//a")
    spoken = [page.get_element_by_id(one).text_content().strip() for one in link.get("aria-describedby").split()]
    assert spoken == ["8 criteria", "In progress"]
    assert len(page.findall(".//a")) == 1


def base(**context: Any) -> Any:
    return html.fromstring(render_to_string("base.html", context))


class Story(forms.Form):
    story = LongTextField(error_messages={"required": "Write something"})


class Tick(forms.Form):
    agreed = forms.BooleanField()


def test_page_that_takes_text_says_where_to_ring_instead() -> None:
    door = {"name": "Ridgeshire adults’ services", "phone": "01632 960020", "out_of_hours_phone": "01632 960021"}
    page = base(form=Story(), front_door=[door])
    spoken = " ".join(page.xpath("//section[@class='portal-worried']")[0].text_content().split())
    assert spoken == (
        "Worried about someone now? Do not write it here. Ring Ridgeshire adults’ services: 01632 960020, "
        "evenings and weekends 01632 960021. If someone is in danger now, ring 999."
    )
    assert page.xpath("//section[@class='portal-worried']//a/@href") == [
        "tel:01632960020", "tel:01632960021", "tel:999",
    ]  # fmt: skip


def test_line_stands_without_telephone_numbers_too_and_only_where_text_is_taken() -> None:
    unknown = base(form=Story()).xpath("//section[@class='portal-worried']")[0].text_content()
    assert "local authority" in unknown
    assert base(form=Tick()).xpath("//section[@class='portal-worried']") == []


def test_title_says_error_first() -> None:
    assert base(form=Story({})).findtext(".//title") == "Error:  – Safeguarding assurance"
    assert base(form=Story({"story": "x"})).findtext(".//title") == " – Safeguarding assurance"


def test_demonstration_is_marked_on_every_page_and_only_there() -> None:
    words = "Demonstration data – invented people and places. Not for real use."
    assert words in base(demonstration=True).text_content()
    assert "Demonstration" not in base(demonstration=False).text_content()
    assert words in html.fromstring(render_to_string("errors/404.html", {"demonstration": True})).text_content()


def test_signed_in_page_knows_whose_drafts_and_how_long() -> None:
    user = SimpleNamespace(is_authenticated=True, pk=7, name="Ann Example")
    page = base(user=user, session_seconds=1200, session_ends_in=36000, csrf_token="abc")
    body = page.find("body")
    assert (body.get("data-user"), body.get("data-session-seconds"), body.get("data-session-ends-in")) == (
        "7", "1200", "36000",
    )  # fmt: skip
    assert page.xpath("//meta[@name='csrf-token']/@content") == ["abc"]
    assert base().find("body").get("data-user") is None
    paper = page.xpath("//p[@class='portal-paper']")[0].text
    assert paper.startswith("Printed by Ann Example. As the portal stood on ")
    assert base().xpath("//p[@class='portal-paper']") == []
    assert base().xpath("//dialog") == []


def test_no_page_carries_inline_style_or_script() -> None:
    from tests.design.gallery import EveryField, gallery

    for text in (gallery(), gallery(EveryField({}, {})), render_to_string("errors/500.html")):
        page = html.fromstring(text)
        assert page.xpath("//*[@style]") == []
        assert page.xpath("//style") == []
        assert page.xpath("//script[not(@src)]") == []
        assert page.xpath("//@*[starts-with(name(), 'on')]") == []


def test_page_has_one_h1_and_unique_ids() -> None:
    from tests.design.gallery import gallery

    page = html.fromstring(gallery())
    ids = page.xpath("//@id")
    assert len(page.xpath("//h1")) == 1
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("code", ["400", "403_csrf", "404", "409", "413", "415", "429", "500", "503"])
def test_error_page_says_what_to_do_and_has_one_h1(code: str) -> None:
    page = html.fromstring(render_to_string(f"errors/{code}.html"))
    (heading,) = page.xpath("//h1")
    assert page.findtext(".//title") == f"{heading.text_content()} – Safeguarding assurance"
    assert len(page.xpath("//main//p")) >= 2
