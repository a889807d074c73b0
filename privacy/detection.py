"""Finds what may identify a person in a text: NHS numbers, dates of birth, ages, postcodes. Knows no Django.

    find(text, rules, known=…)

gives ``Finding``s in order. A rule says which words make something one (``words``), which keep it quiet
(``quiet_words``) and how many characters away they may stand (``distance``). They are data (``data/rules.toml``),
so that a commissioner can tune them. Shapes are here: everything begins at a digit, because a text without one is
done at once, and a text of 4,000 characters must cost less than a millisecond.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from privacy.postcode_areas import AREAS

NHS_NUMBER, BIRTH, AGE, POSTCODE = "nhs_number", "birth", "age", "postcode"

Known = Callable[[set[str]], Collection[str]]


@dataclass(frozen=True)
class Rule:
    """How one kind is recognised."""

    code: str
    words: tuple[str, ...] = ()
    quiet_words: tuple[str, ...] = ()
    distance: int = 30


@dataclass(frozen=True)
class Finding:
    """Something that may identify a person, from ``start`` up to ``end`` of the text."""

    code: str
    start: int
    end: int
    text: str

    def around(self, text: str, *, width: int = 30) -> tuple[str, str, str]:
        """A few words before, the thing itself, a few words after."""
        before, after = text[max(0, self.start - width) : self.start], text[self.end : self.end + width]
        before = before if self.start <= width else f"…{before.partition(' ')[2] or before}"
        after = after if self.end + width >= len(text) else f"{after.rpartition(' ')[0] or after}…"
        return before, text[self.start : self.end], after


def find(text: str, rules: Iterable[Rule], *, known: Known = lambda asked: ()) -> list[Finding]:
    """Everything that the rules find. ``known`` is asked once which of some postcodes are an organisation's."""
    if not _DIGIT.search(text):
        return []
    by_code = {rule.code: rule for rule in rules}
    found: list[Finding] = []
    if rule := by_code.get(NHS_NUMBER):
        found += _nhs_numbers(text, rule)
    if rule := by_code.get(BIRTH):
        found += _births(text, rule)
    if rule := by_code.get(AGE):
        found += _ages(text, rule)
    if (rule := by_code.get(POSTCODE)) and (places := list(_postcodes(text, rule))):
        quiet = set(known({tidy(each.text) for each in places}))
        found += [each for each in places if tidy(each.text) not in quiet]
    return sorted(found, key=lambda each: (each.start, each.end))


_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for whole words; a blank stands for any white space."""
    if not words:
        return None
    said = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)


def _nearest(words: tuple[str, ...], text: str) -> int:
    """Where the last of the words ends in a text that stands before a thing; -1 when none is there."""
    pattern = _any_of(words)
    return max((match.end() for match in pattern.finditer(text)), default=-1) if pattern else -1


# --- NHS numbers -----------------------------------------------------------------------------

_BLANK = r"[ \t\u00a0\u2007\u2009\u202f\n]"
_TEN = re.compile(rf"(?<![\d])(?<![\d][.,/:_–—-])\d(?:(?:{_BLANK}|[-‐‑.–])?\d){{9}}(?![\d])(?![.,/:_–—-]\d)")
_SHAPE = re.compile(rf"\d{{10}}|\d{{3}}({_BLANK}|[-‐‑.–])\d{{3}}({_BLANK}|[-‐‑.–])\d{{4}}")
_ADDRESS = re.compile(r"(?:https?://|www\.|[\w.]+@)\S*$")
_ATTACHED = re.compile(r"[A-Za-z_/#+=&-]")


def _nhs_numbers(text: str, rule: Rule) -> Iterator[Finding]:
    """Ten digits whose last checks the others, in the shape of an NHS number or beside words that say it is one."""
    for match in _TEN.finditer(text):
        digits = [int(each) for each in match[0] if each.isdigit()]
        if not checks(digits) or len(set(digits)) == 1 or _is_in_an_address(text, match.start()):
            continue
        before = text[max(0, match.start() - rule.distance) : match.start()]
        said, quiet = _nearest(rule.words, before), _nearest(rule.quiet_words, before)
        if (said >= 0 and said >= quiet) or (
            quiet < 0 and _SHAPE.fullmatch(match[0]) and not _is_part_of_more(text, *match.span())
        ):
            yield Finding(NHS_NUMBER, *match.span(), match[0])


def _is_part_of_more(text: str, start: int, end: int) -> bool:
    """A piece of a longer reference?"""
    return bool(
        (start and _ATTACHED.match(text[start - 1]))
        or (end < len(text) and (text[end].isalpha() or text[end] in "_/="))
    )


def _is_in_an_address(text: str, start: int) -> bool:
    """Within the address of a page or of a mailbox?"""
    return bool(_ADDRESS.search(text[max(0, start - 200) : start]))


def checks(digits: list[int]) -> bool:
    """Modulus 11, as the NHS number's last digit is made."""
    rest = 11 - sum(digit * (10 - n) for n, digit in enumerate(digits[:9])) % 11
    return digits[9] == (0 if rest == 11 else rest)


