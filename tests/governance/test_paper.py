"""The paper: what it says, what it never says, that it is tagged, and that what people type stays text."""

import re
import subprocess
from copy import deepcopy
from io import BytesIO

import pdfua
import pikepdf
import pytest

from governance.models import AnnualReport
from governance.paper import Block, blocks, html_of, make, render_report
from tests.factories import governance as made

pytestmark = pytest.mark.django_db
WORDS = {
    "asked": "The Governing Body is asked to receive this report.",
    "statement": "Two providers have significant assurance. Silence is not assurance.",
    "concerns": "1. Two practices sent nothing.\n2. Training of locums.\n3. One home.",
}


def text_of(made_pdf: bytes) -> str:
    """As a reader with copy and paste would get it, lines joined."""
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made_pdf, capture_output=True, check=True).stdout
    return " ".join(told.decode().split())


def page(made_pdf: bytes, number: int) -> str:
    command = ["pdftotext", "-layout", "-f", str(number), "-l", str(number), "-", "-"]
    told = subprocess.run(command, input=made_pdf, capture_output=True, check=True).stdout
    return " ".join(told.decode().split())


@pytest.fixture(scope="module")
def built(beneath):
    with beneath():
        year = made.a_full_year()
        draft = made.a_report(year)
        for section, words in WORDS.items():
            draft.narratives.get(section=section).write(words, by=year.nurse, at=made.ISSUED, seen=None)
        yield year, made.built(draft)


@pytest.fixture
def copied(built):
    return deepcopy(built)


@pytest.fixture
def year(copied):
    return copied[0]


@pytest.fixture
def report(copied):
    return copied[1]


def test_the_first_page_says_what_is_asked_stated_unknown_and_wanted(report):
    first = page(render_report(report), 1)
    for words in (
        "What is asked of the meeting", WORDS["asked"], WORDS["statement"], "What we do not know",
        "No return received: 3 of 11 (27 %)", "1. Two practices sent nothing.", "Key figures",
        "Returns received 6 of 11 (55 %)", "On time by the original date 4 of 9 (44 %)",
        "On time by the agreed date 5 of 9 (56 %)", "as at 31 March 2025", "Northshire CCG",
        "1 return arrived after the cut-off and is not counted: Church Walk",
    ):  # fmt: skip
        assert words.lower() in first.lower(), words


def test_the_key_figures_are_never_torn_apart(report, year):
    rows = ("Key figures", "Returns received", "Actions open, more than 90 days past the original date")
    first = page(render_report(report), 1)
    assert [words for words in rows if words not in first] == []
    # So much that the first page has room for a few lines of the table, and not for all.
    report.narratives.get(section="statement").write(
        "\n\n".join(["A line."] * 30), by=year.nurse, at=made.NOW, seen=None
    )
    longer = render_report(report)
    assert [words for words in rows if words in page(longer, 1)] == []
    assert [words for words in rows if words not in page(longer, 2)] == []


def test_the_second_page_names_every_provider_and_those_that_sent_nothing(report, year):
    second = page(render_report(report), 2)
    assert [name for name in year.providers if name not in second] == []
    for line in (
        "High Street No return received, overdue – – No return",
        "Riverside Significant assurance 15 Jan 2025 5 of 5 reviewed, 1 seen Yes 0",
        "Hillview Limited assurance 15 Jan 2025 5 of 5 reviewed No, 12 Dec 2024 1",
        "Shared Trust (lead: Southshire CCG): Significant assurance",
        "Old Surgery: Merged into Mill Lane on 1 September 2024",
        "Park View: Contract is ending",
        "Two serious findings on the visit",
    ):
        assert all(word in second for word in line.split()), line


def test_the_paper_holds_no_answer_no_comment_and_no_other_commissioners_provider(report):
    neighbour = made.a_locality("Westshire CCG")
    neighbour.add("Canary Westshire Trust", made.CategoryFactory(code="ACUTE"))
    made.validated(neighbour, "Canary Westshire Trust")
    told = text_of(render_report(made.built(report)))
    assert "Canary" not in told
    assert "Westshire" not in told
    assert "Canary Westshire Trust" in text_of(render_report(made.built(made.a_report(neighbour))))


