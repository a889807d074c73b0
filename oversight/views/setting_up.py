"""Hiding the list of what is left to do while a place is being set up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from oversight.models import SettingUp


@door(Can.BRING_IN_ORGANISATIONS, methods=("POST",))
def hide(request: SignedInRequest) -> HttpResponse:
    """Take the list off the home pages of the commissioner that was named; what is left to do stays as it is."""
    mine = SettingUp.objects.permitted(request.user, Can.BRING_IN_ORGANISATIONS).shown()
    for place in mine.filter(commissioner__reference=request.POST.get("commissioner", "")):
        place.hide(by=request.user, at=timezone.now())
        messages.success(request, f"The list for {place.commissioner} is hidden.")
    return redirect("home")
