"""How a provider's own staff list is read in the browser: which column is which. Never a row, a name or a number."""

from django.db import models

from accounts.tenancy import TenantQuerySet


class MappingQuerySet(TenantQuerySet):
    """The provider's own; its commissioner does not see it."""

    commissioner_path = ""


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
