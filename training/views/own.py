"""A provider's own figures over eight periods, on screen and as a file."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import acting_with
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from training.models import FigureReturn
from training.own import Own, own_of, returns_of, told
from training.papers import answer, own_paper_of


@door(Can.READ_FIGURES, methods=("GET",))
def own_page(request: SignedInRequest) -> HttpResponse:
    """Own lines with thresholds, how many short, and the quarter among like providers where there are enough."""
    returns = returns_of(request.user, [each.pk for each in acting_with(request, Can.READ_FIGURES)])
    if not returns:
        return page(request, "training/own_empty.html")
    last = next((each for each in returns if each.reference == request.GET.get("return")), returns[0])
    on = timezone.localdate()
    own = own_of(request.user, last, returns, on=on)
    several = len({each.organisation_id for each in returns}) > 1
    owed = [each for each in returns if each.state in FigureReturn.EDITABLE]
    return page(request, "training/own.html", returns=returns, several=several, owed=owed, on=on, **told(own))


@door(Can.READ_FIGURES, of=FigureReturn, methods=("GET",))
def own_paper(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """The same as a PDF; its commissioner reads it too."""
    returns = returns_of(request.user, [figure_return.organisation_id])
    own: Own = own_of(request.user, figure_return, returns, on=timezone.localdate())
    paper = own_paper_of(told(own), at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    return answer(paper, f"our-figures-{figure_return.reference}")
