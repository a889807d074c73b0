"""The door for a WSGI server. Everything is loaded before the first request, and shared by the processes forked later.

What is loaded here lives as long as the process. It is put aside from the search for circles of garbage, which then has
little to look through: it runs often, costs little, and what requests leave behind does not heap up.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assurance_portal.settings.production")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 (asked for what it loads: every view)
gc.collect()
gc.freeze()
gc.collect()  # from here on only what comes later is counted
