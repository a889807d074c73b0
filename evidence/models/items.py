"""An evidence item belongs to an organisation; what was uploaded is never replaced, only followed."""

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from evidence import storage
from evidence.uses import all_uses
from privacy.models import Removal
from privacy.removing import tell
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.models.versions import EvidenceVersion


class Withdrawn(Refused):
    """The item was withdrawn, so nothing more can be done with it; the message says since when."""


class EvidenceItemQuerySet(TenantQuerySet):
    """Evidence in the users' words."""

    circle_path = "circle"

    def expired(self, *, on: date) -> Self:
        """Past the date until which it holds."""
        return self.filter(valid_until__lt=on)

    def current(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def withdrawn(self) -> Self:
        """Taken back, with a reason."""
        return self.filter(withdrawn_at__isnull=False)

    def without_date(self) -> Self:
        """Nobody has said until when they hold."""
        return self.filter(valid_until__isnull=True)

    def with_versions(self) -> Self:
        """Each with its versions at hand, newest first."""
        from evidence.models.versions import EvidenceVersion

        versions = EvidenceVersion.objects.select_related("uploaded_by").order_by("-number")
        return self.prefetch_related(Prefetch("versions", queryset=versions))

    def used(self, user: "User") -> Self:
        """Used somewhere that the person may see."""
        return self.filter(self._used(user))

    def unused(self, user: "User") -> Self:
        """Not used anywhere that the person may see."""
        return self.exclude(self._used(user))

    def _used(self, user: "User") -> Q:
        """True for rows that something uses."""
        found = Q(pk__in=[])
        for uses in all_uses():
            found |= Q(Exists(uses.rows(user).filter(item=OuterRef("pk"))))
        return found

    def shown_to(self, user: "User") -> Self:
        """Ready for a list: names, versions, and ``use_count``, how often each is used as far as the person sees."""
        total: Any = Value(0)
        for uses in all_uses():
            rows = uses.rows(user).filter(item=OuterRef("pk")).order_by().values("item")
            total += Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)
        return self.annotate(use_count=total).select_related("organisation", "commissioner").with_versions()

    def matching(self, words: str) -> Self:
        """Title or the newest file's name holds every word."""
        from evidence.models.versions import EvidenceVersion

        newest = EvidenceVersion.objects.filter(item=OuterRef("pk")).order_by("-number").values("file_name")[:1]
        found = self.annotate(newest_name=Subquery(newest)) if words.strip() else self
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(newest_name__icontains=word))
        return found

    def add_link(self, address: str, **about: Any) -> "EvidenceItem":
        """A public page as evidence: nothing is copied. Needs title, commissioner, organisation, by and at."""
        return self._add(EvidenceItem.Kind.LINK, address=address, **about)

    def add_seen(self, seen_where: str, **about: Any) -> "EvidenceItem":
        """Something shown on site and not kept here: where and when it was seen, and by whom."""
        return self._add(EvidenceItem.Kind.SEEN, seen_where=seen_where, **about)

    def _add(self, kind: str, *, by: "User", at: datetime, **about: Any) -> "EvidenceItem":
        return self.create(kind=kind, added_by=by, added_at=at, **about)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class EvidenceItem(models.Model):
    """A policy, audit or certificate of one organisation; one item may serve many criteria."""

    class Kind(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link to a public page"
        SEEN = "seen", "Seen on site, not kept here"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="evidence")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.FILE)
    title = models.CharField(max_length=200)
    address = models.URLField("address of the page", max_length=500, blank=True)
    seen_where = models.CharField("where and when it was seen", max_length=300, blank=True)
    valid_until = models.DateField("holds until", null=True, blank=True)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField("why it is withdrawn", max_length=300, blank=True)
    holds_case_detail = models.BooleanField("it holds details of a person or a case", default=False)

    objects = EvidenceItemQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="evidence_item_whose"),
            models.CheckConstraint(condition=~Q(kind="link") | ~Q(address=""), name="evidence_link_has_address"),
            models.CheckConstraint(condition=~Q(kind="seen") | ~Q(seen_where=""), name="evidence_seen_somewhere"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="evidence_withdrawn_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        """Taken back: shown wherever it was used, as withdrawn."""
        return self.withdrawn_at is not None

    @property
    def newest(self) -> "EvidenceVersion | None":
        """The version in force; None for a link or something seen. Free after ``with_versions()``."""
        versions = list(self.versions.all())
        return max(versions, key=lambda version: version.number) if versions else None

    def is_expired(self, on: date) -> bool:
        """Past the day until which it holds."""
        return self.valid_until is not None and self.valid_until < on

    def lock_for_upload(self, sha256: str) -> "EvidenceVersion | None":
        """Hold the organisation's uploads until the transaction ends; the version that has the same bytes, if any.

        Only newest versions in the same circle count, so nobody learns of a file that they may not see.
        """
        from evidence.models.versions import EvidenceVersion

        Organisation.objects.select_for_update(no_key=True).get(pk=self.organisation_id)
        if self.pk:
            self._refuse_if_withdrawn()
            if self.kind != self.Kind.FILE:
                raise Refused("Only an item that is a file can have another version. Add a new item instead.")
        held = EvidenceVersion.objects.same_file(self, sha256).first()
        if held is not None:
            held.already_held = True
        return held

    @transaction.atomic
    def add_version(self, version: "EvidenceVersion") -> None:
        """Save the upload as the next version. Verdicts on older versions stay with those (hazard 23)."""
        if self.pk:
            type(self).objects.filter(pk=self.pk).update(valid_until=self.valid_until)
        else:
            self.save()
        version.item, version.commissioner_id = self, self.commissioner_id
        version.organisation_id = self.organisation_id
        version.number = (self.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version.save()

    def hold_until(self, day: date | None, *, by: "User", at: datetime) -> None:
        """Say until when the item holds; None for "no date". History keeps who and when."""
        changed = type(self).objects.current().filter(pk=self.pk).update(valid_until=day)
        self.refresh_from_db()
        if not changed:
            self._refuse_if_withdrawn()

    @transaction.atomic
    def withdraw(self, reason: str, *, holds_case_detail: bool = False, by: "User", at: datetime) -> None:
        """Take the item back. Its uses stay and say "withdrawn".

        With case detail in it nobody opens it again: the bytes of all its versions are destroyed, which is recorded,
        and the Caldicott Guardian is told.
        """
        changed = (
            type(self)
            .objects.current()
            .filter(pk=self.pk)
            .update(withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason, holds_case_detail=holds_case_detail)
        )
        if not changed:
            self._refuse_if_withdrawn()
        self.refresh_from_db()
        if holds_case_detail and changed:
            self._destroyed(reason, by=by, at=at)

    @transaction.atomic
    def destroy(self, reason: str, *, by: "User", at: datetime) -> None:
        """Withdraw it as something that names a person, or say so of one that was withdrawn before."""
        if not self.is_withdrawn:
            return self.withdraw(reason, holds_case_detail=True, by=by, at=at)
        mine = type(self).objects.filter(pk=self.pk, holds_case_detail=False)
        if not mine.update(holds_case_detail=True):
            raise Withdrawn("It was destroyed before. Nothing of it is left.")
        self.refresh_from_db()
        return self._destroyed(reason, by=by, at=at)

    def _destroyed(self, reason: str, *, by: "User", at: datetime) -> None:
        """The bytes go when the transaction is committed; the record and the letters are part of it."""
        names = list(self.versions.values_list("storage_name", flat=True))
        for name in names:
            transaction.on_commit(partial(storage.destroy, name))
        removal = Removal.objects.made(
            by=by, at=at, commissioner_id=self.commissioner_id, organisation_id=self.organisation_id,
            circle_id=self.circle_id, text="evidence.item", thing=self.pk, places=max(len(names), 1), reason=reason,
        )  # fmt: skip
        tell(removal, at=at)

    def _refuse_if_withdrawn(self) -> None:
        self.refresh_from_db(fields=["withdrawn_at"])
        if self.withdrawn_at is not None:
            raise Withdrawn("This evidence has been withdrawn. Add a new item to put something in its place.")
