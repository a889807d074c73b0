"""Two people who do something at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from accounts.door import Refused


def both(*doings: Callable[[], Any], refusal: type[Exception] = Refused) -> Sequence[Any]:
    """What each of them did, started at the same moment; a refusal of that kind is "refused", anything else is lost."""
    outcomes, ready = [], threading.Barrier(len(doings))

    def one(doing: Callable[[], Any]) -> None:
        ready.wait()
        try:
            outcomes.append(doing())
        except refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes, key=str)