def test_a_working_copy_says_so_on_every_page_and_the_final_paper_nowhere(report, year):
    working = render_report(report)
    pages = len(pikepdf.open(BytesIO(working)).pages)
    assert all("Working copy" in page(working, n) for n in range(1, pages + 1))
    assert "Working copy" not in text_of(render_report(made.approved(year, report)))


def test_demonstration_data_says_so(report, settings):
    settings.PORTAL_DEMONSTRATION = True
    assert "Demonstration data" in text_of(render_report(report))


def test_the_checker_finds_nothing_wrong_and_the_paper_can_be_found_its_way_in(report, tmp_path):
    made_pdf = render_report(report)
    (tmp_path / "report.pdf").write_bytes(made_pdf)
    checked = pdfua.validate(str(tmp_path / "report.pdf"))
    assert checked.findings == ()
    with pikepdf.open(BytesIO(made_pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Annual safeguarding report 2024-25, Northshire CCG"
        assert str(pdf.Root.Lang) == "en-GB"
        with pdf.open_outline() as outline:
            (top,) = outline.root
            found = [item.title for item in top.children]
        assert 6 <= len(pdf.pages) <= 12
    assert found[:6] == [
        "What is asked of the meeting",
        "Statement of assurance",
        "What we do not know",
        "Three concerns and what is being done",
        "Key figures",
        "Where each provider stands",
    ]


HOSTILE = (
    "<script>alert(1)</script> <img src='http://127.0.0.1/x'> <link rel=attachment href='file:///etc/passwd'> "
    "{{ report.reference }} {% load x %} url(file:///etc/passwd) " + "Donaudampfschifffahrt" * 20
)


def test_hostile_words_stay_words(report, year):
    report.narratives.get(section="statement").write(HOSTILE, by=year.nurse, at=made.NOW, seen=None)
    finished = make(report)
    assert "&lt;script&gt;alert(1)" in finished.html
    assert "<script" not in finished.html
    told = page(finished.pdf, 1)
    assert "<script>alert(1)</script>" in told
    assert "{{ report.reference }} {% load x %}" in told
    with pikepdf.open(BytesIO(finished.pdf)) as pdf:
        assert not pdf.attachments


def test_nothing_runs_off_the_page(report, year):
    """Every word drawn stands between the margins, however long somebody's words are."""
    report.narratives.get(section="statement").write("Wort" * 200, by=year.nurse, at=made.NOW, seen=None)
    told = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=render_report(report), capture_output=True, check=True
    )
    widest, right = 0.0, -1_000.0
    for line in told.stdout.decode().splitlines():
        if found := re.search(r'<page width="([\d.]+)"', line):
            widest = float(found[1])
        if found := re.search(r'xMax="([\d.]+)"', line):
            right = max(right, float(found[1]) - widest)
    # Twenty millimetres of margin, less a hair.
    assert right <= -20 / 25.4 * 72 + 1


def test_the_same_report_gives_the_same_bytes(report, set_anew):
    assert render_report(report) == render_report(AnnualReport.objects.get(pk=report.pk))
    assert "http" not in html_of(report).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("One.\nTwo.", [Block("paragraph", ("One. Two.",))]),
        ("One.\n\nTwo.", [Block("paragraph", ("One.",)), Block("paragraph", ("Two.",))]),
        ("1. A\n2. B\nand more", [Block("numbers", ("A", "B and more"))]),
        ("- A\n• B", [Block("points", ("A", "B"))]),
        ("We ask:\n- A", [Block("paragraph", ("We ask:",)), Block("points", ("A",))]),
        ("2024 was a year.", [Block("paragraph", ("2024 was a year.",))]),
        ("4.5 of 5", [Block("paragraph", ("4.5 of 5",))]),
    ],
)
def test_words_become_paragraphs_and_lists(typed, found):
    assert blocks(typed) == found
