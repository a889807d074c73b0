"""guard_precision: how often the identifiable-data guard is right, on the corpus, with the rules that ship."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy.models import GuardRule
from privacy.precision import measure


class Command(BaseCommand):
    """Prints precision and recall, and every sentence on which the guard was wrong."""

    help = "Measures the identifiable-data guard on the corpus in tests/privacy/corpus."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when the guard was wrong anywhere."""
        rules = GuardRule.objects.one_each(None, timezone.localdate(), by="code").values()
        total = measure([row.rule for row in rules if row.on], Path(settings.BASE_DIR))
        for sentence, finding in total.wrong:
            self.stdout.write(f"wrong: {finding.code} “{finding.text}” in: {' '.join(sentence.split())[:120]}")
        for sentence, code in total.missed:
            self.stdout.write(f"missed: {code} in: {sentence}")
        self.stdout.write(
            f"{total.sentences} sentences of policy and {total.own_sentences} of the portal's own with a figure: "
            f"{len(total.wrong)} wrong warnings. {sum(total.right.values())} of "
            f"{sum(total.right.values()) + len(total.missed)} planted found "
            f"({', '.join(f'{code} {n}' for code, n in sorted(total.right.items()))}). "
            f"Precision {total.precision:.1%}, recall {total.recall:.1%}."
        )
        if total.wrong or total.missed:
            raise SystemExit(1)
