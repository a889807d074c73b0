"""Addresses of oversight, a file for each part."""

from oversight.urls import (
    bringing,
    contacts,
    escalation,
    incidents,
    intelligence,
    lists,
    mobilisation,
    placements,
    posts,
    profile,
    programme,
    visits,
)

app_name = "oversight"
# Fixed words stand before references: ``visits/programme/`` before ``visits/<reference>/``.
urlpatterns = [
    *profile.patterns,
    *bringing.patterns,
    *programme.patterns,
    *mobilisation.patterns,
    *visits.patterns,
    *contacts.patterns,
    *incidents.patterns,
    *placements.patterns,
    *posts.patterns,
    *intelligence.patterns,
    *escalation.patterns,
    *lists.patterns,
]
