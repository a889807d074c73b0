"""One thing done to many returns: chosen on the list, previewed, confirmed once, and what became of each."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from assurance import together
from assurance.forms.together import FORMS, TogetherForm
from assurance.models import Batch
from assurance.returns import people_who
from assurance.tasks import start_batch
from design.pages import page

EACH_PAGE = 50
# What the preview's form says anew; everything else that was typed goes along.
OWN_TO_A_PAGE = {"csrfmiddlewaretoken", "form_token", "step", "rows", "submit"}


@door(Can.RUN_ROUNDS)
def returns_together(request: SignedInRequest) -> HttpResponse:
    """The form of what was chosen; sent, the preview; confirmed, the batch."""
    on, what = timezone.localdate(), _what(request)
    if request.method == "POST" and request.POST.get("step") == "confirm":
        return _confirm(request, what)
    chosen = together.chosen_of(request.GET, user=request.user, what=what, on=on)
    context: dict[str, Any] = {"what": what, "chosen": chosen, "problem": chosen.problem}
    if chosen.problem:
        return page(request, "assurance/together.html", **context)
    form = _form(request, what, chosen.returns[0].commissioner_id)
    if not form.is_valid():
        return page(request, "assurance/together.html", form, **context)
    rows = together.outlook(what, chosen.returns, form.cleaned_data, user=request.user, on=on)
    possible = [row for row in rows if row.possible]
    shown: dict[str, Any] = {
        "possible": possible, "refused": [row for row in rows if not row.possible], "token": uuid.uuid4(),
        "keys": " ".join(row.key for row in possible), "undo": together.UNDO[what],
        "typed": [(name, value) for name, value in request.POST.items() if name not in OWN_TO_A_PAGE],
    }  # fmt: skip
    return page(request, "assurance/together_preview.html", **shown, **context)


@door(Can.RUN_ROUNDS, of=Batch, methods=("GET",))
def batch_page(request: SignedInRequest, batch: Batch) -> HttpResponse:
    """What became of each return, those that were refused first."""
    rows = batch.rows.select_related("self_assessment", "organisation").order_by("-state", "pk")
    found = Paginator(rows, EACH_PAGE).get_page(request.GET.get("page"))
    what = Batch.What(batch.what)
    return page(
        request, "assurance/batch.html", batch=batch, what=what, rows=found, counts=batch.counts(),
        undo=together.UNDO[what],
    )  # fmt: skip


def _what(request: SignedInRequest) -> Batch.What:
    """Which of the three; a date when the address says something else."""
    asked = request.GET.get("what", "")
    return Batch.What(asked) if asked in Batch.What.values else Batch.What.EXTEND


def _form(request: SignedInRequest, what: str, commissioner: int) -> TogetherForm:
    can = Can.VALIDATE if what == Batch.What.ASSIGN else Can.RUN_ROUNDS
    on = timezone.localdate()
    return FORMS[what](request.POST or None, people=people_who(can, commissioner, on=on), on=on)


def _confirm(request: SignedInRequest, what: str) -> HttpResponse:
    """Make the batch of what the preview showed, and begin. The form's token makes it once."""
    on, now = timezone.localdate(), timezone.now()
    rows = together.named(request.POST.get("rows", ""), user=request.user, what=what, on=on)
    form = _form(request, what, rows[0][0].commissioner_id) if rows else None
    if form is None or not form.is_valid() or len({each.commissioner_id for each, _ in rows}) > 1:
        raise Refused("This preview can no longer be used. Go back to the list and choose again.")
    batches = Batch.objects.permitted(request.user, Can.RUN_ROUNDS)
    token = uuid.UUID(request.POST["form_token"])
    batch = batches.ask_for(what, rows, terms=form.terms, token=token, by=request.user, at=now)
    transaction.on_commit(lambda: start_batch(batch, at=now), robust=True)
    return redirect("assurance:batch", reference=batch.reference)
