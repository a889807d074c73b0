"""Evidence: an item, its versions by content, and every download."""

from evidence.models.downloads import EvidenceDownload
from evidence.models.items import EvidenceItem, Withdrawn
from evidence.models.versions import EvidenceVersion, NotOpen, newest_scan

__all__ = ["EvidenceDownload", "EvidenceItem", "EvidenceVersion", "NotOpen", "Withdrawn", "newest_scan"]
