"""Addresses of training figures and indicators, a file for each part."""

from training.urls import (
    exceptions,
    links,
    measured,
    oddities,
    overview,
    queries,
    recovery,
    returns,
    signing,
    workbooks,
    writing,
)

app_name = "training"
# Fixed words stand before references.
urlpatterns = [
    *measured.patterns,
    *oddities.patterns,
    *returns.patterns,
    *writing.patterns,
    *workbooks.patterns,
    *signing.patterns,
    *links.patterns,
    *queries.patterns,
    *overview.patterns,
    *exceptions.patterns,
    *recovery.patterns,
]
