"""Which figures of assurance are drawn, and how."""

from assurance.standing import BY_KEY, LEVELS, Counts
from design.charts import Bar, Chart, bar_chart

SHOWN = (*LEVELS, "awaiting", "sent_back", "not_due", "overdue", "withdrawn", "not_asked")


def providers_by_level(counts: Counts, *, title: str) -> Chart:
    """One bar per state of the register, with its count in words; the counts add up to the register."""
    bars = [Bar(BY_KEY[key].words, counts.of(key), f"{counts.of(key)} of {counts.total}") for key in SHOWN]
    return bar_chart(bars, title=title, heading="State", measure="Providers")
