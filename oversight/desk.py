"""The way into everything that a commissioner does about its providers outside their returns.

To add a part: a line in ``PARTS``. The order is the order on screen.
"""

from dataclasses import dataclass

from accounts.capabilities import Can


@dataclass(frozen=True)
class Part:
    """One entry of the desk: where it leads, who may go there, and what is done there in a sentence."""

    label: str
    route: str
    can: Can
    purpose: str


PARTS: tuple[Part, ...] = (
    Part(
        "Visit programme",
        "oversight:programme",
        Can.SEE_VISIT_WORK,
        "Who needs a visit most, and why; who is due, and who was set aside.",
    ),
    Part(
        "Visits",
        "oversight:visit-list",
        Can.SEE_VISIT_WORK,
        "What is planned, what is being written up, and which reports are with a provider.",
    ),
    Part("Visit reports", "oversight:report-list", Can.SEE_VISIT_REPORTS, "The final reports of visits to providers."),
    Part(
        "Care homes for placements",
        "oversight:placement-list",
        Can.SEE_OVERVIEW,
        "The regulator’s rating with its date, the local authority’s status, suspensions and the last visit.",
    ),
    Part(
        "Bring in the regulator’s ratings",
        "oversight:ratings-start",
        Can.BRING_IN_RECORDS,
        "The regulator’s published file, matched by the CQC ids of the register.",
    ),
    Part(
        "Bring in reviews",
        "oversight:reviews-start",
        Can.REGISTER_REVIEW,
        "The register of reviews from a workbook in the order of the national tracker.",
    ),
    Part(
        "What is measured",
        "training:measured-list",
        Can.SEE_STEPS,
        "The lines of training and key indicators, who is asked, thresholds, and how figures are split.",
    ),
    Part(
        "Rules of reviews",
        "reviews:rule-list",
        Can.SEE_STEPS,
        "How long each step of a review may take, when its impact is looked at, and what it can be about.",
    ),
    Part(
        "Clocks after a visit",
        "oversight:visit-clocks",
        Can.CHANGE_SETTINGS,
        "How many working days the draft, the comments, the final report and the action plan may take.",
    ),
    Part(
        "Posts",
        "providers:post-list",
        Can.SEE_PROVIDERS,
        "Who holds the posts that must be there, which are vacant and since when, and which were not checked.",
    ),
    Part(
        "Who replaces them?",
        "oversight:replacement-list",
        Can.SEE_PROVIDERS,
        "People whom letters do not reach any more, or whose access has ended.",
    ),
    Part(
        "Which posts must be there",
        "providers:post-rules",
        Can.CHANGE_SETTINGS,
        "The posts that are asked for in each category, and how often each is checked.",
    ),
    Part(
        "Signposts of the public page",
        "providers:signpost-list",
        Can.CHANGE_SETTINGS,
        "Other services on the page that anybody may read, and when each was checked.",
    ),
    Part(
        "New services",
        "oversight:mobilisation-list",
        Can.EDIT_MOBILISATION,
        "Services that are being bought: what was asked about safeguarding, and who signed it off.",
    ),
    Part(
        "Proposed steps",
        "oversight:escalation-list",
        Can.SEE_SURVEILLANCE,
        "What the daily run proposes to you, and the steps that run, from the first letter to the last notice.",
    ),
    Part(
        "Surveillance",
        "oversight:surveillance-list",
        Can.SEE_SURVEILLANCE,
        "How closely each provider is watched, since when and why.",
    ),
    Part(
        "Contract notices",
        "oversight:notice-list",
        Can.SEE_NOTICES,
        "Notices that were issued, their meetings, plans and milestones. Recorded here, never sent from here.",
    ),
    Part(
        "Exception report",
        "oversight:escalation-report",
        Can.SEE_SURVEILLANCE,
        "What was escalated in a period, for the committee: page, PDF and workbook.",
    ),
    Part(
        "Contact log",
        "oversight:contact-list",
        Can.SEE_CONTACT_LOG,
        "Calls, meetings, advice and requests of local authorities: log one in under a minute.",
    ),
    Part(
        "Serious incidents",
        "oversight:incident-list",
        Can.SEE_INCIDENTS,
        "What providers have reported, who has looked at it, and themes by count.",
    ),
    Part(
        "Other indicators",
        "oversight:indicator-list",
        Can.SEE_OVERVIEW,
        "Complaints, infections and the like, each with its source and date.",
    ),
    Part(
        "Soft intelligence",
        "oversight:intelligence-list",
        Can.SEE_INTELLIGENCE,
        "What was heard about a provider, how far it can be relied on, and who may know.",
    ),
    Part(
        "Concerns",
        "oversight:concern-list",
        Can.SEE_INTELLIGENCE,
        "What several items make together: weighed, reviewed, closed.",
    ),
    Part(
        "Lists and rules",
        "oversight:lists",
        Can.CHANGE_SETTINGS,
        "Words for contacts, incidents, indicators and concerns, and the rules that they go by.",
    ),
    Part(
        "Identifiable data",
        "privacy:guard",
        Can.SEE_GUARD,
        "How often the portal warned of something that names a person, what was overridden, and what was removed.",
    ),
)


def parts_for(held: set[Can]) -> list[Part]:
    """The parts that somebody with these capabilities may open."""
    return [part for part in PARTS if part.can in held]
