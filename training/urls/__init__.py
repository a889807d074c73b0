"""Addresses of training figures and indicators, a file for each part."""

from training.urls import measured, overview, queries, returns, workbooks, writing

app_name = "training"
# Fixed words stand before references.
urlpatterns = [
    *measured.patterns,
    *returns.patterns,
    *writing.patterns,
    *workbooks.patterns,
    *queries.patterns,
    *overview.patterns,
]
