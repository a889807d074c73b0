"""Addresses of figures by link: what its holder opens, and what both sides keep."""

from django.urls import path

from training.views import linked, links

here, by_link = "link/figures/<str:reference>/", linked.by_link
patterns = [
    path("link/figures/open/<str:token>/", linked.link_open, name="link-open"),
    path(here, by_link(linked.start, writes=False, methods=("GET",)), name="link-start"),
    path(f"{here}write/", by_link(linked.write), name="link-write"),
    path(f"{here}save", by_link(linked.save, methods=("POST",)), name="link-save"),
    path(f"{here}whole/", by_link(linked.whole), name="link-whole"),
    path(f"{here}sign/", by_link(linked.sign), name="link-sign"),
    path(f"{here}receipt.pdf", by_link(linked.receipt, writes=False, methods=("GET",)), name="link-receipt"),
    path("figures/returns/<str:reference>/send-a-link/", links.link_send, name="link-send"),
    path("figures/links/<str:reference>/take-back", links.link_take_back, name="link-take-back"),
]
