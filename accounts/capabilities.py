"""Who may do what: the whole policy on one screen (trust.md section 2).

``GRANTS[role][can]`` is made from the table below; the access page, the route list and the permission
tests are generated from it. To change the policy, change a cell. To add a capability, add a row and its
sentence in ``Can``; to add a role, a column and its sentence in ``Role``.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Scope(StrEnum):
    """How far a grant reaches."""

    ALL = "a"  # everything of the commissioner
    STRAND = "s"  # only rows of the strands that the person holds
    OWN = "o"  # only the person's own organisation
    MEMBER = "m"  # only rows whose circle names the person
    AGGREGATE = "x"  # anonymised figures only
    PUBLISHED = "p"  # only after publication

    @property
    def in_words(self) -> str:
        """The scope as the access page says it."""
        return {
            "a": "for everything of the commissioner",
            "s": "own strand only",
            "o": "own organisation only",
            "m": "only where they are named on the access list",
            "x": "as anonymised figures only",
            "p": "only after publication",
        }[self.value]


class Side(models.TextChoices):
    """Commissioner and provider never meet in one person; outside readers are neither."""

    COMMISSIONER = "commissioner", "Commissioner"
    PROVIDER = "provider", "Provider"
    OUTSIDE = "outside", "Outside reader"


class Role(models.TextChoices):
    """The ten roles of the matrix and the five beside it."""

    SYSTEM_ADMINISTRATOR = "SA", "System administrator"
    DESIGNATED_PROFESSIONAL = "DP", "Designated professional"
    NAMED_GP = "NG", "Named GP or deputy designated professional"
    QUALITY_ANALYST = "QA", "Quality team"
    DIRECTOR_OF_NURSING = "DN", "Director of Nursing"
    GOVERNING_BODY = "GB", "Governing Body member"
    SAFEGUARDING_BOARD = "SB", "Safeguarding board reader"
    PROVIDER_LEAD = "PL", "Provider safeguarding lead"
    PROVIDER_CONTRIBUTOR = "PC", "Provider contributor"
    AUDITOR = "AU", "Auditor"
    CONTRACT_MANAGER = "CM", "Contract manager"
    CALDICOTT_GUARDIAN = "CG", "Caldicott Guardian or information governance lead"
    EXECUTIVE_SIGNATORY = "PE", "Provider executive signatory"
    COMMITTEE_SECRETARY = "CS", "Committee secretary"
    NHS_ENGLAND = "NE", "NHS England reader"

    @property
    def side(self) -> Side:
        """Which side of the contract the role stands on."""
        if self.value in ("PL", "PC", "PE"):
            return Side.PROVIDER
        return Side.OUTSIDE if self.value in ("SB", "NE") else Side.COMMISSIONER

    @property
    def description(self) -> str:
        """One sentence for the screen where a role is given."""
        return ROLE_DESCRIPTIONS[self]


ROLE_DESCRIPTIONS = {
    Role.SYSTEM_ADMINISTRATOR: "Creates organisations and people and keeps the service running; sees no case data.",
    Role.DESIGNATED_PROFESSIONAL: "Validates self-assessments of their strand, and reads every strand.",
    Role.NAMED_GP: "Reads returns and evidence and supports general practice; does not validate.",
    Role.QUALITY_ANALYST: "Runs rounds, reminders and figures, and reads everything providers have submitted.",
    Role.DIRECTOR_OF_NURSING: "Executive lead: signs off, approves the annual report and confirms access.",
    Role.GOVERNING_BODY: "Reads published reports.",
    Role.SAFEGUARDING_BOARD: "Reads published reports from outside the commissioner.",
    Role.PROVIDER_LEAD: "Completes and submits the organisation's returns and manages its people.",
    Role.PROVIDER_CONTRIBUTOR: "Helps to complete the organisation's returns; cannot submit them.",
    Role.AUDITOR: "Reads results and the history of changes; changes nothing.",
    Role.CONTRACT_MANAGER: "Reads levels, overdue items and reminder history; edits contract dates.",
    Role.CALDICOTT_GUARDIAN: "Reads who has access to what and why; no case content unless named.",
    Role.EXECUTIVE_SIGNATORY: "Signs the organisation's return as its executive.",
    Role.COMMITTEE_SECRETARY: "Reads approved papers and reports for committees.",
    Role.NHS_ENGLAND: "Reads what has been published or shared.",
}


class Can(models.TextChoices):
    """Everything a person may be allowed to do, as the access page says it."""

    PUBLIC = "public", "Open to everybody"
    SIGN_IN = "sign_in", "Part of signing in"
    OWN_ACCOUNT = "own_account", "Manage their own account"
    BY_LINK = "by_link", "Hold a link that was sent for one return"
    SEE_PROVIDERS = "see_providers", "See organisations and contacts"
    EDIT_PROVIDERS = "edit_providers", "Edit organisations and sites"
    EDIT_CONTRACTS = "edit_contracts", "Edit contract forms and dates"
    EDIT_CONTACTS = "edit_contacts", "Edit contacts"
    BRING_IN_ORGANISATIONS = "bring_in_organisations", "Bring in organisations and contacts from a workbook"
    BRING_IN_RECORDS = "bring_in_records", "Bring in past grades and open actions from a workbook"
    EDIT_SERVICES = "edit_services", "Say which services an organisation gives"
    MANAGE_PEOPLE = "manage_people", "Invite and end the access of people"
    GRANT_COMMISSIONER_ROLE = "grant_commissioner_role", "Propose a commissioner role for a person"
    CONFIRM_COMMISSIONER_ROLE = "confirm_commissioner_role", "Confirm a proposed commissioner role"
    SEE_ACCESS = "see_access", "See what any person may do and why"
    SEE_CIRCLES = "see_circles", "See access lists and who is on them"
    KEEP_CIRCLES = "keep_circles", "Keep access lists: make them, add people and take them off"
    READ_STANDARDS = "read_standards", "Read the published standards"
    DEFINE_STANDARDS = "define_standards", "Draft standards"
    PUBLISH_STANDARDS = "publish_standards", "Publish standards, which locks them"
    RUN_ROUNDS = "run_rounds", "Issue rounds, extend and withdraw returns"
    SEE_RETURN_STATUS = "see_return_status", "See which returns are owed and received"
    FILL_ASSESSMENT = "fill_assessment", "Fill in the self-assessment"
    TAKE_LINKS_BACK = "take_links_back", "Take back the links sent for a return"
    ASK_COLLEAGUE = "ask_colleague", "Ask a colleague to answer a standard"
    SUBMIT_ASSESSMENT = "submit_assessment", "Submit the self-assessment"
    RECORD_RECEIVED = "record_received", "Enter a return received another way"
    READ_ASSESSMENT = "read_assessment", "Read submitted self-assessments"
    UPLOAD_EVIDENCE = "upload_evidence", "Upload evidence"
    DOWNLOAD_EVIDENCE = "download_evidence", "Download evidence"
    VALIDATE = "validate", "Validate self-assessments"
    SIGN_OFF = "sign_off", "Sign off a validation"
    REOPEN = "reopen", "Re-grade a validated criterion"
    SEE_RESULT = "see_result", "See validated results"
    SEE_OVERVIEW = "see_overview", "See the assurance overview"
    SEE_ACTIONS = "see_actions", "See actions"
    UPDATE_ACTIONS = "update_actions", "Report progress on actions"
    VERIFY_ACTIONS = "verify_actions", "Verify that an action is complete"
    SEE_CONTACT_LOG = "see_contact_log", "Read the contact log"
    LOG_CONTACT = "log_contact", "Log calls, meetings and advice"
    REPORT_INCIDENT = "report_incident", "Report a serious incident"
    SEE_INCIDENTS = "see_incidents", "See serious incidents"
    RECORD_INDICATORS = "record_indicators", "Enter other indicators, and say that a serious incident was looked at"
    SEE_INTELLIGENCE = "see_intelligence", "Read soft intelligence"
    RECORD_INTELLIGENCE = "record_intelligence", "Record soft intelligence"
    WEIGH_CONCERNS = "weigh_concerns", "Open and weigh concerns"
    SEE_REMINDERS = "see_reminders", "See reminders sent and due"
    SEE_STEPS = "see_steps", "See the reminder steps, the escalation route and the rules of visits and reviews"
    SEND_REMINDERS = "send_reminders", "Hold, pause and send reminders"
    BUILD_REPORT = "build_report", "Build and edit the annual report"
    APPROVE_REPORT = "approve_report", "Approve and publish the annual report"
    READ_REPORT = "read_report", "Read published annual reports"
    EXPORT = "export", "Export lists"
    FREEZE = "freeze", "Freeze lists as they are shown, and export a whole year"
    READ_HISTORY = "read_history", "Read the history of changes"
    CHANGE_SETTINGS = "change_settings", "Change settings and dated policy"
    SEE_VISIT_WORK = "see_visit_work", "See the visit programme, plans and drafts"
    DO_VISITS = "do_visits", "Plan visits and write them up"
    EDIT_MOBILISATION = "edit_mobilisation", "Keep the record of a new service"
    SIGN_MOBILISATION = "sign_mobilisation", "Sign off the safeguarding part of a new service"
    SEE_JOBS = "see_jobs", "See background jobs and their alarms"
    END_SESSIONS = "end_sessions", "End a person's sessions"
    RESET_SECOND_STEP = "reset_second_step", "Reset a lost second step"
    REMOVE_IDENTIFIABLE = "remove_identifiable", "Remove identifiable text that slipped in"
    SEE_GUARD = "see_guard", "See how often the identifiable-data guard warned"
    SEE_SURVEILLANCE = "see_surveillance", "See surveillance levels and escalations"
    ESCALATE = "escalate", "Take or decline a proposed step"
    SET_SURVEILLANCE = "set_surveillance", "Set the surveillance level of a provider"
    RECORD_NOTICES = "record_notices", "Record contract notices and suspensions"
    SEE_NOTICES = "see_notices", "See contract notices"
    SIGN_VISIT_REPORT = "sign_visit_report", "Sign a visit report as the executive"
    SEE_VISIT_REPORTS = "see_visit_reports", "Read final visit reports"
    ANSWER_VISIT_REPORT = "answer_visit_report", "Comment on a draft visit report and send the plan"
    REGISTER_REVIEW = "register_review", "Register a review"
    COUNT_REVIEWS = "count_reviews", "See how many reviews there are, by kind and stage"
    FOLLOW_REVIEWS = "follow_reviews", "See the reference and the clocks of every review"
    SEE_REVIEW = "see_review", "Read a review and its plan"
    EDIT_REVIEW = "edit_review", "Keep a review: what happened, its stage and its clocks"
    CLOSE_REVIEW = "close_review", "Close a review"
    OPEN_IN_EMERGENCY = "open_in_emergency", "Open a review in an emergency, with a reason that is told"
    SEE_REVIEW_READS = "see_review_reads", "See who has read reviews"
    GIVE_REVIEW_ACTIONS = (
        "give_review_actions",
        "Give organisations their actions for a recommendation, and name who answers for them on the list",
    )
    STATE_POSITION = "state_position", "State the organisation’s position on recommendations of a national inquiry"
    ASK_CONTRIBUTION = "ask_contribution", "Ask organisations for agency reports, and name their authors on the list"
    SEE_CONTRIBUTION = "see_contribution", "See what was asked of an organisation in a review, and how far it is"
    REPORT_CONTRIBUTION = "report_contribution", "Say that an agency report was drafted and submitted"
    SIGN_CONTRIBUTION = "sign_contribution", "Say that an executive has signed an agency report"
    ASSURE_CONTRIBUTION = "assure_contribution", "Quality-assure an agency report written by somebody else"
    SEE_LEARNING = "see_learning", "Read learning from reviews"
    WRITE_LEARNING = "write_learning", "Write learning, and record how it was passed on"
    PUBLISH_LEARNING = "publish_learning", "Publish learning that somebody else wrote"
    ACKNOWLEDGE_LEARNING = "acknowledge_learning", "Say what is done about learning"
    SEE_FIGURES = "see_figures", "See training figures and key indicators by provider"
    READ_FIGURES = "read_figures", "Read figures returns, their thresholds and the questions about them"
    FILL_FIGURES = "fill_figures", "Fill in training figures and key indicators"
    SUBMIT_FIGURES = "submit_figures", "Submit training figures and key indicators"
    QUERY_FIGURES = "query_figures", "Ask a provider about its figures, and say that an answer is enough"


@dataclass(frozen=True)
class Grant:
    """One cell of the table: how far, and under which extra conditions."""

    scope: Scope
    fresh: bool = False  # second factor used in the last five minutes
    second: bool = False  # another person must confirm


# Columns are roles, cells are scope letters; ! = fresh second factor, 2 = a second person confirms.
_TABLE = """
capability                 SA  DP  NG  QA  DN  GB  SB  PL  PC  AU  CM  CG  PE  CS  NE
see_providers              a   a   a   a   a   -   -   o   o   a   a   a   o   -   -
edit_providers             a   -   -   a   a   -   -   -   -   -   -   -   -   -   -
edit_contracts             a   -   -   a   a   -   -   -   -   -   a   -   -   -   -
edit_contacts              a   a   -   a   a   -   -   o   -   -   -   -   -   -   -
edit_services              a   a   -   a   a   -   -   o   -   -   -   -   -   -   -
bring_in_organisations     a   -   -   a   -   -   -   -   -   -   -   -   -   -   -
bring_in_records           -   a   -   a   -   -   -   -   -   -   -   -   -   -   -
manage_people              a!  -   -   -   -   -   -   o!  -   -   -   -   -   -   -
grant_commissioner_role    a!2 -   -   -   -   -   -   -   -   -   -   -   -   -   -
confirm_commissioner_role  -   -   -   -   a!  -   -   -   -   -   -   -   -   -   -
see_access                 a   -   -   -   a   -   -   o   -   a   -   a   -   -   -
see_circles                -   m   m   m   a   -   -   -   -   -   -   a   -   -   -
keep_circles               -   m!  -   -   a!  -   -   -   -   -   -   -   -   -   -
read_standards             a   a   a   a   a   a   -   a   a   a   a   -   a   a   -
define_standards           -   a   -   a   -   -   -   -   -   -   -   -   -   -   -
publish_standards          -   a2  -   a2  -   -   -   -   -   -   -   -   -   -   -
run_rounds                 -   a   -   a   a   -   -   -   -   -   -   -   -   -   -
see_return_status          -   a   a   a   a   -   -   o   o   a   a   -   o   -   -
fill_assessment            -   -   -   -   -   -   -   o   o   -   -   -   -   -   -
take_links_back            -   a   -   a   a   -   -   o   -   -   -   -   -   -   -
ask_colleague              -   -   -   -   -   -   -   o   -   -   -   -   -   -   -
submit_assessment          -   -   -   -   -   -   -   o   -   -   -   -   o   -   -
record_received            -   a   -   a   -   -   -   -   -   -   -   -   -   -   -
read_assessment            -   a   a   a   a   -   -   o   o   a   -   -   o   -   -
upload_evidence            -   a   a   a   -   -   -   o   o   -   -   -   -   -   -
download_evidence          -   a   a   a   a   -   -   o   o   -   -   -   o   -   -
validate                   -   s   -   -   -   -   -   -   -   -   -   -   -   -   -
sign_off                   -   s   -   -   a   -   -   -   -   -   -   -   -   -   -
reopen                     -   s   -   -   -   -   -   -   -   -   -   -   -   -   -
see_result                 -   a   a   a   a   -   -   o   o   a   a   -   o   -   -
see_overview               -   a   a   a   a   -   -   -   -   a   a   -   -   -   -
see_actions                -   a   a   a   a   -   -   o   o   a   a   -   o   -   -
update_actions             -   o   o   o   o   -   -   o   o   -   -   -   -   -   -
verify_actions             -   a   -   -   -   -   -   -   -   -   -   -   -   -   -
see_contact_log            -   a   a   a   a   -   -   -   -   a   a   -   -   -   -
log_contact                -   a   a   a   a   -   -   -   -   -   a   -   -   -   -
report_incident            -   -   -   -   -   -   -   o   o   -   -   -   o   -   -
see_incidents              -   a   a   a   a   -   -   o   o   a   -   -   o   -   -
record_indicators          -   a   -   a   -   -   -   -   -   -   -   -   -   -   -
see_intelligence           -   a   a   a   a   -   -   -   -   -   -   -   -   -   -
record_intelligence        -   a   a   a   a   -   -   -   -   -   -   -   -   -   -
weigh_concerns             -   a   -   a   a   -   -   -   -   -   -   -   -   -   -
see_reminders              -   a   a   a   a   -   -   -   -   a   a   -   -   -   -
see_steps                  a   a   a   a   a   -   -   -   -   a   a   -   -   -   -
send_reminders             -   a   -   a   a   -   -   -   -   -   -   -   -   -   -
build_report               -   a   -   a   a   -   -   -   -   -   -   -   -   -   -
approve_report             -   -   -   -   a!  -   -   -   -   -   -   -   -   -   -
read_report                -   a   a   a   a   a   a   -   -   a   a   a   -   a   a
export                     -   a   -   a   a   -   -   o   -   -   -   a   -   -   -
freeze                     -   a   -   a   a   -   -   -   -   -   -   -   -   -   -
read_history               -   a   -   -   a   -   -   o   -   a   -   a   -   -   -
change_settings            a!  -   -   a   -   -   -   -   -   -   -   -   -   -   -
see_visit_work             -   a   a   a   a   -   -   -   -   -   -   -   -   -   -
do_visits                  -   a   a   -   -   -   -   -   -   -   -   -   -   -   -
edit_mobilisation          -   a   -   a   -   -   -   -   -   -   a   -   -   -   -
sign_mobilisation          -   a   -   -   -   -   -   -   -   -   -   -   -   -   -
see_jobs                   a   -   -   a   a   -   -   -   -   a   -   -   -   -   -
end_sessions               a!  -   -   -   -   -   -   o   -   -   -   -   -   -   -
reset_second_step          a!2 -   -   -   a!2 -   -   o!2 -   -   -   -   -   -   -
remove_identifiable        -   a!  -   -   a!  -   -   o!  -   -   -   a!  -   -   -
see_guard                  -   a   -   -   a   -   -   -   -   a   -   a   -   -   -
see_surveillance           -   a   a   a   a   -   -   -   -   a   a   -   -   -   -
escalate                   -   a   -   a   a   -   -   -   -   -   a   -   -   -   -
set_surveillance           -   a   -   -   a   -   -   -   -   -   -   -   -   -   -
record_notices             -   a   -   -   a   -   -   -   -   -   a   -   -   -   -
see_notices                -   a   a   a   a   -   -   o   -   a   a   -   o   -   -
sign_visit_report          -   -   -   -   a   -   -   -   -   -   -   -   -   -   -
see_visit_reports          -   a   a   a   a   -   -   o   o   a   a   -   o   -   -
answer_visit_report        -   -   -   -   -   -   -   o   -   -   -   -   o   -   -
register_review            -   s!  -   -   a!  -   -   -   -   -   -   -   -   -   -
count_reviews              -   a   a   a   a   -   -   -   -   a   a   a   -   -   -
follow_reviews             -   -   -   -   a   -   -   -   -   -   -   -   -   -   -
see_review                 -   m   m   m   m   -   -   -   -   m   -   -   -   -   -
edit_review                -   m   m   m   -   -   -   -   -   -   -   -   -   -   -
close_review               -   m   -   -   -   -   -   -   -   -   -   -   -   -   -
open_in_emergency          -   s!  -   -   a!  -   -   -   -   -   -   -   -   -   -
see_review_reads           -   -   -   -   -   -   -   -   -   -   -   a   -   -   -
give_review_actions        -   m!  -   -   -   -   -   -   -   -   -   -   -   -   -
state_position             -   -   -   -   -   -   -   o   o   -   -   -   -   -   -
ask_contribution           -   m!  -   -   m!  -   -   -   -   -   -   -   -   -   -
see_contribution           -   m   m   m   m   -   -   o   o   m   -   -   o   -   -
report_contribution        -   m   m   m   m   -   -   o   o   -   -   -   -   -   -
sign_contribution          -   m   m   m   m   -   -   o   -   -   -   -   o   -   -
assure_contribution        -   m   -   -   -   -   -   -   -   -   -   -   -   -   -
see_learning               -   a   a   a   a   a   -   o   o   a   a   -   o   -   -
write_learning             -   a   a   -   -   -   -   -   -   -   -   -   -   -   -
publish_learning           -   a2  -   -   a2  -   -   -   -   -   -   -   -   -   -
acknowledge_learning       -   -   -   -   -   -   -   o   o   -   -   -   -   -   -
see_figures                -   a   a   a   a   a   -   -   -   a   a   -   -   -   -
read_figures               -   a   a   a   a   -   -   o   o   a   a   -   o   -   -
fill_figures               -   -   -   -   -   -   -   o   o   -   -   -   -   -   -
submit_figures             -   -   -   -   -   -   -   o   -   -   -   -   o   -   -
query_figures              -   a   a   a   -   -   -   -   -   -   -   -   -   -   -
"""


def _parse(table: str) -> dict[Role, dict[Can, Grant]]:
    """Turn the table into ``GRANTS``; an unknown capability or role is an error at import."""
    lines = [line.split() for line in table.strip().splitlines()]
    roles = [Role(code) for code in lines[0][1:]]
    grants: dict[Role, dict[Can, Grant]] = {role: {} for role in Role}
    for name, *cells in lines[1:]:
        for role, cell in zip(roles, cells, strict=True):
            if cell != "-":
                grants[role][Can(name)] = Grant(Scope(cell[0]), "!" in cell, "2" in cell)
    return grants


GRANTS = _parse(_TABLE)

# Everyone may reach these; they carry no business data.
OPEN = frozenset({Can.PUBLIC, Can.SIGN_IN, Can.OWN_ACCOUNT, Can.BY_LINK})
# The door lets anybody through; for a link the view itself asks for it.
UNASKED = frozenset({Can.PUBLIC, Can.SIGN_IN, Can.BY_LINK})
# Refused to a person with a declared interest in the organisation (trust.md, rules beside the table).
INTEREST = frozenset(
    {
        Can.VALIDATE,
        Can.SIGN_OFF,
        Can.REOPEN,
        Can.VERIFY_ACTIONS,
        Can.SEE_VISIT_WORK,
        Can.DO_VISITS,
        Can.SEE_INTELLIGENCE,
        Can.RECORD_INTELLIGENCE,
        Can.WEIGH_CONCERNS,
        Can.ESCALATE,
        Can.SET_SURVEILLANCE,
        Can.RECORD_NOTICES,
        Can.SIGN_VISIT_REPORT,
    }
)


def roles_granting(can: Can, *scopes: Scope) -> list[str]:
    """The role codes that hold ``can``, at any scope or at the given ones."""
    return [
        role.value for role, grants in GRANTS.items() if can in grants and (not scopes or grants[can].scope in scopes)
    ]
