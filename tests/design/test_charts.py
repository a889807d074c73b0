"""Charts: safe markup, the same bytes for the same figures, words for everything, and gaps that stay gaps."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from design.charts import (
    Bar,
    Bucket,
    Cell,
    Chart,
    Fill,
    MatrixRow,
    Segment,
    Series,
    Stack,
    StripCell,
    Threshold,
    ageing_bars,
    bar_chart,
    line_chart,
    matrix,
    sparkline,
    stacked_bars,
    state_strip,
)
from design.charts.fills import told_apart
from design.charts.wording import figure, shorten, width_of, wrap

NS = {"svg": "http://www.w3.org/2000/svg"}
LONG = "Oak Lodge Care Home for Older People with Dementia (Northern Division) Limited"
MET = Cell("M", "Met, evidence reviewed", Fill.DARK)
PARTLY = Cell("P", "Partly met", Fill.DIAGONAL)
SILENT = Cell("–", "No return received", Fill.GAP)
DOUBTED = Cell("M", "Met, evidence reviewed", Fill.DARK, "?", "in question")


def many(n: int, label: str = "Provider") -> dict[str, Callable[[], Chart]]:
    """Each kind of chart over n things."""
    names = [f"{label} {nth}" for nth in range(n)]
    values = tuple(float(nth % 97) for nth in range(n))
    return {
        "stacked_bars": lambda: stacked_bars(
            [Stack(name, (Segment("Met", nth), Segment("Not met", 3))) for nth, name in enumerate(names)], title="T"
        ),
        "bar_chart": lambda: bar_chart([Bar(name, nth) for nth, name in enumerate(names)], title="T"),
        "line_chart": lambda: line_chart([Series("A", values)] if n else [], periods=names, title="T"),
        "ageing_bars": lambda: ageing_bars([Bucket(name, nth) for nth, name in enumerate(names)], title="T"),
        "state_strip": lambda: state_strip([StripCell(name, MET) for name in names], title="T"),
        "matrix": lambda: matrix([MatrixRow(name, (MET, PARTLY)) for name in names], headings=("A", "B"), title="T"),
        "sparkline": lambda: sparkline(values, periods=names, title="T"),
    }


KINDS = tuple(many(1))


def parsed(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


def seen(chart: Chart) -> list[str]:
    """The words drawn, in order."""
    return ["".join(text.itertext()) for text in parsed(chart).iterfind(".//svg:text", NS)]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_draw_says_so(kind: str) -> None:
    chart = many(0)[kind]()
    assert seen(chart) == ["No figures for this period"]
    assert chart.description == "No figures for this period."
    assert chart.table.rows == ()


@pytest.mark.parametrize("n", [1, 60])
@pytest.mark.parametrize("kind", KINDS)
def test_one_and_sixty_are_drawn_inside_the_canvas_with_a_full_table(kind: str, n: int) -> None:
    chart = many(n)[kind]()
    root = parsed(chart)
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    assert len(chart.table.rows) == n
    assert all(len(row) == len(chart.table.headers) for row in chart.table.rows)
    for name, most in (("x", width), ("y", height), ("x1", width), ("x2", width), ("y1", height), ("y2", height)):
        assert all(0 <= float(shape.attrib[name]) <= most for shape in root.iter() if name in shape.attrib)
    for box in root.iterfind("svg:rect", NS):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width + 0.6
        assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height + 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_markup_is_named_described_and_free_of_styles_scripts_and_addresses(kind: str) -> None:
    chart = many(5)[kind]()
    root = parsed(chart)
    title, description = root.find("svg:title", NS), root.find("svg:desc", NS)
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == (chart.title, chart.description)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], description.attrib["id"]]
    assert list(root)[:2] == [title, description]
    assert isinstance(chart.svg, SafeString)
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "line", "text", "circle", "polygon"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name in ("style", "href") or name.startswith("on")}
    assert not re.search(r"url\((?!#)", chart.svg)


@pytest.mark.parametrize("kind", KINDS)
def test_same_figures_give_the_same_bytes_and_other_figures_other_ids(kind: str) -> None:
    first, again, other = many(5)[kind](), many(5)[kind](), many(5, "Practice")[kind]()
    assert first == again
    ids = [set(re.findall(r'\bid="([^"]+)"', chart.svg)) for chart in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_pattern_used_is_defined_once() -> None:
    chart = stacked_bars([Stack("A", tuple(Segment(f"Category {n}", 10) for n in range(8)))], title="All fills")
    defined = re.findall(r'<pattern id="([^"]+)"', chart.svg)
    assert sorted(defined) == sorted(set(re.findall(r"url\(#([^)]+)\)", chart.svg)))
    assert len(defined) == len(set(defined)) == 4


def test_names_and_titles_are_text_and_never_markup() -> None:
    nasty = '</title><script>alert("1")</script>&'
    chart = stacked_bars([Stack(nasty, (Segment(nasty, 3),))], title=nasty)
    assert "<script" not in chart.svg
    title = parsed(chart).find("svg:title", NS)
    assert title is not None
    assert title.text == nasty
    assert chart.table.rows == ((nasty, "3", "3"),)


def test_stacked_bar_says_every_count_in_key_bar_description_and_table() -> None:
    chart = stacked_bars(
        [Stack("", (Segment("Significant", 20), Segment("Limited", 6), Segment("No return received", 3, Fill.BLANK)))],
        title="Providers by level",
    )
    assert seen(chart) == ["Significant 20", "Limited 6", "No return received 3", "20", "6", "3", "29"]
    assert chart.description == "20 Significant, 6 Limited, 3 No return received, 29 in all."
    assert chart.table.headers == ("Group", "Significant", "Limited", "No return received", "Total")
    assert chart.table.rows == (("All", "20", "6", "3", "29"),)


def test_stacks_fill_the_width_unless_drawn_to_scale() -> None:
    stacks = [Stack("A", (Segment("Met", 10),)), Stack("B", (Segment("Met", 5),))]

    def bars(to_scale: bool) -> list[float]:
        root = parsed(stacked_bars(stacks, title="T", to_scale=to_scale))
        return [float(box.attrib["width"]) for box in root.iterfind("svg:rect", NS)][1:]

    full, scaled = bars(False), bars(True)
    assert full[0] == full[1]
    assert scaled[1] == pytest.approx(scaled[0] / 2, abs=0.1)


def test_a_total_of_zero_is_an_empty_outline_and_a_figure() -> None:
    chart = stacked_bars([Stack("Nobody", (Segment("Met", 0),))], title="T")
    assert seen(chart)[-1] == "0"
    assert "stroke-dasharray" in chart.svg
    assert chart.description == "Nobody: none, 0 in all."


def test_a_category_keeps_its_fill_in_every_stack() -> None:
    stacks = [Stack("A", (Segment("Met", 1), Segment("Not met", 1))), Stack("B", (Segment("Not met", 2),))]
    boxes = [box for box in parsed(stacked_bars(stacks, title="T")).iterfind("svg:rect", NS) if "rx" not in box.attrib]
    key_met, key_not_met, a_met, a_not_met, b_not_met = [box.attrib["fill"] for box in boxes]
    assert key_met == a_met != a_not_met
    assert key_not_met == a_not_met == b_not_met


def test_ninth_category_is_refused_because_it_could_not_be_told_apart() -> None:
    with pytest.raises(ValueError, match="cannot be told apart"):
        stacked_bars([Stack("A", tuple(Segment(str(n), 1) for n in range(9)))], title="T")


def test_wanted_fills_are_kept_and_not_given_twice() -> None:
    fills = told_apart([None, Fill.DARK, None])
    assert fills == (Fill.DIAGONAL, Fill.DARK, Fill.PALE)
    with pytest.raises(ValueError, match="cannot be told apart"):
        told_apart([Fill.DARK, Fill.DARK])


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot count -1"):
        Segment("Met", -1)
    with pytest.raises(ValueError, match="cannot be -1"):
        Bar("Met", -1)


def test_bar_below_the_threshold_by_its_unrounded_value_is_called_below() -> None:
    chart = bar_chart(
        [Bar("Level 1", 89.95, "1,799 of 2,000, 90.0 %"), Bar("Level 2", Fraction(100 * 45, 50), "45 of 50, 90.0 %")],
        title="Training",
        heading="Line",
        measure="Trained",
        unit="%",
        threshold=Threshold(90, "Threshold 90%"),
    )
    assert chart.table.headers == ("Line", "Trained", "Threshold 90%")
    assert chart.table.rows == (
        ("Level 1", "1,799 of 2,000, 90.0 %", "below"),
        ("Level 2", "45 of 50, 90.0 %", "at or above"),
    )
    assert "Threshold 90%" in seen(chart)
    assert "Below the threshold" in seen(chart)
    below, above = parsed(chart).findall("svg:rect", NS)[-2:]
    assert "diagonal" in below.attrib["fill"]
    assert "url" not in above.attrib["fill"]


def test_missing_bar_is_neither_zero_nor_below() -> None:
    chart = bar_chart([Bar("A", None), Bar("B", 0)], title="T", unit="%", threshold=Threshold(90, "90%"))
    assert chart.table.rows == (("A", "No figure", "not known"), ("B", "0.0 %", "below"))
    assert chart.svg.count("-gap)") == 2  # the bar and its entry in the key


def test_bars_without_one_figure_keep_their_rows_in_the_table() -> None:
    chart = bar_chart([Bar("A", None)], title="T")
    assert seen(chart) == ["No figures for this period"]
    assert chart.table.rows == (("A", "No figure"),)


def traced(chart: Chart) -> list[str]:
    """The drawn lines; patterns have paths too but stand in defs."""
    return [path.attrib["d"] for path in parsed(chart).iterfind("svg:path", NS)]


def test_line_is_broken_where_a_figure_is_missing() -> None:
    chart = line_chart(
        [Series("Level 3", (70, 72, None, 81, 84))], periods=("Q1", "Q2", "Q3", "Q4", "Q5"), title="T", unit="%"
    )
    before, after = traced(chart)
    assert before.count("L") == after.count("L") == 1
    assert chart.description == "Level 3: 70.0 % in Q1, 84.0 % in Q5, no figure for Q3."
    assert chart.table.rows[2] == ("Q3", "No figure")
    assert "No figure" in seen(chart)


def test_whole_line_is_one_stroke() -> None:
    (only,) = traced(line_chart([Series("A", (1, 2, 3))], periods=("a", "b", "c"), title="T"))
    assert only.count("L") == 2


def test_lonely_point_between_gaps_is_marked_but_not_joined() -> None:
    chart = line_chart([Series("A", (None, 5, None))], periods=("a", "b", "c"), title="T")
    assert traced(chart) == []
    assert len(parsed(chart).findall("svg:polygon", NS)) == 2  # the point, and the one beside the name


def test_old_last_figure_says_its_period() -> None:
    chart = line_chart([Series("A", (50, 60, None))], periods=("Q1", "Q2", "Q3"), title="T", unit="%")
    assert "60.0 %, Q2" in seen(chart)


def test_lines_differ_by_dash_and_shape_and_have_their_names_beside_them() -> None:
    chart = line_chart([Series(name, (n, n + 1)) for n, name in enumerate("ABCDE")], periods=("Q1", "Q2"), title="T")
    paths = parsed(chart).findall("svg:path", NS)
    assert len({path.attrib.get("stroke-dasharray") for path in paths}) == 5
    assert set("ABCDE") <= set(seen(chart))


@pytest.mark.parametrize(
    "series",
    [[Series("A", (1,))], [Series("A", (1, 2), ("one",))], [Series(str(n), (1, 2)) for n in range(6)]],
)
def test_lines_that_do_not_fit_are_refused(series: list[Series]) -> None:
    with pytest.raises(ValueError, match=r"one point for each|At most 5"):
        line_chart(series, periods=("a", "b"), title="T")


def test_threshold_stands_on_the_line_chart_in_words() -> None:
    chart = line_chart(
        [Series("A", (70, 95))], periods=("a", "b"), title="T", unit="%", threshold=Threshold(85, "Threshold 85%")
    )
    assert "Threshold 85%" in seen(chart)
    assert chart.description == "A: 70.0 % in a, 95.0 % in b; Threshold 85% marked."


@pytest.mark.parametrize(("points", "anchor"), [((70, 70, 70, 70), "start"), ((91, 89, 70, 70), "end")])
def test_the_name_of_a_threshold_stands_where_no_point_is_drawn_over_it(points: tuple[int, ...], anchor: str) -> None:
    held = Threshold(90, "Threshold 90%")
    chart = line_chart([Series("A", points)], periods=tuple("abcd"), title="T", unit="%", threshold=held)
    [name] = [each for each in parsed(chart).iter(f"{{{NS['svg']}}}text") if each.text == "Threshold 90%"]
    assert name.attrib.get("text-anchor", "start") == anchor


def test_values_outside_the_asked_axis_widen_it() -> None:
    chart = line_chart([Series("A", (20, 120))], periods=("a", "b"), title="T", unit="%", low=50)
    height = float(parsed(chart).attrib["height"])
    ys = [float(y) for y in re.findall(r"[ML][\d.]+,([\d.]+)", " ".join(traced(chart)))]
    assert ys
    assert all(0 < y < height for y in ys)


def test_ageing_counts_stand_on_the_bars_and_zeros_are_said() -> None:
    chart = ageing_bars([Bucket("1 to 5 days", 4), Bucket("Over 20 days", 0)], title="T")
    assert seen(chart) == ["4", "1 to 5 days", "0", "Over 20 days"]
    assert len(parsed(chart).findall("svg:rect", NS)) == 1
    assert chart.description == "1 to 5 days: 4; Over 20 days: 0."


def test_all_zero_ageing_is_a_figure_not_an_absence() -> None:
    chart = ageing_bars([Bucket("1 to 5 days", 0)], title="T")
    assert seen(chart) == ["0", "1 to 5 days"]


def test_strip_shows_letters_marks_and_a_key_in_words() -> None:
    chart = state_strip([StripCell("Q1", SILENT), StripCell("Q2", DOUBTED)], title="T")
    assert seen(chart) == [
        *("–", "No return received", "M", "Met, evidence reviewed", "?", "in question"),
        *("–", "Q1", "M", "?", "Q2"),
    ]
    assert chart.table.rows == (("Q1", "No return received"), ("Q2", "Met, evidence reviewed (in question)"))


def test_matrix_counts_states_in_its_description_and_words_them_in_its_table() -> None:
    chart = matrix(
        [MatrixRow("A", (MET, SILENT)), MatrixRow("B", (MET, DOUBTED))],
        headings=("Governance", "Training"),
        title="T",
        heading="Provider",
    )
    assert chart.description == (
        "2 Met, evidence reviewed; 1 No return received; 1 Met, evidence reviewed (in question)."
    )
    assert chart.table.headers == ("Provider", "Governance", "Training")
    assert chart.table.rows[1] == ("B", "Met, evidence reviewed", "Met, evidence reviewed (in question)")


def test_matrix_headings_too_long_for_a_column_stand_upright() -> None:
    headings = [f"{n} Governance arrangements" for n in range(12)]
    chart = matrix([MatrixRow("A", (MET,) * 12)], headings=headings, title="T")
    assert chart.svg.count("rotate(-90") == 12
    assert set(headings) <= set(seen(chart))


def test_matrix_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one cell for each of 2"):
        matrix([MatrixRow("A", (MET,))], headings=("A", "B"), title="T")


def test_sparkline_breaks_at_a_gap_and_survives_one_value() -> None:
    assert len(traced(sparkline((1, 2, None, 3, 4), periods="abcde", title="T"))) == 2
    assert traced(sparkline((7,), periods="a", title="T")) == []


def test_long_labels_are_cut_in_the_picture_and_whole_in_the_table() -> None:
    chart = bar_chart([Bar(LONG, 3)], title="T")
    drawn = seen(chart)[:-1]
    assert len(drawn) == 2
    assert drawn[-1].endswith("…")
    assert all(width_of(line, 13) <= 200 for line in drawn)
    assert chart.table.rows[0][0] == LONG


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (Fraction(200, 3), "%", "66.7 %"),
        (100, "%", "100.0 %"),
        (89.95, "%", "90.0 %"),
        (Decimal("0.25"), "%", "0.3 %"),
        (1204, "", "1,204"),
        (2.5, " days", "2.5 days"),
        (0, "", "0"),
    ],
)
def test_figures_as_read(value: int | float | Decimal | Fraction, unit: str, said: str) -> None:
    assert figure(value, unit) == said


def test_wrapping_keeps_every_word_that_fits() -> None:
    assert wrap("Children level 3", 500, 12) == ("Children level 3",)
    assert " ".join(wrap("Children and adults level 3", 90, 12, lines=5)) == "Children and adults level 3"
    assert shorten("", 0, 12) == ""
