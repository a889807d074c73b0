"""The kinds of review, the stages that each goes through, and what can happen in one that a clock counts from.

One entry for each kind: its name and law as in the statute, whose it is, whom it is about, and its stages in order. To
add a kind, an entry in ``KINDS`` and its clocks in ``data/clocks.toml`` (domain.md 8.1, 8.2 and 8.4).
"""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

STAGES = MappingProxyType(
    {
        "referred": "Referred",
        "scoping": "Scoping and criteria",
        "decided": "Decided",
        "commissioned": "Commissioned",
        "contributions": "Contributions",
        "draft": "Draft report",
        "board": "Board sign-off",
        "home_office": "Home Office quality assurance",
        "pre_publication": "Before publication",
        "published": "Published or embargoed",
        "action_plan": "Action plan live",
        "actions_complete": "Actions complete",
        "impact": "Impact evaluated",
        "closed": "Closed",
    }
)

EVENTS = MappingProxyType(
    {
        "incident": "Incident or death",
        "aware": "Local authority became aware",
        "notified": "Review body notified",
        "authorities_told": "Ofsted and the Department for Education told",
        "recommended": "Sub-group recommended what to do",
        "decided": "Decided whether to review",
        "decision_told": "National panel, Ofsted or Home Office told of the decision",
        "commissioned": "Terms of reference set and reviewer appointed",
        "agencies_asked": "Agencies asked for their reports",
        "agencies_answered": "All agency reports received",
        "report_complete": "Report complete",
        "panel_sent": "Sent to the national panel",
        "home_office_sent": "Sent to the Home Office Quality Assurance Panel",
        "home_office_agreed": "Agreed by the Home Office Quality Assurance Panel",
        "publication_planned": "Publication planned for",
        "advance_sent": "Sent in advance of publication",
        "published": "Published",
        "kept_online_until": "Kept online until",
        "plan_agreed": "Action plan agreed",
        "actions_complete": "Actions complete",
        "impact": "Impact evaluated",
    }
)
# The only ones that may lie ahead when they are recorded.
PLANNED = frozenset({"publication_planned", "kept_online_until"})

SHORT = ("referred", "scoping", "contributions", "board", "closed")
LOCAL = (
    "referred", "scoping", "decided", "commissioned", "contributions", "draft", "board", "pre_publication",
    "published", "action_plan", "actions_complete", "impact", "closed",
)  # fmt: skip
# After the board signs a Domestic Homicide Review off, the Home Office looks at it.
HOMICIDE = (*LOCAL[: LOCAL.index("board") + 1], "home_office", *LOCAL[LOCAL.index("board") + 1 :])
INQUIRY = ("published", "action_plan", "actions_complete", "impact", "closed")


@dataclass(frozen=True)
class Kind:
    """One kind of review. ``first`` and ``last`` are the days between which one of it can be begun."""

    code: str
    label: str
    short: str
    law: str
    owner: str
    subject: str
    stages: tuple[str, ...]
    first: date | None = None
    last: date | None = None
    becomes: tuple[str, ...] = ()

    def may_begin(self, on: date) -> bool:
        """Could one of this kind be begun on the day?"""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


def _all(*kinds: Kind) -> MappingProxyType[str, Kind]:
    return MappingProxyType({each.code: each for each in kinds})


KINDS = _all(
    Kind(
        "scr", "Serious Case Review", "SCR", "Local Safeguarding Children Boards Regulations 2006, regulation 5",
        "Local Safeguarding Children Board", "a child", LOCAL, last=date(2019, 9, 29), becomes=("lcspr",),
    ),
    Kind(
        "rapid", "Rapid review", "RR", "Children Act 2004, section 16C; Working Together to Safeguard Children",
        "Safeguarding partners", "a child", SHORT, first=date(2018, 6, 29), becomes=("lcspr", "ncspr", "learning"),
    ),
    Kind(
        "lcspr", "Local Child Safeguarding Practice Review", "LCSPR",
        "Children Act 2004, section 16F, as put in by the Children and Social Work Act 2017",
        "Safeguarding partners", "a child", LOCAL, first=date(2018, 6, 29), becomes=("learning",),
    ),
    Kind(
        "ncspr", "National Child Safeguarding Practice Review", "NCSPR",
        "Children Act 2004, section 16B, as put in by the Children and Social Work Act 2017",
        "Child Safeguarding Practice Review Panel", "a theme", LOCAL, first=date(2018, 6, 29),
    ),
    Kind(
        "sar", "Safeguarding Adult Review (mandatory)", "SAR", "Care Act 2014, section 44(1) to (3)",
        "Safeguarding Adults Board", "an adult with needs for care and support", LOCAL, first=date(2015, 4, 1),
        becomes=("sar_discretionary", "learning"),
    ),
    Kind(
        "sar_discretionary", "Safeguarding Adult Review (discretionary)", "SAR (discretionary)",
        "Care Act 2014, section 44(4)", "Safeguarding Adults Board", "an adult with needs for care and support", LOCAL,
        first=date(2015, 4, 1), becomes=("sar", "learning"),
    ),
    Kind(
        "dhr", "Domestic Homicide Review", "DHR", "Domestic Violence, Crime and Victims Act 2004, section 9",
        "Community Safety Partnership", "a person aged 16 or over", HOMICIDE, first=date(2011, 4, 13),
        becomes=("dardr", "learning"),
    ),
    Kind(
        "dardr", "Domestic Abuse Related Death Review", "DARDR",
        "Domestic Violence, Crime and Victims Act 2004, section 9, as changed by the Victims and Prisoners Act 2024",
        "Community Safety Partnership", "a person aged 16 or over", HOMICIDE, first=date(2024, 5, 24),
        becomes=("learning",),
    ),
    Kind(
        "mhhr", "Mental health homicide review", "MHHR", "NHS England: Serious Incident Framework",
        "NHS England", "a person whose killer was known to mental health services", LOCAL,
    ),
    Kind(
        "leder", "Learning disability mortality review", "LeDeR", "NHS England: learning from lives and deaths",
        "Integrated Care Board or Clinical Commissioning Group", "a person with a learning disability or autism", SHORT,
        first=date(2015, 6, 1), becomes=("sar", "sar_discretionary"),
    ),
    Kind(
        "learning", "Learning review", "LR", "Local agreement, below the threshold of the statutory reviews",
        "The board or partnership that agreed it", "anybody", LOCAL, becomes=("lcspr", "sar", "sar_discretionary"),
    ),
    Kind(
        "inquiry", "National inquiry", "Inquiry", "Inquiries Act 2005, or set up by a minister or NHS England",
        "The inquiry", "a theme", INQUIRY,
    ),
)  # fmt: skip
KIND_CHOICES = tuple((code, kind.label) for code, kind in KINDS.items())