# --- Dates of birth --------------------------------------------------------------------------

_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_YEAR = r"(?:1[89]\d\d|20\d\d|\d\d)"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:\d{{1,2}}([/.\- ])\d{{1,2}}\1{_YEAR}|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ \-.](?:{_MONTH})[ \-.,]{{1,2}}{_YEAR}"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR})(?![\w/-])",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[.!?;]\s+[A-Z]|\n\s*\n")
_SAID_AFTER = re.compile(r"\s*[(\[,–-]?\s*$")
# The longest way to write a date.
_LONGEST = 30


def _births(text: str, rule: Rule) -> Iterator[Finding]:
    """A date beside "DOB", "date of birth" or "born", without a word such as "before" between them."""
    small = text.lower()
    pattern, quiet = _any_of(rule.words), _any_of(rule.quiet_words)
    if pattern is None or not any(word.lower() in small for word in rule.words):
        return
    found: dict[int, Finding] = {}
    for word in pattern.finditer(text):
        after = _DATE.search(text, word.end(), word.end() + rule.distance + _LONGEST)
        between = text[word.end() : after.start()] if after else ""
        if after and len(between) <= rule.distance and not _apart(between, quiet):
            found[after.start()] = Finding(BIRTH, *after.span(), after[0])
        for before in _DATE.finditer(text, max(0, word.start() - _LONGEST), word.start()):
            if _SAID_AFTER.fullmatch(text, before.end(), word.start()):
                found[before.start()] = Finding(BIRTH, *before.span(), before[0])
    yield from found.values()


def _apart(between: str, quiet: re.Pattern[str] | None) -> bool:
    """Do another sentence, or words such as "before", stand between the two?"""
    return bool(_SENTENCE_ENDS.search(between) or (quiet and quiet.search(between)))


# --- Ages ------------------------------------------------------------------------------------

_UNIT = r"(?:years?|yrs?|y/o|months?|weeks?|days?)"
_AGED = re.compile(rf"(?<!\w)[Aa][Gg][Ee](?:[Dd]| of|:)?\s+(\d{{1,3}})(?:\s+{_UNIT})?(?![\w%])")
_OLD = re.compile(rf"(?<![\w.,-])(\d{{1,3}})[ -]?(?:{_UNIT}[ -]old|y/o|yrs?|yo)(?![\w%])", re.IGNORECASE)
_BOUND_AFTER = re.compile(
    r"\s*(?:(?:years?|months?|weeks?)\s*)?(?:(?:and|or|to|plus|onwards?|upwards?|through|–|—|-|/|\+)\s*"
    r"(?:\d|over|above|under|below|older|younger|more|less|up)|\+|plus\b|onwards|upwards|,\s*\d+\s*(?:,|and|or))",
    re.IGNORECASE,
)
_BOUND_BEFORE = re.compile(
    r"(?:\d\s*(?:,|and|or|to|–|-|/)|under|over|below|above|between|from|until|least|than|up to|before|after|by|at the|"
    r"to|of|reach(?:es|ed|ing)?|turn(?:s|ed|ing)?)\s*$",
    re.IGNORECASE,
)
_PERSON_AFTER = 28
_CLAUSE = re.compile(r"[.!?;:\n]")


