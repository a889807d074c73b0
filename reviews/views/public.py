"""Learning for anybody, without signing in: what was published for the website, and nothing of a review or provider."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.capabilities import Can
from accounts.door import door
from design.downloads import attachment
from providers.views.public import KEPT_FOR, kept
from reviews.briefing import as_pdf, file_name
from reviews.lessons import PublicLearning, on_the_website, theme_words
from reviews.models import Learning


@door(Can.PUBLIC, methods=("GET",))
def public_learning(request: HttpRequest) -> HttpResponse:
    """Everything on the website, by theme and kind."""
    return kept(request, "reviews/public_learning.html", shown=PublicLearning(request.GET, timezone.localdate()))


@door(Can.PUBLIC, methods=("GET",))
def public_item(request: HttpRequest, reference: str) -> HttpResponse:
    """One item."""
    on = timezone.localdate()
    learning = _there(reference)
    themes = theme_words(learning.themes, None, on)
    return kept(request, "reviews/public_item.html", learning=learning, themes=themes)


@door(Can.PUBLIC, methods=("GET",))
def public_briefing(request: HttpRequest, reference: str) -> HttpResponse:
    """Its 7-minute briefing."""
    learning = _there(reference)
    content = as_pdf(learning, demonstration=settings.PORTAL_DEMONSTRATION)
    response = attachment(content, "application/pdf", file_name(learning))
    if not request.user.is_authenticated:
        del response.headers["Cache-Control"]
        patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response


def _there(reference: str) -> Learning:
    if (found := on_the_website(reference, timezone.localdate())) is None:
        raise Http404
    return found
