"""Contacts of all organisations, those of one, and its service profile."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.contacts import ContactForm
from providers.forms.service_profile import ServiceProfileForm
from providers.listings import contacts_shown
from providers.models import Contact, Organisation, ServiceAnswer
from providers.saving import answer, saved
from providers.views import reader
from providers.views.organisations import FORM, back_to

PAGE_SIZE = 25


@door(Can.SEE_PROVIDERS, methods=("GET",))
def contact_list(request: HttpRequest) -> HttpResponse:
    """Everybody whom the organisations that I see name as their contact, and when that was last checked."""
    on = timezone.localdate()
    allowed = Contact.objects.permitted(reader(request), Can.SEE_PROVIDERS, on=on)
    filters, rows = contacts_shown(request.GET, allowed, on=on)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return page(request, "providers/contact_list.html", filters=filters, page=shown)


@door(Can.EDIT_CONTACTS, of=Organisation)
def contact_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Another person or desk."""
    on = timezone.localdate()
    form = ContactForm(request.POST or None, instance=Contact(organisation=organisation), on=on, by=reader(request))
    if saved(form, form.save):
        messages.success(request, "Contact added")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Add a contact", note="contact")


@door(Can.EDIT_CONTACTS, of=Contact)
def contact_edit(request: HttpRequest, contact: Contact) -> HttpResponse:
    """Change a contact."""
    form = ContactForm(request.POST or None, instance=contact, on=timezone.localdate(), by=reader(request))
    if saved(form, form.save):
        messages.success(request, "Contact saved")
        return back_to(contact.organisation)
    return answer(request, FORM, form, about=contact.organisation, heading="Change contact", note="contact")


@door(Can.EDIT_CONTACTS, of=Contact, methods=("POST",))
def contact_verify(request: HttpRequest, contact: Contact) -> HttpResponse:
    """Checked today, as it was shown: 409 when it changed in between."""
    contact.verify(by=reader(request), on=timezone.localdate(), expected=seen_version(request))
    messages.success(request, "Noted: checked today")
    return back_to(contact.organisation)


@door(Can.EDIT_CONTACTS, of=Contact, methods=("POST",))
def contact_end(request: HttpRequest, contact: Contact) -> HttpResponse:
    """No longer the contact."""
    contact.end(on=timezone.localdate(), expected=seen_version(request))
    messages.success(request, "Contact ended. Reminders no longer go there.")
    return back_to(contact.organisation)


def seen_version(request: HttpRequest) -> int:
    """The version on the page where the button was pressed; 0, which never is one, when it said none."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


@door(Can.EDIT_SERVICES, of=Organisation)
def service_profile(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Which services it gives, who said so and when."""
    answers = list(ServiceAnswer.objects.permitted(reader(request), Can.EDIT_SERVICES).about(organisation))
    stands = {each.question.key: each.holds for each in answers}
    form = ServiceProfileForm(request.POST or None, instance=organisation, stands=stands)
    if saved(form, lambda: form.save(by=reader(request), on=timezone.localdate())):
        messages.success(request, "Service profile saved")
        return back_to(organisation)
    if form.refused:
        form.show_what_stands(stands)
    return answer(request, "providers/service_profile.html", form, about=organisation, answers=answers)
