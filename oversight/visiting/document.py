"""The text of a report, made of the write-up: what draft and final hold, and what was seen where.

It says nothing of why the visit was made, of the team's notes or of what else is known: those never reach a provider.
"""

from typing import Any

from assurance.levels import State
from assurance.models import Seen
from oversight.models import Visit
from oversight.models.visit_writing import NARRATIVE
from oversight.visiting.lines import criteria_for
from oversight.visiting.writing import COUNTS, KNOWN, LEVELS

STATES = {
    "good_practice": State.MET,
    "compliant": State.MET,
    "concern": State.PARTLY,
    "immediate_concern": State.NOT_MET,
}
AGREES = {"agrees": "agrees with what the provider says of itself", "differs": "differs from what the provider says"}


def document_of(visit: Visit, parts: dict[str, Any] | None = None) -> dict[str, Any]:
    """The report as it would read now; ``parts`` are those of the write-up where somebody has asked for them."""
    parts = {each.part: each.value for each in visit.parts.all()} if parts is None else parts
    overall = parts.get("overall", {})
    counts = parts.get("counts", {})
    team = [str(visit.lead), *(str(member) for member in visit.team.select_related("user"))]
    return {
        "reference": visit.reference,
        "provider": visit.organisation.name,
        "commissioner": visit.commissioner.name,
        # That somebody raised a concern is not for the provider to learn from the report.
        "kind": "" if visit.kind == Visit.Kind.RESPONSIVE else visit.get_kind_display(),
        "started_on": visit.started_on.isoformat() if visit.started_on else "",
        "ended_on": visit.ended_on.isoformat() if visit.ended_on else "",
        "site": visit.site.name if visit.site else "",
        "strands": visit.strands_in_words,
        "team": team,
        "paragraphs": [
            {"key": key, "heading": heading, "text": parts.get(key, {}).get("text", "")}
            for key, heading in NARRATIVE.items()
        ],
        "findings": _findings(visit),
        "counts": [[label, counts[name]] for name, label in COUNTS.items() if counts.get(name)],
        "asked": _asked(parts),
        "level": dict(LEVELS).get(overall.get("level", ""), "") if overall.get("level") else "",
        "agrees": AGREES.get(overall.get("agrees", ""), ""),
        "feedback_to": overall.get("feedback_to", ""),
        "feedback_on": overall.get("feedback_on") or "",
    }


def _findings(visit: Visit) -> list[dict[str, Any]]:
    refs = {each.criterion_id: each.ref for each in criteria_for(visit)}
    return [
        {
            "key": str(each.key),
            "asked": each.asked,
            "judgement": each.judgement,
            "label": each.get_judgement_display(),
            "tone": each.tone,
            "site": each.site.name if each.site else "",
            "ref": refs.get(each.criterion_id, ""),
            "text": each.text,
        }
        for each in visit.findings.judged().select_related("site")
    ]


def _asked(parts: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    words = dict(KNOWN)
    answered = sorted((key for key in parts if key.startswith("staff-")), key=lambda key: int(key[6:]))
    found = [parts[key] for key in answered if parts[key].get("known")]
    return [
        {"question": each["question"], "known": words[each["known"]], "comment": each.get("comment", "")}
        for each in found
    ]


def headings_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    """What can be commented on: each paragraph and each finding, by key."""
    found = [(each["key"], each["heading"]) for each in document.get("paragraphs", [])]
    for n, each in enumerate(document.get("findings", []), 1):
        found.append((f"finding-{each['key']}", f"Finding {n}: {each['asked'] or each['text'][:60]}"))
    return found


def seen_of(visit: Visit) -> list[Seen]:
    """Each judged finding that is linked to a criterion, as it was seen at its site."""
    assert visit.ended_on is not None
    found = visit.findings.judged().filter(criterion__isnull=False).select_related("criterion", "site")
    where = {each.pk: each.site.name if each.site else "centre of the organisation" for each in found}
    return [
        Seen(
            criterion=each.criterion, site=each.site, state=STATES[each.judgement], words=each.text,
            on=visit.ended_on, source=f"Visit {visit.reference}, {where[each.pk][:70]}, {visit.ended_on:%-d %B %Y}",
        )
        for each in found
    ]  # fmt: skip


__all__ = ["document_of", "headings_of", "seen_of"]
