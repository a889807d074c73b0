"""What the table and the facts of an object say, worked out without asking the portal's own queries.

The facts are those of the measuring world (``assurance_portal.world``): who commissions whom, what has been
submitted, which list a row is on. To say that something differs on purpose, write the rule with its reason here.
"""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from accounts.capabilities import INTEREST, OPEN, UNASKED, Can, Grant, Scope
from assurance_portal.routes import Route
from assurance_portal.world import Thing
from exports.listings import listings
from tests.worlds import NOWHERE, WHOLE, Address, Principal, asked, kind_of

# Who is in whose register: the commissioner itself, its providers, its board.
REGISTER = {
    "A": {"A", "P1", "P2", "shared", "board"},
    "B": {"B", "P3", "shared", "board"},
    **{place: {place} for place in ("P1", "P2", "P3", "shared")},
}
COMMISSIONED_BY = {"P1": {"A"}, "P2": {"A"}, "P3": {"B"}, "shared": {"A", "B"}}
ASSOCIATES = {("B", "shared")}
# The deputies of the world have declared an interest in one provider each.
WORLD_INTERESTS = {("NG", "A"): ("P1",), ("NG", "B"): ("P3",)}
# Only the designated professional is on the commissioner's list.
LISTED = {("DP", "A"), ("DP", "B")}
# Each of these on the list of one review of their commissioner, for what is about their own organisation.
LISTED_FOR_THEIR_PART = {("PL", "P1"), ("PL", "P3")}

# What may be done with something that is not submitted, approved or published yet, by the commissioner's side.
SEES_DRAFTS = {
    "assurance.SelfAssessment": {
        Can.SEE_RETURN_STATUS,  # that it is owed, and how far its due date is
        Can.RUN_ROUNDS,  # extending and withdrawing is about the date, not about what is written
        Can.RECORD_RECEIVED,  # typing what arrived another way; refused (409) while the provider writes itself
        Can.SEE_OVERVIEW,
        Can.SEE_REMINDERS,
        Can.SEND_REMINDERS,
        Can.EXPORT,  # the list of returns as its page shows it: that it is owed, and when
        Can.FREEZE,
    },
    # That figures are owed and when, and typing what arrived another way.
    "training.FigureReturn": {
        Can.SEE_RETURN_STATUS,
        Can.RUN_ROUNDS,
        Can.RECORD_RECEIVED,
        Can.SEE_FIGURES,
        Can.SEE_REMINDERS,
        Can.SEND_REMINDERS,
        Can.EXPORT,
        Can.FREEZE,
    },
    "training.AskedLine": {Can.RECORD_RECEIVED},
    "training.FigureWorkbook": {Can.RECORD_RECEIVED},
    # Those who make the report, and those who read how it was made.
    "governance.AnnualReport": {Can.BUILD_REPORT, Can.APPROVE_REPORT, Can.READ_HISTORY},
    "framework.FrameworkVersion": {Can.DEFINE_STANDARDS, Can.PUBLISH_STANDARDS},
    # Everything before the final report is the visiting team's and those who sign.
    "oversight.Visit": {Can.SEE_VISIT_WORK, Can.DO_VISITS, Can.SIGN_VISIT_REPORT, Can.EXPORT, Can.FREEZE},
    "oversight.VisitReport": {Can.SEE_VISIT_WORK, Can.DO_VISITS, Can.SIGN_VISIT_REPORT},
    "oversight.VisitLetter": {Can.SEE_VISIT_WORK, Can.DO_VISITS},
}


def may(who: Principal, can: Can, thing: Thing) -> bool:
    """Does the table let this person do this with this object?"""
    grant = who.grant(can)
    if grant is None or (thing.circle and not on_list(who, thing)):
        return False
    interests = who.interests or WORLD_INTERESTS.get((who.role, who.place), ())
    if can in INTEREST and thing.organisation in interests:
        return False
    return RULES.get(thing.kind, whose)(who, can, grant, thing)


def on_list(who: Principal, thing: Thing) -> bool:
    """Is the person named on the list of the row? The special designated professionals are not.

    Of the world's reviews one names the professional, and one person of a provider for their own part of it.
    """
    if thing.label == "others":
        return False
    if thing.label == "named" and (who.role, who.place) in LISTED_FOR_THEIR_PART:
        return who.place == thing.organisation
    return not who.special and (who.role, who.place) in LISTED and who.place == thing.commissioner


