"""Passwords that many people use are refused, far beyond the 20,000 that Django knows."""

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from accounts.passwords import WidelyUsedValidator

DJANGOS = Path(password_validation.__file__).parent / "common-passwords.txt.gz"


@pytest.mark.parametrize("password", ["iloveyou1234", "Password1234", "qwertyuiop123", "1qaz2wsx3edc4rfv"])
def test_a_password_of_many_is_refused_whatever_its_capitals(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WidelyUsedValidator().validate(password)
    assert refused.value.code == "password_too_common"


def test_some_of_them_are_not_on_the_list_of_django() -> None:
    with gzip.open(DJANGOS, "rt", encoding="utf-8") as file:
        known = {line.strip() for line in file}
    assert "iloveyou1234" not in known


@pytest.mark.parametrize("password", ["three unconnected llamas", "orchard-lantern-fable-61", "krumm Ä ünlich 77"])
def test_a_good_one_is_taken(password: str) -> None:
    assert WidelyUsedValidator().validate(password) is None


def test_the_settings_ask_it() -> None:
    with pytest.raises(ValidationError) as refused:
        password_validation.validate_password("iloveyou1234")
    assert "password_too_common" in {error.code for error in refused.value.error_list}
