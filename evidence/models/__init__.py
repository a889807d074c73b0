"""Evidence: an item, its versions by content, and every download."""

from evidence.models.items import EvidenceDownload, EvidenceItem, EvidenceVersion

__all__ = ["EvidenceDownload", "EvidenceItem", "EvidenceVersion"]
