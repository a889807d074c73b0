"""The Celery application. Redis only wakes workers up: the truth of what must happen is in PostgreSQL."""

import os

from celery import Celery

from assurance_portal.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assurance_portal.settings.development")

app = Celery("assurance_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE
