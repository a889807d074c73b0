"""Addresses of oversight, a file for each part."""

from oversight.urls import (
    bringing,
    contacts,
    profile,
    visits,
)

app_name = "oversight"
urlpatterns = [
    *profile.patterns,
    *bringing.patterns,
    *visits.patterns,
    *contacts.patterns,
]
