"""What oversight keeps of its own."""

from oversight.models.imports import Import, OrganisationImport, RecordImport
from oversight.models.setting_up import SettingUp
from oversight.models.traces import Trace

__all__ = ["Import", "OrganisationImport", "RecordImport", "SettingUp", "Trace"]
