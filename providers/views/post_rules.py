"""The rules of posts: what holds for each commissioner, and a rule of its own from a day on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.post_rules import PostRuleForm, category_names, rules_now
from providers.models import Organisation
from providers.views import reader


def commissioners(request: HttpRequest) -> Any:
    """Those whose settings the person may change."""
    on = timezone.localdate()
    found = Organisation.objects.permitted(reader(request), Can.CHANGE_SETTINGS, on=on)
    return found.acted_for(reader(request), Can.CHANGE_SETTINGS, on=on)


@door(Can.CHANGE_SETTINGS, methods=("GET",))
def post_rules(request: HttpRequest) -> HttpResponse:
    """For each commissioner every kind of post, who must have it, and whose rule that is."""
    on = timezone.localdate()
    shown = [(each, list(rules_now(each, on=on).values())) for each in commissioners(request)]
    return page(request, "providers/post_rules.html", shown=shown, names=category_names())


@door(Can.CHANGE_SETTINGS)
def post_rule(request: HttpRequest, post_kind: str) -> HttpResponse:
    """A rule of the commissioner's own; the one before is kept with its dates."""
    on, ours = timezone.localdate(), commissioners(request)
    now = rules_now(ours.first(), on=on).get(post_kind)
    if now is None:
        raise Http404
    form = PostRuleForm(request.POST or None, now=now, commissioners=ours, on=on)
    if form.is_valid():
        form.save()
        messages.success(request, f"Saved: {form.instance.title}")
        return redirect("providers:post-rules")
    return page(request, "providers/post_rule.html", form, now=now)