def _ages(text: str, rule: Rule) -> Iterator[Finding]:
    """One exact age beside the word for one person: "a boy aged 7", "the 84-year-old resident", "Mrs Hall, aged 84"."""
    small = text.lower()
    for shape, needs in ((_AGED, ("age",)), (_OLD, ("old", "y/o", "yo", "yr"))):
        for match in shape.finditer(text) if any(each in small for each in needs) else ():
            if int(match[1]) > 120 or _BOUND_AFTER.match(text, match.end()):
                continue
            before = _same_clause_before(text[max(0, match.start() - rule.distance) : match.start()])
            if _BOUND_BEFORE.search(before):
                continue
            after = _CLAUSE.split(text[match.end() : match.end() + _PERSON_AFTER], maxsplit=1)[0]
            if _one_person(before, after if shape is _OLD else "", rule):
                yield Finding(AGE, *match.span(), match[0])


_QUANTITY = re.compile(r"\s+(?:(?!(?:the|this|that|a|an)\b)\w+\s+)?")


def _one_person(before: str, after: str, rule: Rule) -> bool:
    """Is the last word before it one person's, or the first after it ("the 84-year-old resident")?"""
    pattern, quiet = _any_of(rule.words), _any_of(rule.quiet_words)
    if pattern is None:
        return False
    said = [match.span() for match in pattern.finditer(before)]
    start, end = max([*said, _named(before)], key=lambda span: span[1], default=(-1, -1))
    hushes = [match.end() for match in quiet.finditer(before)] if quiet else []
    if end >= 0 and all(end >= hush and not _QUANTITY.fullmatch(before[hush:start]) for hush in hushes):
        return True
    following = pattern.search(after) if after else None
    return following is not None and not hushes and not (quiet and quiet.search(after[: following.end()]))


_NAME = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Master)\.?\s+[A-Z]\w*(?:[ -][A-Z]\w*)?"
    r"|[A-Z][a-z]+\s+[A-Z][a-z]+,|\b[A-Z]\.?\s?[A-Z]\.?,)\s*$"
)


def _named(before: str) -> tuple[int, int]:
    """Where a name stands directly before; (-1, -1) without one."""
    match = _NAME.search(before)
    return match.span() if match else (-1, -1)


def _same_clause_before(text: str) -> str:
    return re.split(r"[!?;\n]|\.\s", text)[-1]


# --- Postcodes -------------------------------------------------------------------------------

_INWARD = re.compile(r"\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}(?!\w)")
_ORDINALS = {"st", "nd", "rd", "th"}
_OUTWARD = re.compile(r"(?<![\w./@-])([A-Za-z]{1,2})(\d[A-Za-z\d]?)([ \u00a0]{0,2})$")


def _postcodes(text: str, rule: Rule) -> Iterator[Finding]:
    """A whole postcode of a real area; in small letters only when it is written with its blank."""
    for match in _INWARD.finditer(text):
        begin = max(0, match.start() - 7)
        outward = _OUTWARD.search(text[begin : match.start()])
        if outward is None or outward[1].upper() not in AREAS:
            continue
        whole = outward[0] + match[0]
        if (not outward[3] and not whole.isupper()) or match[0][1:] in _ORDINALS:
            continue
        start = begin + outward.start()
        near = text[max(0, start - rule.distance) : start]
        if tidy(whole) in _tidied(rule.words) or _nearest(rule.quiet_words, near) >= 0:
            continue
        yield Finding(POSTCODE, start, match.end(), whole)


@lru_cache(maxsize=64)
def _tidied(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(tidy, words))


def tidy(postcode: str) -> str:
    """Capitals without blanks, so that two ways of writing are one."""
    return "".join(postcode.split()).upper()


def counted(found: Iterable[Finding]) -> Mapping[str, int]:
    """How many of each kind."""
    total: dict[str, int] = {}
    for each in found:
        total[each.code] = total.get(each.code, 0) + 1
    return total
