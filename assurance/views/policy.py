"""The commissioner's dated numbers: what holds now, what held before, and a new row from a day on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from assurance.forms.policy import PolicyForm
from assurance.models.policy import policies_of, set_policy
from assurance.views import reader
from design.pages import page
from providers.models import Organisation
from providers.models.policy import Overtaken


@door(Can.CHANGE_SETTINGS, methods=("GET",))
def policy_list(request: HttpRequest) -> HttpResponse:
    """For each commissioner the rows that hold, held and will hold, own before shipped."""
    on = timezone.localdate()
    commissioners = Organisation.objects.permitted(reader(request), Can.CHANGE_SETTINGS).acted_for(
        reader(request), Can.CHANGE_SETTINGS, on=on
    )
    return page(request, "assurance/policy_list.html", policies=policies_of(commissioners, on=on), on=on)


@door(Can.CHANGE_SETTINGS)
def policy_add(request: HttpRequest) -> HttpResponse:
    """Numbers of the commissioner's own from a day on; the row before ends that day."""
    on = timezone.localdate()
    commissioners = Organisation.objects.permitted(reader(request), Can.CHANGE_SETTINGS).acted_for(
        reader(request), Can.CHANGE_SETTINGS, on=on
    )
    form = PolicyForm(request.POST or None, commissioners=commissioners, on=on)
    if form.is_valid():
        try:
            set_policy(form.instance)
        except Overtaken as problem:
            form.add_error("valid_from", str(problem))
        else:
            messages.success(request, "Saved. Levels that were decided before keep the numbers of their day.")
            return redirect("assurance:policy-list")
    return page(request, "assurance/policy_form.html", form)
