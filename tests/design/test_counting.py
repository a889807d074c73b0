"""Pages of a list, with what each of them says of the whole."""

import pytest

from design.counting import page_of
from providers.models import Organisation
from tests.factories.providers import BoardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boards():
    for number in range(1, 6):
        BoardFactory(name=f"Counted {number}")
    return Organisation.objects.filter(name__startswith="Counted").order_by("name")


@pytest.mark.parametrize("known", [None, 5])
@pytest.mark.parametrize(
    ("asked", "number", "names"),
    [
        (None, 1, "12"),
        ("1", 1, "12"),
        ("3", 3, "5"),
        ("4", 3, "5"),
        ("0", 3, "5"),
        ("words", 1, "12"),
        ("99999999999999999999", 3, "5"),
    ],
)
def test_a_page_is_found_whatever_was_asked(boards, asked, number, names, known):
    page = page_of(boards, asked, 2, known=known)
    assert (page.number, [each.name[-1] for each in page], page.paginator.count) == (number, list(names), 5)


def test_a_page_that_is_there_costs_one_query_and_so_does_an_empty_list(boards, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert page_of(boards, "2", 2).paginator.num_pages == 3
    with django_assert_num_queries(1):
        assert list(page_of(boards.filter(name="Nowhere"), None, 2)) == []
