"""What anybody may read without signing in: whom to ring about a worry, at one commissioner (R93, hazard 26).

Front doors of its local authorities, its posts that are marked public with the contact of their holder, and
signposts. Nothing else of the register is here: a new line of this page is a decision about the public.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import slugify

from providers.accountability import Node, chart_of
from providers.models import Contact, Organisation, Post, PostHolder, Signpost


@dataclass(frozen=True)
class Professional:
    """A public post: who is in it, how to reach them, when somebody last said that it is right."""

    post: Post
    holder: PostHolder | None

    @property
    def contact(self) -> Contact | None:
        """The holder's contact, while it has not ended."""
        contact = self.holder.contact if self.holder else None
        return contact if contact and contact.ended_on is None else None


@dataclass(frozen=True)
class PublicContacts:
    """Everything on the page."""

    commissioner: Organisation
    doors: list[Contact]
    professionals: list[Professional]
    signposts: list[Signpost]


def commissioner_of(reference: str, *, on: date) -> Organisation | None:
    """The commissioner of an address, while it is open. Nobody else has a public page."""
    found: Any = Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONER, reference=reference.upper())
    first: Organisation | None = found.open(on=on).first()
    return first


def address_of(commissioner: Organisation, name: str = "public-contacts") -> str:
    """An address that can be read out: the name, and the reference that finds it."""
    slug = slugify(commissioner.name) or "contacts"
    return reverse(f"providers:{name}", kwargs={"reference": commissioner.reference, "slug": slug})


def public_contacts(commissioner: Organisation, *, on: date) -> PublicContacts:
    """Four queries."""
    posts = Post.objects.open(on=on).of(commissioner).filter(public=True).order_by("title", "part")
    inside = PostHolder.objects.holding(on=on).filter(organisation=commissioner).select_related("contact")
    held = {row.post_id: row for row in inside}
    signposts = Signpost.objects.one_each(commissioner, on, by="key").values()
    return PublicContacts(
        commissioner,
        list(Contact.objects.front_doors_around([commissioner.pk]).select_related("organisation")),
        [Professional(post, held.get(post.pk)) for post in posts],
        sorted((each for each in signposts if each.shown), key=lambda each: each.position),
    )


def public_chart(commissioner: Organisation, *, on: date) -> list[Node]:
    """The chart with roles and names only where the post is marked public."""
    return chart_of(commissioner, on=on, public=True)
