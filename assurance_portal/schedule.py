"""Every periodic job: when it runs, what it is, and why. Nothing is scheduled anywhere else.

Times are London times. Nothing runs between 01:00 and 02:00, an hour that some nights have twice and one night not
at all. Beat only wakes jobs up: that a day is done once, and a missed one caught up, is in PostgreSQL.
"""

from typing import Any

from celery.schedules import crontab
from celery.signals import worker_ready

SCHEDULE: dict[str, dict[str, Any]] = {
    # The reminders of the day, before people open their mail.
    "plan-chases": {"task": "chasing.tasks.plan_chases", "schedule": crontab(hour="7", minute="0")},
    # A morning missed because the machine was off: the same plan, as soon as it is on again.
    "plan-missed": {
        "task": "chasing.tasks.plan_missed",
        "schedule": crontab(hour="7-23", minute="*/10"),
        "options": {"expires": 500},
    },
    # Steps of the escalation route, after the reminders of the day; each run takes what is left of the day.
    "propose-steps": {
        "task": "oversight.tasks.propose_steps",
        "schedule": crontab(hour="7-23", minute="5-55/10"),
        "options": {"expires": 500},
    },
    # An immediate concern of a visit proposes its step the same day.
    "propose-concerns": {"task": "oversight.tasks.propose_concerns", "schedule": 600.0, "options": {"expires": 590}},
    # What stood out of the looks at reviews last month, to the Caldicott Guardians: from the first working day, once.
    "tell-guardians": {"task": "reviews.tasks.tell_guardians", "schedule": crontab(hour="8", minute="10")},
    # Letters leave within seconds of being written; the bell is only a short cut.
    "relay": {"task": "chasing.tasks.relay", "schedule": 15.0, "options": {"queue": "mail", "expires": 14}},
    # Letters of a relay that was killed go out again within three minutes.
    "sweep-leases": {
        "task": "chasing.tasks.sweep_leases",
        "schedule": 60.0,
        "options": {"queue": "mail", "expires": 55},
    },
    # Annual reports asked for while the broker was down, and those whose worker was killed.
    "sweep-builds": {
        "task": "governance.tasks.sweep_builds",
        "schedule": 60.0,
        "options": {"queue": "pdf", "expires": 55},
    },
    # Results asked for as a PDF while the broker was down, and those whose worker was killed.
    "sweep-papers": {
        "task": "assurance.tasks.sweep_papers",
        "schedule": 60.0,
        "options": {"queue": "pdf", "expires": 55},
    },
    # Years asked for as a workbook while the broker was down, and those whose worker was killed.
    "sweep-year-books": {
        "task": "governance.tasks.sweep_year_books",
        "schedule": 60.0,
        "options": {"queue": "pdf", "expires": 55},
    },
    # One thing done to many returns, left half done when a page or a worker ended.
    "sweep-batches": {"task": "assurance.tasks.sweep_batches", "schedule": 60.0, "options": {"expires": 55}},
    # Rounds whose issuing was asked for while the broker was down, and those whose worker was killed.
    "finish-rounds": {"task": "assurance.tasks.finish_rounds", "schedule": 60.0, "options": {"expires": 55}},
    # Periods of figures whose issuing was asked for while the broker was down, and those whose worker was killed.
    "finish-periods": {"task": "training.tasks.finish_periods", "schedule": 60.0, "options": {"expires": 55}},
    # Periods that open by themselves on the first day after they end; each run takes what is left of the day.
    "open-periods": {
        "task": "training.tasks.open_periods",
        "schedule": crontab(hour="6-23", minute="20,50"),
        "options": {"expires": 1500},
    },
    # Lines that have now been below their threshold for as long as the rule says: a recovery plan is asked for.
    "ask-for-plans": {
        "task": "training.tasks.ask_for_plans",
        "schedule": crontab(hour="7-19", minute="40"),
        "options": {"expires": 3300},
    },
    # Accounts that nobody has used for long: commissioner accounts end, the others fall asleep.
    "put-to-sleep": {"task": "accounts.tasks.put_to_sleep", "schedule": crontab(hour="4", minute="30")},
    # Sessions and form receipts whose time is over.
    "clear-away": {"task": "accounts.tasks.clear_away", "schedule": crontab(hour="4", minute="40")},
    # Files that wait for the virus scanner: after an upload while it or the broker was down, or a worker was killed.
    "sweep-scans": {
        "task": "evidence.tasks.sweep_scans",
        "schedule": 60.0,
        "options": {"queue": "scan", "expires": 55},
    },
    # Recent files once a day: signatures get better. Each run takes what is left of the day, so a missed night is
    # caught up; usually there is nothing to do.
    "scan-again": {
        "task": "evidence.tasks.scan_again",
        "schedule": crontab(hour="3-23", minute="5-55/10"),
        "options": {"queue": "scan", "expires": 500},
    },
    # Results made as a PDF for somebody who may not see them any more.
    "clear-papers": {"task": "assurance.tasks.clear_papers", "schedule": crontab(hour="4", minute="42")},
    # Notes of changed figures, by which pages know that what they drew still holds.
    "clear-changes": {"task": "assurance.tasks.clear_changes", "schedule": crontab(hour="4", minute="44")},
    # Uploaded files that no row speaks of: what a crash between the disk and the database left behind;
    # and what the scanner refused, thirty days later.
    "sweep-stored-files": {"task": "evidence.tasks.sweep_stored_files", "schedule": crontab(hour="4", minute="45")},
}


@worker_ready.connect
def catch_up(**_: Any) -> None:
    """When a worker starts: a morning that was missed."""
    from chasing.tasks import plan_missed

    plan_missed.apply_async(retry=False, expires=500)
