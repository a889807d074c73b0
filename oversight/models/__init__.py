"""What oversight keeps of its own."""

from oversight.models.contacts import ContactEntry
from oversight.models.imports import Import, OrganisationImport, RecordImport
from oversight.models.mobilisation import MOBILISING, Mobilisation, MobilisationStep
from oversight.models.programme import ProgrammeMark, StaffQuestions, VisitRule, VisitWeight
from oversight.models.setting_up import SettingUp
from oversight.models.terms import Term
from oversight.models.traces import Trace

__all__ = [
    "MOBILISING",
    "ContactEntry",
    "Import",
    "Mobilisation",
    "MobilisationStep",
    "OrganisationImport",
    "ProgrammeMark",
    "RecordImport",
    "SettingUp",
    "StaffQuestions",
    "Term",
    "Trace",
    "VisitRule",
    "VisitWeight",
]
