"""The rules of posts: what holds for each commissioner, and a rule of its own from a day on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.post_rules import PostRuleForm
from providers.models import Category, Organisation, PostRule
from providers.models.post_rules import COMMISSIONER
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
    names = {COMMISSIONER: "the commissioner", **dict(Category.objects.values_list("code", "plural"))}
    shown = [(each, list(PostRule.objects.by_kind(each, on).values())) for each in commissioners(request)]
    return page(request, "providers/post_rules.html", shown=shown, names=names)


@door(Can.CHANGE_SETTINGS)
def post_rule(request: HttpRequest, post_kind: str) -> HttpResponse:
    """A rule of the commissioner's own; the one before is kept with its dates."""
    on, ours = timezone.localdate(), commissioners(request)
    now = PostRule.objects.by_kind(ours.first(), on).get(post_kind)
    if now is None:
        raise Http404
    form = PostRuleForm(request.POST or None, now=now, commissioners=ours, on=on)
    if form.is_valid():
        form.save()
        messages.success(request, f"Saved: {form.instance.title}")
        return redirect("providers:post-rules")
    return page(request, "providers/post_rule.html", form, now=now)
