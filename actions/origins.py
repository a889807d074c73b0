"""Where actions arise, in words. An app above that opens actions says its word here when Django is ready."""

_origins: dict[str, str] = {"validation": "Validation of a return", "agreed": "Agreed with the provider"}


def register_origin(code: str, words: str) -> None:
    """Name a code of ``Action.origin_kind``."""
    _origins[code] = words


def origins() -> list[tuple[str, str]]:
    """Codes and words, in the order of the words."""
    return sorted(_origins.items(), key=lambda pair: pair[1])


def origin_in_words(code: str) -> str:
    """The words for a code; the code itself, readable, when nobody has named it."""
    return _origins.get(code, code.replace("_", " ").capitalize())
