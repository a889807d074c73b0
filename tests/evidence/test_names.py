"""Names of files as people may see them."""

import pytest

from evidence.names import clean_name, ending_of

NAMES = {
    "policy.pdf": "policy.pdf",
    "../../etc/policy.pdf": "policy.pdf",
    "C:\\Users\\ann\\policy.pdf": "policy.pdf",
    "pol\x00icy\x1b.pdf": "policy.pdf",
    "annexe\u202efdp.exe": "annexefdp.exe",
    "\u200bpolicy\ufeff.pdf": "policy.pdf",
    "a\r\nSet-Cookie: x.pdf": "aSet-Cookie x.pdf",
    'quo"te<s>.pdf': "quo te s.pdf",
    "  many   spaces .pdf": "many spaces.pdf",
    "café ☂.pdf": "café ☂.pdf",
    "con.pdf": "_con.pdf",
    "": "evidence",
    "...": "evidence",
}


@pytest.mark.parametrize("given", NAMES)
def test_a_name_is_cleaned(given: str) -> None:
    assert clean_name(given) == NAMES[given]


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("x" * 500 + ".pdf")
    assert (len(name), ending_of(name)) == (120, ".pdf")
