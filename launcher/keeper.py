"""Keeps the embedded servers of a data folder up for as long as any command needs them.

Started by ./portal manage and ./portal test when ./portal run is not there: python -m launcher.keeper DATA.
Every command holds users.lock, shared. When this process gets it for itself, nobody needs the servers any
more - however the commands ended, because the kernel gives up a dead process's locks.
"""

import fcntl
import os
import sys
from pathlib import Path

from launcher.data_folder import DataFolder, lock
from launcher.embedded import STOP_ORDER, EmbeddedServers
from launcher.logs import Logs
from launcher.messages import Problem
from launcher.supervisor import Stopped, Supervisor


def main(path: Path, *, throwaway: bool) -> int:
    """Own the servers until nobody uses them; leave quietly if somebody else owns them already."""
    folder = DataFolder(path)
    ownership = folder.take_ownership("manage", patience=5.0)
    if ownership is None:
        return 0
    logs = Logs(folder.path / "logs", to_terminal=False)
    supervisor = Supervisor(logs)
    servers = EmbeddedServers(folder, ownership, throwaway=throwaway)
    users = os.open(folder.path / "users.lock", os.O_RDWR)
    try:
        servers.start(supervisor)
        folder.announce_running(pid=os.getpid(), mail_port=servers.mail_port)
        supervisor.run_until(lambda: lock(users, fcntl.LOCK_EX), every=0.05)
    except Stopped:
        pass
    except Problem as problem:
        folder.announce_running(pid=os.getpid(), problem=str(problem))
        logs.say(str(problem))
        return problem.code
    finally:
        supervisor.stop(STOP_ORDER, patience=5.0)
        if not folder.running().get("problem"):
            folder.forget_running()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), throwaway="--throwaway" in sys.argv[2:]))
