"""The page with the mail that was sent: development and demonstration only, and what it shows can do nothing."""

import mailbox
from email.message import EmailMessage

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.PORTAL_MAIL_DIR = str(tmp_path / "mail")
    settings.PORTAL_EMBEDDED = True
    return mailbox.Maildir(settings.PORTAL_MAIL_DIR)


def put(folder, subject="Due tomorrow"):
    message = EmailMessage()
    message["Subject"], message["To"], message["X-RcptTo"] = subject, "someone@example.nhs.uk", "someone@example.nhs.uk"
    message["Date"] = "Wed, 18 Nov 2026 07:00:00 +0000"
    message.set_content("Start here: http://testserver/returns/ABC/ <script>alert(1)</script>")
    message.add_alternative("<p>Hello</p><script>alert(1)</script>", subtype="html")
    return folder.add(message)


def test_mails_are_listed_newest_first_and_opened(folder):
    put(folder, "First")
    key = put(folder, "Second")
    client = Client()

    page = client.get("/demonstration/mail/").content.decode()
    mail = client.get(f"/demonstration/mail/{key}/")

    assert page.index("Second") < page.index("First")
    text = mail.content.decode()
    assert '<a href="http://testserver/returns/ABC/"' in text
    assert "<script>alert" not in text
    assert "sandbox" in text
    assert "frame-src 'self'" in mail["Content-Security-Policy"]


def test_the_html_part_runs_nothing_and_reaches_nothing(folder):
    key = put(folder)

    html = Client().get(f"/demonstration/mail/{key}/html/")

    policy = html["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert html["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("key", ["../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", "nothing", "a b", ".."])
def test_no_other_file_can_be_read(key, folder):
    put(folder)

    assert Client().get(f"/demonstration/mail/{key}/").status_code == 404


def test_an_empty_folder_says_so(folder):
    assert "No mail yet" in Client().get("/demonstration/mail/").content.decode()


def test_elsewhere_the_pages_do_not_exist(folder, settings):
    key = put(folder)
    settings.PORTAL_EMBEDDED = settings.PORTAL_DEVELOPMENT = False
    addresses = ["/demonstration/mail/", f"/demonstration/mail/{key}/", f"/demonstration/mail/{key}/html/"]

    assert [Client().get(address).status_code for address in addresses] == [404, 404, 404]
    settings.PORTAL_DEVELOPMENT = True
    assert [Client().get(address).status_code for address in addresses] == [200, 200, 200]
