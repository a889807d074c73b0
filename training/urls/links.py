"""Addresses of figures by link: what its holder opens, and what both sides keep."""

from django.urls import path

from training.views import linked, links

by_link = linked.by_link
here, one = "link/figures/<str:reference>/", "figures/returns/<str:reference>/"
patterns = [
    path("link/figures/open/<str:token>/", linked.link_open, name="link-open"),
    path(here, by_link(linked.start, writes=False, methods=("GET",)), name="link-start"),
    path(f"{here}write/", by_link(linked.write), name="link-write"),
    path(f"{here}save", by_link(linked.save, methods=("POST",)), name="link-save"),
    path(f"{here}whole/", by_link(linked.whole, whole=True), name="link-whole"),
    path(f"{here}ask/", by_link(linked.ask, whole=True), name="link-ask"),
    path(
        f"{here}asked/<str:asked>/take-back",
        by_link(linked.take_back, whole=True, methods=("POST",)),
        name="link-asked-take-back",
    ),
    path(f"{here}sign/", by_link(linked.sign, whole=True), name="link-sign"),
    path(
        f"{here}receipt.pdf",
        by_link(linked.receipt, whole=True, writes=False, methods=("GET",)),
        name="link-receipt",
    ),
    path(f"{one}send-a-link/", links.link_send, name="link-send"),
    path(f"{one}go-on-in-your-account", links.link_adopt, name="link-adopt"),
    path("figures/links/<str:reference>/send-again", links.link_again, name="link-again"),
    path("figures/links/<str:reference>/take-back", links.link_take_back, name="link-take-back"),
]
