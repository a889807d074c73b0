"""Addresses of the lists of words and the rules of what is known."""

from django.urls import path

from oversight.views import lists

patterns = [
    path("lists/", lists.lists, name="lists"),
    path("lists/word/", lists.word_set, name="list-word"),
    path("lists/matrix/", lists.cell_set, name="list-cell"),
    path("lists/correction/", lists.days_set, name="list-days"),
]
