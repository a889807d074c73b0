"""How a provider's own staff list is read in the browser: which column is which. Never a row, a name or a number."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F

from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class MappingQuerySet(TenantQuerySet):
    """The organisation's own. A commissioner sees that of its own staff and no provider's."""

    commissioner_path = "organisation"


class StaffListMapping(models.Model):
    """The mapping step of one organisation, remembered: headings of columns, words of groups and of absences.

    ``choices`` holds what was chosen in the mapping step and nothing of the rows: column headings by what they stand
    for, the organisation's own words for staff groups, levels and absences by the portal's codes.
    """

    organisation = models.OneToOneField(
        "providers.Organisation", on_delete=models.PROTECT, related_name="staff_list_mapping"
    )
    choices = models.JSONField(default=dict)
    kept_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = MappingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"mapping {self.pk}"


def keep_mapping(organisation_id: int, choices: dict[str, Any], *, by: "User", at: datetime) -> StaffListMapping:
    """Remember what was chosen in place of what was remembered before. Of two at once the later stays."""
    values = {"choices": choices, "kept_by": by, "kept_at": at}
    made, new = StaffListMapping.objects.get_or_create(organisation_id=organisation_id, defaults=values)
    if not new:
        StaffListMapping.objects.filter(pk=made.pk).update(version=F("version") + 1, **values)
        made.refresh_from_db()
    return made
