"""The last few answers of a question, for one process: a small store that forgets what was not asked for longest."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """At most ``most`` answers by their key; safe for the threads of a web worker. An answer is never None."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._answers: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable) -> V | None:
        """The answer, which is then the last to be forgotten; None when it is not kept."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: Hashable, answer: V) -> None:
        """Keep one, and forget the one that was not asked for longest when there are too many."""
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self.most:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._answers.clear()
