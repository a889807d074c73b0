"""A paper that is begun: what is known from records only, and the command that begins, makes and copies one."""

from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command

from assurance.models import RecordedSet, SelfAssessment
from governance.models import AnnualReport, ReportDownload
from governance.paper import html_of
from tests.factories import governance as made
from tests.factories.assurance import recorded
from tests.governance.test_paper import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def one_year(beneath):
    with beneath():
        yield made.a_full_year()


@pytest.fixture
def year(one_year):
    return deepcopy(one_year)


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
    for words in (sentence, "from our records, not validated", "Not asked, known from records only: 1 of 11 (9 %)",
                  "Year before known from records only: 1 of 1"):  # fmt: skip
        assert words in said
        assert words not in plain
    assert "There are no figures of the year before to compare with" in said


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
