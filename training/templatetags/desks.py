"""Addresses of pages about figures, at the desk that writes them."""

from django import template

from training.desks import Desk
from training.models import FigureReturn

register = template.Library()


@register.simple_tag
def desk_url(desk: Desk, name: str, figure_return: FigureReturn) -> str:
    """The address of a page about the return."""
    return desk.url(name, figure_return)
