"""Addresses about people who have to be replaced."""

from django.urls import path

from oversight.views import posts

patterns = [path("posts/who-replaces/", posts.replacement_list, name="replacement-list")]
