"""Is this the organisation that we have already? By code, CQC location, name, or nearly the same name.

Pure. Codes and identical names are certain; a likely double is put to a person, never decided.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from design.workbooks.values import plain
from providers.models import Organisation

LIKELY = 0.86
# Words that tell organisations of one place apart no better than their absence.
LOOSE = re.compile(
    r"\b(the|ltd|limited|llp|plc|cic|nhs|foundation|trust|ft|surgery|practice|medical|health|centre|center|group|"
    r"partnership|residential|nursing|care|home|house|services?|of|and)\b"
)
SAINT = re.compile(r"\bsaint\b")


def core(name: str) -> str:
    """What is left of a name when the words that everybody has are taken away; the whole name, if nothing is."""
    bare = SAINT.sub("st", name.casefold().replace("&", " and ").replace("’", "").replace("'", ""))
    return plain(LOOSE.sub(" ", bare)) or plain(bare)


@dataclass
class Same:
    """How an organisation of a file meets those on the register: certainly one of them, or likely some."""

    certain: Organisation | None = None
    likely: list[Organisation] = field(default_factory=list)
    by_code: bool = False


class Register:
    """The organisations that the person may see, looked up by what identifies them."""

    def __init__(self, known: Iterable[Organisation]) -> None:
        self.known = list(known)
        self.by_code = {each.code.upper(): each for each in self.known if each.code}
        self.by_location = {each.cqc_location_id: each for each in self.known if each.cqc_location_id}
        self.by_name: dict[str, list[Organisation]] = {}
        for each in self.known:
            self.by_name.setdefault(plain(each.name), []).append(each)
        self.cores = [(core(each.name), each) for each in self.known]

    def find(self, *, name: str, code: str, location: str, postcode: str) -> Same:
        """A code decides; then a CQC location; then the name, unless two codes contradict."""
        same_code = self.by_code.get(code) if code else None
        if same_code is not None:
            alike = not name or _alike(core(name), core(same_code.name))
            return Same(same_code, by_code=True) if alike else Same(None, [same_code], by_code=True)
        may_be = [each for each in self.known if not (code and each.code)]
        at_location = self.by_location.get(location) if location else None
        named = [each for each in self.by_name.get(plain(name), []) if each in may_be]
        if at_location is not None and at_location in may_be:
            return Same(at_location) if at_location in named else Same(None, [at_location])
        if postcode and len(named) > 1:
            named = [each for each in named if each.postcode in ("", postcode)] or named
        if len(named) == 1 and not (postcode and named[0].postcode and named[0].postcode != postcode):
            return Same(named[0])
        likely = named or [each for bare, each in self.cores if each in may_be and _alike(core(name), bare)]
        return Same(None, likely[:5])


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 5 and longer.startswith(shorter) and len(shorter) / len(longer) > 0.7:
        return True
    ratio = SequenceMatcher(None, one, other)
    return ratio.real_quick_ratio() >= LIKELY and ratio.quick_ratio() >= LIKELY and ratio.ratio() >= LIKELY
