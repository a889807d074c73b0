"""The paper: what it says, what it never says, that it is tagged, and that what people type stays text."""

import re
import subprocess
from io import BytesIO

import pdfua
import pikepdf
import pytest
from django.core.management import CommandError, call_command

from assurance.models import RecordedSet, SelfAssessment
from governance.models import AnnualReport, ReportDownload
from governance.paper import Block, blocks, html_of, make, render_report
from tests.factories import governance as made
from tests.factories.assurance import recorded

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


@pytest.fixture
def year():
    place = made.a_year()
    made.beside(place)
    made.an_action(place, "Hillview", made.date(2024, 12, 1))
    return place


@pytest.fixture
def report(year):
    draft = made.a_report(year)
    for section, words in WORDS.items():
        draft.narratives.get(section=section).write(words, by=year.nurse, at=made.ISSUED, seen=None)
    return made.built(draft)


def test_what_is_known_from_records_only_is_said_and_compared_with_nothing(year):
    draft = made.a_report(year)
    plain = " ".join(html_of(made.built(draft)).split())
    for key, of in (("Riverside", "2023-24"), ("New Build", "2024-25")):
        about = SelfAssessment(round=year.round, commissioner=year.commissioner, organisation=year.providers[key])
        recorded(about, of, r1_1="red", r1_2="green", s2="amber")
    RecordedSet.objects.update(recorded_at=made.ISSUED)
    said = " ".join(html_of(made.built(AnnualReport.objects.get(pk=draft.pk))).split())
    sentence = (
        "Of 1 provider of whom grades of the year before are known, 1 is known from our own records only: "
        "3 of 3 grades. They were entered from records and not validated here"
    )
    for words in (sentence, "from our records, not validated", "Not asked, known from records only: 1 of 11 (9%)",
                  "Year before known from records only: 1 of 1"):  # fmt: skip
        assert words in said
        assert words not in plain
    assert "There are no figures of the year before to compare with" in said


def test_the_first_page_says_what_is_asked_stated_unknown_and_wanted(report):
    first = page(render_report(report), 1)
    for words in (
        "What is asked of the meeting", WORDS["asked"], WORDS["statement"], "What we do not know",
        "No return received: 3 of 11 (27%)", "1. Two practices sent nothing.", "Key figures",
        "Returns received 6 of 11 (55%)", "On time by the original date 4 of 9 (44%)",
        "On time by the agreed date 5 of 9 (56%)", "as at 31 March 2025", "Northshire CCG",
        "1 return arrived after the cut-off and is not counted: Church Walk",
    ):  # fmt: skip
        assert words.lower() in first.lower(), words


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


def test_the_same_report_gives_the_same_bytes(report):
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


# --- The command ------------------------------------------------------------------------------


def run(tmp_path, capsys, **options):
    out = tmp_path / "report.pdf"
    call_command("build_annual_report", out=out, **options)
    return out.read_bytes(), capsys.readouterr().out


def test_the_command_begins_builds_and_copies(year, tmp_path, capsys):
    year.commissioner.code = "X99X"
    year.commissioner.save()
    content, said = run(tmp_path, capsys, commissioner="x99x", year="2024-25")
    report = AnnualReport.objects.get()
    assert (report.state, report.build, report.created_by) == ("draft", "built", None)
    file = report.files.get(kind="pdf", current=True)
    assert said.splitlines()[1:] == ["version 1, draft, as at 2025-03-31", f"sha256 {file.sha256}"]
    assert "Northshire CCG" in text_of(content)
    assert ReportDownload.objects.count() == 0


def test_the_command_hands_an_approved_version_out_as_it_is(year, tmp_path, capsys):
    report = made.approved(year)
    before = report.files.get(kind="pdf", current=True).sha256
    _, said = run(tmp_path, capsys, commissioner=year.commissioner.reference, year="2024-25")
    assert said.splitlines()[1:] == ["version 1, approved, as at 2025-03-31", f"sha256 {before}"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"commissioner": "NOBODY"}, "no commissioner"),
        ({"year": "2017-19"}, "like 2017-18"),
        ({"year": "2098-99"}, "has not begun"),
    ],
)
def test_the_command_says_what_is_wrong(year, tmp_path, options, message):
    given = {"commissioner": year.commissioner.reference, "year": "2024-25", "out": tmp_path / "x.pdf", **options}
    with pytest.raises(CommandError, match=message):
        call_command("build_annual_report", **given)
