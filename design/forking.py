"""Waits for questions and forks a child for each: the other end of ``workbooks/prepared.py``. Knows no Django.

What the children need is loaded by whoever calls ``serve``; nothing of a file is read here.
"""

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable

CHUNK = 1 << 16


def serve(number: int, answer: Callable[..., int], *, seconds: int, idle: float | None = None) -> int:
    """Let a child call ``answer`` with what is asked on this socket, its output the answer, till the other side closes.

    A question is a JSON list of arguments, with the pipe for the answer. A child has ``seconds`` by the clock. After
    ``idle`` seconds without a question this process makes room; the next question starts another.
    """
    gc.freeze()  # a child that looks for garbage would look through, and so copy, all that is loaded here
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child; its answer is the end of the pipe
    with socket.socket(fileno=number) as line:
        line.settimeout(idle)
        while True:
            try:
                question, pipes, *_ = socket.recv_fds(line, CHUNK, 1)
            except TimeoutError:
                return 0
            if not pipes:
                return 0
            if os.fork() == 0:
                try:
                    line.close()
                    signal.alarm(seconds)
                    with open(pipes[0], "w", encoding="utf-8") as sys.stdout:
                        answer(*json.loads(question))
                finally:
                    os._exit(0)
            os.close(pipes[0])
