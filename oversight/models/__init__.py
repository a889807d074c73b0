"""What oversight keeps of its own."""

from oversight.models.action_plans import ActionPlan
from oversight.models.authority_concerns import AuthorityConcern
from oversight.models.concerns import Concern, ConcernMatrix, Weighing
from oversight.models.contacts import ContactEntry
from oversight.models.escalation_rules import (
    EscalationPolicy,
    EscalationRule,
    NoticeRule,
    SurveillanceLabel,
    TriggerRule,
)
from oversight.models.escalations import Escalation, EscalationEntry, EscalationGround, EscalationPaper
from oversight.models.imports import Import, OrganisationImport, RecordImport, ReviewImport
from oversight.models.incidents import IncidentRule, Indicator, SeriousIncident
from oversight.models.intelligence import IntelligenceItem
from oversight.models.mobilisation import MOBILISING, Mobilisation, MobilisationStep
from oversight.models.notices import ContractNotice, NoticeFile, NoticeGround, NoticeMilestone
from oversight.models.programme import ProgrammeMark, StaffQuestions, VisitRule, VisitWeight
from oversight.models.setting_up import SettingUp
from oversight.models.surveillance import SurveillanceLevel
from oversight.models.suspensions import PlacementSuspension
from oversight.models.terms import Term
from oversight.models.traces import Trace
from oversight.models.visit_after import ReportShare
from oversight.models.visit_clocks import VisitClock
from oversight.models.visit_comments import ReportComment
from oversight.models.visit_findings import FindingAction, VisitFinding
from oversight.models.visit_lines import Chosen, VisitLine
from oversight.models.visit_reports import VisitReport
from oversight.models.visit_steps import VisitStep
from oversight.models.visit_team import HasInterest, VisitMember
from oversight.models.visit_told import ConcernTold, VisitLetter
from oversight.models.visit_writing import VisitPart
from oversight.models.visits import IllegalMove, Visit

__all__ = [
    "MOBILISING",
    "ActionPlan",
    "AuthorityConcern",
    "Chosen",
    "Concern",
    "ConcernMatrix",
    "ConcernTold",
    "ContactEntry",
    "ContractNotice",
    "Escalation",
    "EscalationEntry",
    "EscalationGround",
    "EscalationPaper",
    "EscalationPolicy",
    "EscalationRule",
    "FindingAction",
    "HasInterest",
    "IllegalMove",
    "Import",
    "IncidentRule",
    "Indicator",
    "IntelligenceItem",
    "Mobilisation",
    "MobilisationStep",
    "NoticeFile",
    "NoticeGround",
    "NoticeMilestone",
    "NoticeRule",
    "OrganisationImport",
    "PlacementSuspension",
    "ProgrammeMark",
    "RecordImport",
    "ReportComment",
    "ReportShare",
    "ReviewImport",
    "SeriousIncident",
    "SettingUp",
    "StaffQuestions",
    "SurveillanceLabel",
    "SurveillanceLevel",
    "Term",
    "Trace",
    "TriggerRule",
    "Visit",
    "VisitClock",
    "VisitFinding",
    "VisitLetter",
    "VisitLine",
    "VisitMember",
    "VisitPart",
    "VisitReport",
    "VisitRule",
    "VisitStep",
    "VisitWeight",
    "Weighing",
]