def whose(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """Everything of one's commissioner, or of one's own organisation."""
    if grant.scope == Scope.OWN:
        return thing.organisation == who.place
    if grant.scope not in (Scope.ALL, Scope.STRAND):
        return False
    return thing.commissioner == who.place and (not thing.draft or can in SEES_DRAFTS.get(thing.kind, set()))


def _return(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """An associate reads the validated result of a return that the lead collects."""
    held = getattr(thing.object, "self_assessment", thing.object)
    associate = (who.place, thing.organisation) in ASSOCIATES and held.state == "validated"
    if can == Can.SEE_RESULT and grant.scope != Scope.OWN and associate:
        return True
    return whose(who, can, grant, thing)


def _register(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """One register entry with its sites and contacts; every commissioner of a provider keeps it."""
    return thing.organisation in REGISTER[who.place]


def _batch(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """What became of each return is said to whoever asked for it: the analyst of the world."""
    return (who.role, who.place) == ("QA", thing.commissioner)


def _own_file(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """A file of reviews is its reader's alone: the designated professional of the world."""
    return (who.role, who.place) == ("DP", thing.commissioner) and not who.special


def _of_commissioner(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    return grant.scope in (Scope.ALL, Scope.STRAND) and whose(who, can, grant, thing)


def _people(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """The people of one's own organisation, and for a commissioner those of its providers; never another's."""
    return thing.organisation in REGISTER[who.place]


def _interest(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """Both the organisation and the person whose interest it is; those of the world are the commissioner's people."""
    return {thing.organisation, thing.commissioner} <= REGISTER[who.place]


def _list(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    if grant.scope == Scope.MEMBER:
        return (who.role, who.place) in LISTED and who.place == thing.commissioner and on_list(who, thing)
    return thing.commissioner == who.place


def _standards(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """A published version is read by the commissioner's people and its providers; a draft by those who write it."""
    ours = thing.commissioner == who.place
    if can != Can.READ_STANDARDS:
        return ours
    if thing.draft:
        return ours and who.grant(Can.DEFINE_STANDARDS) is not None
    return ours or thing.commissioner in COMMISSIONED_BY.get(who.place, ())


def _visit(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """A provider meets its own draft while it is with it, and the final report; an associate the final report."""
    final = thing.object.state == "final"
    if grant.scope == Scope.OWN:
        return thing.organisation == who.place and (
            final or (can == Can.ANSWER_VISIT_REPORT and thing.object.state == "with_provider")
        )
    if can == Can.SEE_VISIT_REPORTS and final and (who.place, thing.organisation) in ASSOCIATES:
        return True
    return whose(who, can, grant, thing)


def _visit_report(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """The same of a report: the provider's draft while it is with it, and the final one."""
    final = thing.object.kind == "final"
    if grant.scope == Scope.OWN:
        return thing.organisation == who.place and (final or can == Can.ANSWER_VISIT_REPORT)
    if can == Can.SEE_VISIT_REPORTS and final and (who.place, thing.organisation) in ASSOCIATES:
        return True
    return whose(who, can, grant, thing)


def _visit_letter(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """A provider reads a letter once it was sent."""
    return whose(who, can, grant, thing) and not (grant.scope == Scope.OWN and thing.draft)


def _seen_at_site(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """It stands in a final report, so an associate reads it with that."""
    if can == Can.SEE_VISIT_REPORTS and (who.place, thing.organisation) in ASSOCIATES:
        return True
    return whose(who, can, grant, thing)


def _review(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """Who is named, and whose role lets them; of the world's two for each commissioner one names the professional."""
    return thing.label == "named" and who.place == thing.commissioner and on_list(who, thing)


def _position(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """The people of the review, and of a provider who is named for their own part of it."""
    if grant.scope == Scope.OWN:
        return thing.label == "named" and on_list(who, thing) and who.place == thing.organisation
    return _review(who, can, grant, thing)


def _contribution(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """Of a review on which the person is named: everything for the commissioner's, for a provider's their own."""
    if grant.scope == Scope.OWN:
        return thing.organisation == who.place
    return thing.label == "named" and thing.commissioner == who.place


def _learning(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """A draft that names a review is for its people; a provider reads what its commissioner has published."""
    state = thing.object.state
    if grant.scope == Scope.OWN:
        return state == "published" and thing.commissioner in COMMISSIONED_BY.get(who.place, ())
    # The member of the board is on the list of the world's other review, and may not read that.
    named = on_list(who, thing) if thing.label == "named" else who.role == "GB"
    return who.place == thing.commissioner and (state != "draft" or named)


def _library(who: Principal, can: Can, grant: Grant, thing: Thing) -> bool:
    """An own entry is its commissioner's; the world's are cited by a draft only, so no provider reads them."""
    return thing.commissioner == who.place


RULES: dict[str, Callable[[Principal, Can, Grant, Thing], bool]] = {
    "assurance.SelfAssessment": _return,
    "assurance.LevelDecision": _return,
    "assurance.Rating": _return,
    "assurance.Batch": _batch,
    "governance.YearBook": _batch,
    "assurance.Round": _of_commissioner,
    "providers.Organisation": _register,
    "providers.Site": _register,
    "providers.Contact": _register,
    "providers.Post": _register,
    "providers.PostHolder": _register,
    "providers.RegulatorRating": _register,
    "providers.CapacityStatement": _register,
    "providers.Partnership": _of_commissioner,
    "accounts.User": _people,
    "accounts.Membership": _people,
    "accounts.Invitation": _people,
    "accounts.DeclaredInterest": _interest,
    "accounts.Cover": _people,
    "accounts.SecondStepReset": _people,
    "accounts.Circle": _list,
    "accounts.CircleMember": _list,
    "framework.DraftWorkbook": _standards,
    "framework.FrameworkVersion": _standards,
    "framework.Reference": _library,
    "governance.AnnualReport": _of_commissioner,
    "oversight.OrganisationImport": _of_commissioner,
    "oversight.RecordImport": _of_commissioner,
    "oversight.ReviewImport": _own_file,
    "oversight.ContactEntry": _of_commissioner,
    "oversight.Indicator": _of_commissioner,
    "oversight.IntelligenceItem": _of_commissioner,
    "oversight.Concern": _of_commissioner,
    "oversight.Term": _of_commissioner,
    "oversight.Visit": _visit,
    "oversight.VisitReport": _visit_report,
    "oversight.VisitLetter": _visit_letter,
    "assurance.SeenAtSite": _seen_at_site,
    "exports.FrozenView": _of_commissioner,
    "reviews.Review": _review,
    "reviews.Recommendation": _review,
    "reviews.ImpactReview": _review,
    "reviews.Implication": _review,
    "reviews.Position": _position,
    "reviews.Contribution": _contribution,
    "reviews.Learning": _learning,
    "reviews.Dissemination": _of_commissioner,
    "training.Period": _of_commissioner,
}


# --- what a request should get ---


def cells(who: Principal, every: dict[str, list[Address]]) -> Iterator[tuple[str, Address]]:
    """Everything that ``asked`` gives, but what the door has answered before.

    Somebody to whom it does not open for an object learns that by one route of the capability and by one method; of
    each other route one is asked all the same.
    """
    shut, here = set[tuple[Can, str, tuple[str, int] | None]](), ""
    for method, address in asked(who, every):
        can, route = Can(address.route.capability), address.route
        if route.of and who.place and not _reached(who, can, address):
            thing = address.thing
            question = (can, route.of, (thing.kind, thing.id) if thing else None)
            if question in shut and here == route.name and not WHOLE:
                continue
            shut.add(question)
        here = route.name
        yield method, address


def expected(who: Principal, method: str, address: Address, *, fresh: bool) -> str:
    """ "sign in", "not there", "method", "confirm" or "allowed", in the order of the door."""
    route, can = address.route, Can(address.route.capability)
    if can in UNASKED:
        return _open(route, method, address.thing)
    if not who.place:
        return "sign in"
    if not _reached(who, can, address):
        return "not there"
    if method not in route.methods:
        return "method"
    grant = who.grant(can)
    if not fresh and (grant.fresh if grant else route.name in CHANGES_SIGNING_IN):
        return "confirm"
    return "not there" if absent(who, can, method, address) else "allowed"


# Changing how one signs in asks for the second step first, whoever one is.
CHANGES_SIGNING_IN = {
    "account_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp", "mfa_add_webauthn",
    "mfa_edit_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_remove_webauthn",
}  # fmt: skip


def _open(route: Route, method: str, thing: Thing | None) -> str:
    if method not in route.methods:
        return "method"
    # Anybody reads learning that is on the website.
    if kind_of(route) == "reviews.Learning":
        return "allowed" if thing is not None and thing.label == "public" else "not there"
    if route.path.startswith("/demonstration/"):
        # The demonstration's pages exist where it runs (decisions.md 7); its mail wherever mail goes into a folder.
        return (
            "allowed" if route.name == "mail" and settings.PORTAL_EMBEDDED and settings.PORTAL_MAIL_DIR else "not there"
        )
    # The token of these addresses was given to nobody: an invitation is not there, a link is "no longer valid". And
    # nobody here has followed a link to a return.
    # No commissioner has the reference that is asked for on a public page.
    nobody = ("accounts:invitation-accept", "providers:public-contacts", "providers:public-accountability")
    unknown = route.name in nobody or route.capability == Can.BY_LINK
    return "not there" if unknown else "allowed"


def _reached(who: Principal, can: Can, address: Address) -> bool:
    """Does the door open? What the view looks up itself comes after it."""
    if can in OPEN:
        return not address.route.of or (address.thing is not None and _is_own(who, address.thing))
    if not address.route.of:
        return who.grant(can) is not None
    return address.thing is not None and may(who, can, address.thing)


# Whose the world's cover and reset are: the contract manager is away, the secretary has lost the second step.
OWN = {"accounts.Cover": "CM", "accounts.SecondStepReset": "CS"}


def _is_own(who: Principal, thing: Thing) -> bool:
    """Is it about the person who asks?"""
    return (who.role, who.place) == (OWN[thing.kind], thing.commissioner)


def absent(who: Principal, can: Can, method: str, address: Address) -> str:
    """Why the page does not exist although the door opened; empty when it does exist."""
    return next((reason for rule in ABSENT if (reason := rule(who, can, method, address))), "")


def _not_mine(who: Principal, can: Can, method: str, address: Address) -> str:
    """Where the view looks the object up itself, the same rule holds behind the door."""
    thing, route = address.thing, address.route
    if route.of or not kind_of(route):
        return ""
    if thing is None:
        return "no such object"
    if kind_of(route) == "providers.Organisation":
        return "" if thing.organisation == who.place else "only for a commissioner of one's own"
    return "" if may(who, can, thing) else "not permitted"


def _part_of_another(who: Principal, can: Can, method: str, address: Address) -> str:
    """A part that is not there, or of somebody else's object; refused before that while another desk writes."""
    words = dict(address.words)
    # A copy with what became of it exists once the workbook is accepted; the world's wait.
    copy = address.route.name.endswith("-workbook-copy")
    if not (address.mixed or copy or words.get("use") == 0 or NOWHERE in (words.get("ask"), words.get("upload"))):
        return ""
    thing = address.thing
    assert thing is not None
    if thing.kind == "training.FigureReturn":
        # That there is no such file is said before whose turn it is; what became of one that is there, after it.
        waits = words.get("upload") != NOWHERE and can == Can.RECORD_RECEIVED and not thing.object.entering
        return "" if waits else "these figures have no such workbook"
    written = thing.object.state in ("issued", "in_progress", "sent_back")
    if can == Can.FILL_ASSESSMENT and not (written and not thing.object.entering):
        return ""
    if can == Can.RECORD_RECEIVED and not (written and thing.object.entering):
        return ""
    return "the object has no such part"


def _other_strand(who: Principal, can: Can, method: str, address: Address) -> str:
    """Every strand is read; only one's own is written in. The addresses name the strand of children."""
    route = address.route
    if can not in (Can.VALIDATE, Can.SIGN_OFF, Can.REOPEN) or not route.of or "children" in who.strands:
        return ""
    name = route.name.removeprefix("assurance:validation-")
    reading = method == "GET" and name in ("strand", "criterion")
    # While the provider writes again nobody's strand is open: that is said first, with 409.
    refused = name in ("criterion", "accept", "send-back") and _sent_back(address)
    # A re-grade is of a criterion, which is everybody's; a level is of a strand.
    whole = can == Can.REOPEN and "<slug:strand>" not in route.path
    return "" if reading or refused or whole else "another's strand"


def _sent_back(address: Address) -> bool:
    return address.thing is not None and address.thing.object.state == "sent_back"


def _no_result_yet(who: Principal, can: Can, method: str, address: Address) -> str:
    """A result exists once every strand is signed off."""
    thing = address.thing
    result = address.route.name.startswith("assurance:result") and thing is not None
    return "not validated" if result and thing.object.state != "validated" else ""


def _nothing_submitted(who: Principal, can: Can, method: str, address: Address) -> str:
    """Answers to read, and a receipt, are of what was submitted: the provider writes elsewhere."""
    submitted = address.route.name in (
        "assurance:return-answers", "assurance:return-receipt", "training:return-version", "training:return-receipt",
    )  # fmt: skip
    thing = address.thing
    return "not submitted" if submitted and thing is not None and not thing.object.first_submitted_at else ""


def _not_shared(who: Principal, can: Can, method: str, address: Address) -> str:
    """The criteria behind a cell show what the provider said of itself; an associate gets the validated result."""
    thing = address.thing
    behind = address.route.name == "assurance:standard-detail" and thing is not None
    return "not shared" if behind and who.place not in (thing.commissioner, thing.organisation) else ""


def _no_account_part(who: Principal, can: Can, method: str, address: Address) -> str:
    numbered = can == Can.OWN_ACCOUNT and "<int:pk>" in address.route.path
    return "the person has no such passkey or session" if numbered else ""


def _names_nothing(who: Principal, can: Can, method: str, address: Address) -> str:
    """What is posted here names the answer that it judges; an empty form names none."""
    return "no answer named" if (address.route.name, method) == ("assurance:validation-across", "POST") else ""


def _list_not_open(who: Principal, can: Can, method: str, address: Address) -> str:
    """A list is taken out by those who may open its page; one that is nothing without names is never frozen."""
    name = dict(address.words).get("listing")
    found = next((each for each in listings() if each.name == name), None)
    if found is not None and can == Can.FREEZE and not found.freezes:
        return "a list of names is not frozen"
    return "" if found is None or who.grant(found.see) else "the page of the list is not theirs"


def _no_capacity(who: Principal, can: Can, method: str, address: Address) -> str:
    """Capacity is stated by commissioners about themselves."""
    thing, capacity = address.thing, address.route.name.startswith("providers:capacity")
    return "of a commissioner only" if capacity and thing is not None and thing.organisation not in "AB" else ""


# Which line, part or comment is meant stands behind the question mark; the addresses of these tests name none.
NAMED_BEHIND = {
    "oversight:visit-told", "oversight:visit-line-save", "oversight:visit-line-remove", "oversight:visit-part-save",
    "oversight:comment-answer", "oversight:report-dispute",
}  # fmt: skip


def _names_no_part(who: Principal, can: Can, method: str, address: Address) -> str:
    return "no line or comment named" if address.route.name in NAMED_BEHIND else ""


ABSENT: list[Callable[[Principal, Can, str, Address], str]] = [
    _not_mine,
    _part_of_another,
    _other_strand,
    _no_result_yet,
    _not_shared,
    _nothing_submitted,
    _no_account_part,
    _names_nothing,
    _names_no_part,
    _list_not_open,
    _no_capacity,
]


# --- whose words may be read ---

# By which rights a kind of object is read. Its words may stand wherever one of them reaches.
READ_BY: dict[str, tuple[Can, ...]] = {
    "assurance.SelfAssessment": (Can.READ_ASSESSMENT, Can.VALIDATE, Can.FILL_ASSESSMENT, Can.SUBMIT_ASSESSMENT),
    "assurance.Submission": (Can.READ_ASSESSMENT, Can.SEE_RETURN_STATUS),
    "assurance.SendBack": (Can.READ_ASSESSMENT, Can.SEE_RETURN_STATUS),
    "assurance.LevelDecision": (Can.SEE_RESULT, Can.VALIDATE),
    "assurance.Rating": (Can.SEE_RESULT, Can.VALIDATE),
    "assurance.InQuestion": (Can.SEE_RESULT, Can.VALIDATE),
    "assurance.EntryOnBehalf": (Can.READ_ASSESSMENT, Can.RECORD_RECEIVED, Can.SEE_RETURN_STATUS),
    "assurance.ReturnLink": (Can.TAKE_LINKS_BACK,),
    "assurance.Answer": (Can.READ_ASSESSMENT, Can.FILL_ASSESSMENT),
    "assurance.Batch": (Can.RUN_ROUNDS,),
    "governance.YearBook": (Can.FREEZE,),
    "assurance.RecordedGrade": (Can.SEE_RESULT, Can.SEE_OVERVIEW),
    "actions.Action": (Can.SEE_ACTIONS, Can.REMOVE_IDENTIFIABLE),
    "chasing.Chase": (Can.SEE_REMINDERS,),
    "chasing.Letter": (Can.SEE_REMINDERS,),
    "chasing.SendingHold": (Can.SEE_REMINDERS,),
    "evidence.EvidenceItem": (Can.DOWNLOAD_EVIDENCE, Can.UPLOAD_EVIDENCE),
    "evidence.EvidenceVersion": (Can.DOWNLOAD_EVIDENCE, Can.UPLOAD_EVIDENCE),
    "exports.Export": (Can.READ_HISTORY,),
    "exports.FrozenView": (Can.FREEZE,),
    "framework.DraftWorkbook": (Can.DEFINE_STANDARDS,),
    "framework.Reference": (Can.READ_STANDARDS, Can.DEFINE_STANDARDS),
    "governance.AnnualReport": (Can.READ_REPORT, Can.BUILD_REPORT, Can.APPROVE_REPORT, Can.READ_HISTORY),
    "oversight.Mobilisation": (Can.EDIT_MOBILISATION, Can.SIGN_MOBILISATION),
    "oversight.OrganisationImport": (Can.BRING_IN_ORGANISATIONS,),
    "oversight.ProgrammeMark": (Can.SEE_VISIT_WORK, Can.DO_VISITS),
    "oversight.RecordImport": (Can.BRING_IN_RECORDS,),
    "oversight.ReviewImport": (Can.REGISTER_REVIEW,),
    "oversight.AuthorityConcern": (Can.SEE_OVERVIEW,),
    "oversight.ContactEntry": (Can.SEE_CONTACT_LOG, Can.LOG_CONTACT),
    "oversight.SeriousIncident": (Can.SEE_INCIDENTS, Can.REPORT_INCIDENT),
    "oversight.Indicator": (Can.SEE_OVERVIEW, Can.RECORD_INDICATORS),
    "oversight.IntelligenceItem": (Can.SEE_INTELLIGENCE, Can.RECORD_INTELLIGENCE),
    "oversight.Concern": (Can.SEE_INTELLIGENCE, Can.WEIGH_CONCERNS),
    "oversight.Term": (Can.CHANGE_SETTINGS, Can.SEE_INTELLIGENCE, Can.SEE_INCIDENTS, Can.SEE_CONTACT_LOG),
    "oversight.ContractNotice": (Can.SEE_NOTICES, Can.RECORD_NOTICES),
    "oversight.Escalation": (Can.SEE_SURVEILLANCE, Can.ESCALATE),
    "oversight.PlacementSuspension": (Can.SEE_SURVEILLANCE, Can.RECORD_NOTICES),
    "oversight.SurveillanceLevel": (Can.SEE_SURVEILLANCE, Can.SET_SURVEILLANCE),
    # What stands in a final report; of the rest the team's words stay with those who see the work.
    "oversight.Visit": (Can.SEE_VISIT_WORK, Can.DO_VISITS),
    "oversight.VisitReport": (Can.SEE_VISIT_WORK, Can.SEE_VISIT_REPORTS, Can.ANSWER_VISIT_REPORT),
    "oversight.VisitLetter": (Can.SEE_VISIT_WORK, Can.ANSWER_VISIT_REPORT),
    "oversight.ActionPlan": (Can.SEE_VISIT_REPORTS,),
    "assurance.SeenAtSite": (Can.SEE_VISIT_REPORTS,),
    "privacy.Override": (Can.SEE_GUARD,),
    "privacy.Removal": (Can.SEE_GUARD, Can.REMOVE_IDENTIFIABLE),
    "providers.Arrangement": (Can.SEE_PROVIDERS,),
    "providers.Site": (Can.SEE_PROVIDERS,),
    "providers.Contact": (Can.SEE_PROVIDERS,),
    "providers.Partnership": (Can.SEE_PROVIDERS,),
    "providers.Post": (Can.SEE_PROVIDERS,),
    "providers.PostHolder": (Can.SEE_PROVIDERS,),
    "providers.RegulatorRating": (Can.SEE_PROVIDERS,),
    "providers.CapacityStatement": (Can.SEE_PROVIDERS,),
    "reviews.Review": (Can.SEE_REVIEW,),
    "reviews.Recommendation": (Can.SEE_REVIEW,),
    "reviews.ImpactReview": (Can.SEE_REVIEW,),
    "reviews.Implication": (Can.SEE_REVIEW,),
    "reviews.Position": (Can.SEE_REVIEW, Can.STATE_POSITION),
    "reviews.Contribution": (Can.SEE_CONTRIBUTION,),
    "reviews.Acknowledgement": (Can.SEE_LEARNING,),
    "reviews.Dissemination": (Can.SEE_LEARNING,),
    "reviews.Learning": (Can.SEE_LEARNING,),
    "reviews.LearningAsk": (Can.SEE_LEARNING, Can.ACKNOWLEDGE_LEARNING),
    "training.FigureReturn": (Can.SEE_RETURN_STATUS, Can.SEE_FIGURES),
    # What is being written; of what was submitted the submission speaks.
    "training.AskedLine": (Can.FILL_FIGURES, Can.SUBMIT_FIGURES),
    "training.FigureSubmission": (Can.READ_FIGURES, Can.SEE_RETURN_STATUS),
    "training.FigureLink": (Can.TAKE_LINKS_BACK,),
    "training.FigureQuery": (Can.READ_FIGURES, Can.QUERY_FIGURES),
    "training.Period": (Can.SEE_FIGURES,),
    # A provider reads why its threshold differs; the commissioner where it sees figures or keeps the rules.
    "training.Threshold": (Can.READ_FIGURES, Can.SEE_FIGURES, Can.SEE_STEPS, Can.CHANGE_SETTINGS),
    "training.Trajectory": (Can.READ_FIGURES, Can.SEE_FIGURES, Can.FILL_FIGURES),
    "accounts.Membership": (Can.SEE_ACCESS,),
    "accounts.Invitation": (Can.SEE_ACCESS, Can.MANAGE_PEOPLE),
    "accounts.DeclaredInterest": (Can.SEE_ACCESS, Can.MANAGE_PEOPLE),
    "accounts.Cover": (Can.SEE_ACCESS, Can.MANAGE_PEOPLE, Can.OWN_ACCOUNT),
    "accounts.SecondStepReset": (Can.RESET_SECOND_STEP,),
    "accounts.Circle": (Can.SEE_CIRCLES, Can.KEEP_CIRCLES),
    "accounts.CircleMember": (Can.SEE_CIRCLES, Can.KEEP_CIRCLES),
}
# Names of organisations and people stand beside what they do: whoever works with their organisation meets them.
NAMES = ("providers.Organisation", "accounts.User")
WORKS_WITH = {
    "A": {"A", "P1", "P2", "shared", "board"},
    "B": {"B", "P3", "shared", "board"},
    "P1": {"P1", "A"}, "P2": {"P2", "A"}, "P3": {"P3", "B"}, "shared": {"shared", "A", "B"},
}  # fmt: skip
# Commissioners that share a provider and a board meet each other's names there.
NEIGHBOURS = {"A", "B"}


def reads(who: Principal, thing: Thing) -> bool:
    """May any of this object's words come back to this person?"""
    if thing.label == "public":
        return True
    if not who.role:
        return False
    if thing.kind == "accounts.User" and thing.label == "DP A" and _is_associate(who):
        return True
    if thing.kind in NAMES:
        known = WORKS_WITH[who.place] | (NEIGHBOURS if thing.kind == "providers.Organisation" else set())
        return thing.organisation in (known if who.place in NEIGHBOURS else WORKS_WITH[who.place])
    if thing.kind in WORDS:
        return WORDS[thing.kind](who, thing)
    # What arrived another way is read by those who may type it, and by the provider it came from.
    if thing.kind == "assurance.SelfAssessment" and thing.object.entering and thing.commissioner == who.place:
        return who.grant(Can.RECORD_RECEIVED) is not None
    if thing.kind in SPECIAL and not SPECIAL[thing.kind](who, thing):
        return False
    if thing.kind not in READ_BY:
        pytest.fail(
            f"The world holds a {thing.kind}, and tests/policy.py does not say who may read its words. Say in READ_BY "
            "by which rights it is read, and in RULES whose it is where that is more than its commissioner's and its "
            "organisation's."
        )
    return any(may(who, can, thing) for can in READ_BY[thing.kind])


def _given_to_the_provider(who: Principal, thing: Thing) -> bool:
    """What a validator wrote reaches the provider and associates with the result, not before."""
    return thing.commissioner == who.place or thing.object.self_assessment.state == "validated"


def _kept_by_the_commissioner(who: Principal, thing: Thing) -> bool:
    return thing.commissioner == who.place


def _is_associate(who: Principal) -> bool:
    """Somebody who reads a result that another commissioner validated; it says who did."""
    return any(place == who.place for place, _ in ASSOCIATES) and who.grant(Can.SEE_RESULT) is not None


def _about_a_shared_provider(who: Principal, thing: Thing) -> bool:
    """An associate who reads a result reads whose round it was and what the standards asked."""
    return _is_associate(who) and thing.commissioner != who.place and not thing.draft


def _round(who: Principal, thing: Thing) -> bool:
    """Everybody who has to do with a return of it meets its name."""
    ours = who.place == thing.commissioner or thing.commissioner in COMMISSIONED_BY.get(who.place, ())
    involved = any(who.grant(can) for can in (Can.SEE_RETURN_STATUS, Can.RUN_ROUNDS, Can.SEE_RESULT))
    return involved and (ours or _about_a_shared_provider(who, thing))


def _standards_words(who: Principal, thing: Thing) -> bool:
    return _about_a_shared_provider(who, thing) or any(
        may(who, can, thing) for can in (Can.READ_STANDARDS, Can.DEFINE_STANDARDS)
    )


def _evidence_words(who: Principal, thing: Thing) -> bool:
    """A submitted return names its evidence: whoever reads the one reads the title of the other."""
    if any(may(who, can, thing) for can in READ_BY[thing.kind]):
        return True
    uses = thing.object.uses.filter(answer__self_assessment__first_submitted_at__isnull=False)
    return may(who, Can.READ_ASSESSMENT, thing) and uses.exists()


def _interest_words(who: Principal, thing: Thing) -> bool:
    """One's own interests stand on one's own account's page: the deputy has one."""
    own = (who.role, who.place) == ("NG", thing.commissioner)
    return own or any(may(who, can, thing) for can in READ_BY[thing.kind])


def _workbook(who: Principal, thing: Thing) -> bool:
    """Read by whoever writes at the desk that uploaded it."""
    fills = Can.FILL_FIGURES if thing.kind == "training.FigureWorkbook" else Can.FILL_ASSESSMENT
    if thing.object.by_provider:
        return who.place == thing.organisation and who.grant(fills) is not None
    return who.place == thing.commissioner and who.grant(Can.RECORD_RECEIVED) is not None


def _paper(who: Principal, thing: Thing) -> bool:
    """Made for whoever asked for it: the world's for the designated professional of the round."""
    return (who.role, who.place, who.special) == ("DP", thing.commissioner, False)


WORDS: dict[str, Callable[[Principal, Thing], bool]] = {
    "accounts.DeclaredInterest": _interest_words,
    "assurance.ResultPaper": _paper,
    "assurance.ReturnWorkbook": _workbook,
    "assurance.Round": _round,
    "evidence.EvidenceItem": _evidence_words,
    "framework.FrameworkVersion": _standards_words,
    "training.FigureWorkbook": _workbook,
}
SPECIAL: dict[str, Callable[[Principal, Thing], bool]] = {
    "assurance.Rating": _given_to_the_provider,
    "assurance.InQuestion": _kept_by_the_commissioner,
}
