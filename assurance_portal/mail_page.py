"""The mail that the portal has sent, where it goes nowhere but into a folder: development and demonstration only.

Everywhere else these pages do not exist. The html part of a mail is shown in a frame that may run nothing and
reach nothing; links are followed from the text part.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from accounts.capabilities import Can
from accounts.door import door
from assurance_portal.mail_folder import Mail, keys, read
from design.pages import page

A_PAGE = 25


def _folder() -> Path:
    development = settings.PORTAL_EMBEDDED or getattr(settings, "PORTAL_DEVELOPMENT", False)
    if not development or not settings.PORTAL_MAIL_DIR:
        raise Http404
    return Path(settings.PORTAL_MAIL_DIR)


def _mail(key: str) -> Mail:
    found = read(_folder(), key)
    if found is None:
        raise Http404
    return found


@door(Can.PUBLIC, methods=("GET",))
def mail_list(request: HttpRequest) -> HttpResponse:
    """Every mail that was sent, newest first."""
    folder = _folder()
    rows = Paginator(keys(folder), A_PAGE).get_page(request.GET.get("page"))
    mails = [mail for key in rows if (mail := read(folder, key))]
    return page(request, "demonstration/mail_list.html", rows=rows, mails=mails)


@door(Can.PUBLIC, methods=("GET",))  # type: ignore[arg-type]
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: where it went, its text with links, and its html part in a frame."""
    mail = _mail(key)
    return page(request, "demonstration/mail_detail.html", mail=mail, text=mail.part("plain"), html=mail.part("html"))


@door(Can.PUBLIC, methods=("GET",))  # type: ignore[arg-type]
@csp({"default-src": [NONE], "frame-ancestors": [SELF], "sandbox": ""})  # type: ignore[arg-type]
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The html part alone, for the frame."""
    response = HttpResponse(_mail(key).part("html"))
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
