"""Addresses of training figures and indicators, a file for each part."""

from training.urls import measured, overview, queries, returns, writing

app_name = "training"
# Fixed words stand before references.
urlpatterns = [
    *measured.patterns,
    *returns.patterns,
    *writing.patterns,
    *queries.patterns,
    *overview.patterns,
]
