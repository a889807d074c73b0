"""Where else somebody can turn: lines of the public contacts page, as dated rows.

Shipped rows (``providers/data/signposts.toml``) are for everybody; a commissioner's own row of the same key comes
before them, and one that is not ``shown`` takes it off its page.
"""

from django.db import models
from django.db.models import Q

from providers.models.policy import Dated, dated_constraints


class Signpost(Dated):
    """A service outside, with its telephone or address, and when somebody last checked that it is right."""

    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    telephone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    hours = models.CharField(max_length=120, blank=True)
    shown = models.BooleanField(default=True)
    verified_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            *dated_constraints("signpost", "key"),
            models.CheckConstraint(condition=~Q(telephone="") | ~Q(website=""), name="signpost_leads_somewhere"),
        ]

    def __str__(self) -> str:
        return self.name
