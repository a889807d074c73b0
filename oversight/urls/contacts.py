"""Addresses of the contact log."""

from django.urls import path

from oversight.views import contacts

patterns = [
    path("contact-log/", contacts.contact_list_page, name="contact-list"),
    path("contact-log/new/", contacts.contact_new, name="contact-new"),
    path("contact-log/counts/", contacts.contact_counts, name="contact-counts"),
    path("contact-log/requests/", contacts.contact_requests, name="contact-requests"),
    path("contact-log/<str:reference>/", contacts.contact_detail, name="contact-detail"),
    path("contact-log/<str:reference>/correct/", contacts.contact_correct, name="contact-correct"),
    path("contact-log/<str:reference>/withdraw/", contacts.contact_withdraw, name="contact-withdraw"),
    path("contact-log/<str:reference>/answer/", contacts.contact_answer, name="contact-answer"),
]
