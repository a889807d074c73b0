"""What may be typed in a box for a count, and what is said about the rest."""

import pytest

from training.numbers import MOST, NotACount, count_of

COUNTS = [
    ("", None), ("  ", None), ("0", 0), ("085", 85), ("1799", 1_799), ("1,799", 1_799), ("1 799", 1_799),
    ("1\u00a0799", 1_799), (" 85.00 ", 85), (str(MOST), MOST), ("9,999,999", MOST),
]  # fmt: skip
REFUSED = {
    "85%": "“85%” is a per cent: enter how many",
    "85.4 %": "“85.4 %” is a per cent: enter how many",
    "0.85": "“0.85” is not a whole number: enter how many, not a share",
    ".85": "“.85” is not a whole number: enter how many, not a share",
    "12,5": "“12,5” is not a whole number: enter how many, not a share",
    "-1": "“-1” is below nought: enter how many",
    "1e309": "“1e309” is not a number: enter a whole number such as 85",
    "８５": "“８５” is not a number: enter a whole number such as 85",
    "٣": "“٣” is not a number: enter a whole number such as 85",
    "n/a": "“n/a” is not a number: enter a whole number such as 85",
    "eighty-five": "“eighty-five” is not a number: enter a whole number such as 85",
    "=2+2": "“=2+2” is not a number: enter a whole number such as 85",
    "10000000": "“10000000” is more than 9,999,999",
    "9" * 400: f"“{'9' * 20}” is more than 9,999,999",
}


@pytest.mark.parametrize(("typed", "count"), COUNTS)
def test_a_count_is_read_as_people_write_it(typed: str, count: int | None) -> None:
    assert count_of(typed) == count


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_anything_else_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(NotACount) as refused:
        count_of(typed)
    assert str(refused.value) == words
