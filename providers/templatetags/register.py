"""How the register's data reads."""

from collections.abc import Iterable, Mapping

from django import template

from providers.models import PostRule

register = template.Library()


@register.filter
def named(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """Codes as people know them."""
    return ", ".join(names.get(code, code) for code in codes)


@register.filter
def asked_in(rule: PostRule, names: Mapping[str, str]) -> str:
    """The organisations that must have the post: "the commissioner, acute and general hospital trusts"."""
    words = ", ".join(_within(names.get(code, code)) for code in rule.categories)
    return words[:1].upper() + words[1:] if words else "Nobody"


def _within(words: str) -> str:
    """A name inside a sentence: "NHS 111 services" keeps its capitals, "General practices" does not."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
