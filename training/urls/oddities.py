"""The address of oddities to query."""

from django.urls import path

from training.views import oddities

patterns = [path("figures/periods/<str:reference>/oddities/", oddities.oddity_list, name="oddity-list")]
