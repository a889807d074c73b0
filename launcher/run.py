"""./portal run: the whole portal as one process tree in the foreground."""

import os
import signal
import time
from argparse import Namespace
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from launcher.data_folder import DataFolder
from launcher.embedded import STOP_ORDER, EmbeddedServers, environment_for, is_embedded, warn_without_migrator
from launcher.logs import Logs
from launcher.manage import DEVELOPMENT
from launcher.messages import Problem
from launcher.places import LAUNCHER, PYTHON, ROOT, VENV, schema_digest
from launcher.ports import is_free
from launcher.processes import Service, is_alive
from launcher.supervisor import Stopped, Supervisor
from launcher.system import refuse_full_disk

JOBS = ["--quiet", "-A", "assurance_portal.celery"]
SILENCED = "ignore:You're running the worker with superuser privileges"  # the person who chose root knows
WORKER = ["worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
NEWS = r"^(?!\d{4}-\d\d-\d\d [\d:,]+ INFO )"  # what worked is in the log file; the terminal hears of the rest
STOP_FIRST = ["beat", "pdf", "worker", "web"]


def refuse_taken_port(port: int) -> None:
    """Say so before the slow part."""
    if port < 1024 and os.geteuid() != 0:
        raise Problem(f"Only an administrator may use port {port}. Choose one above 1024: ./portal run --port 8000")
    if not is_free(port):
        raise Problem(
            f"Port {port} is already in use: another portal, or another program, listens there.\n"
            f"Stop it, or choose another port: ./portal run --port {port + 1}"
        )


def run(asked: Namespace) -> int:
    """Start everything, say where it is, and stay until told to stop."""
    began = time.monotonic()
    folder = DataFolder(asked.data)
    refuse_full_disk(folder.path)
    ownership = _own(folder)
    demonstration = folder.decide_demonstration(empty=asked.empty) and is_embedded("DATABASE_URL")
    folder.remember(port=asked.port)
    logs = Logs(folder.path / "logs", to_terminal=True)
    supervisor = Supervisor(logs)
    try:
        portal = Portal(folder, supervisor, asked.port, ownership)
        portal.start(demonstration)
        logs.say(portal.welcome(demonstration, time.monotonic() - began))
        supervisor.run_until(lambda: False, every=5.0)
    except Stopped:
        pass
    finally:
        folder.forget_running()
        logs.say("Stopping")
        supervisor.stop([STOP_FIRST, *STOP_ORDER], patience=4.0)
        logs.say("Stopped")
    return 0


def _own(folder: DataFolder) -> int:
    kind, number = folder.owner()
    if kind == "run" and is_alive(number) and folder.is_owned():
        raise Problem(
            f"The data folder {folder.path} is in use by a portal that is running (process {number}).\n"
            "Stop that one, or start this one in another folder: ./portal run --data DIR --port N"
        )
    ownership = folder.take_ownership("run", patience=20.0)
    if ownership is None:
        raise Problem(
            f"The data folder {folder.path} is in use by a ./portal command that has not finished.\n"
            "Wait for it, or start in another folder: ./portal run --data DIR"
        )
    return ownership


class Portal:
    """The services of one run and the order in which they come up."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor, port: int, ownership: int) -> None:
        self.folder = folder
        self.supervisor = supervisor
        self.port = port
        self.servers = EmbeddedServers(folder, ownership)
        self.address = f"http://127.0.0.1:{port}"
        self.environment: dict[str, str] = {}

    def start(self, demonstration: bool) -> None:
        """Servers, tables, demonstration, web; the workers last, so that the first page comes soonest."""
        self.servers.start(self.supervisor)
        settings = os.environ.get("DJANGO_SETTINGS_MODULE", DEVELOPMENT)
        self.environment = environment_for(self.folder, settings, self.port, self.servers.mail_port)
        self._migrate()
        if demonstration:
            self._load_demonstration()
        web = self._web()
        self.supervisor.start(web)
        self.supervisor.wait_for(web)
        self.folder.announce_running(pid=os.getpid(), mail_port=self.servers.mail_port, address=self.address)
        for service in self._workers():
            self.supervisor.start(service)

    def _migrate(self) -> None:
        if warn_without_migrator():
            return
        wanted = schema_digest()
        if is_embedded("DATABASE_URL") and self.folder.facts().get("schema") == wanted:
            return
        self.supervisor.logs.say("Bringing the tables up to date")
        self._finish("migrate", ["migrate", "--noinput"], "The tables could not be brought up to date")
        self.folder.remember(schema=wanted)

    def _load_demonstration(self) -> None:
        if self.folder.facts().get("demonstration_loaded"):
            return
        self.supervisor.logs.say("Loading the demonstration (the first time only)")
        self._finish("seed", ["seed_demo"], "The demonstration could not be loaded")
        self.folder.remember(demonstration_loaded=True)

    def _finish(self, name: str, arguments: list[str], failure: str) -> None:
        command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
        if self.supervisor.finish(Service(name, command, environment=self.environment)):
            log = self.folder.path / "logs" / f"{name}.log"
            raise Problem(f"{failure}; what went wrong is above, and in {log}.", code=1)

    def _web(self) -> Service:
        """The web server."""
        command = [str(VENV / "bin" / "gunicorn"), "--config", str(LAUNCHER / "gunicorn_settings.py")]
        command += ["--bind", f"127.0.0.1:{self.port}", "assurance_portal.wsgi:application"]
        return Service("web", command, environment=self.environment, answers=self._web_answers, patience=60.0)

    def _workers(self) -> list[Service]:
        """What works in the background: mail and scans, PDFs, and the clock that wakes them."""
        celery = [str(VENV / "bin" / "celery"), *JOBS]
        general = [*celery, *WORKER, "-n", "general@%h", "-Q", "default,mail,scan", "-c", "2"]
        pdf = [*celery, *WORKER, "-n", "pdf@%h", "-Q", "pdf", "-c", "1"]
        schedule = str(self.folder.path / "beat-schedule")
        beat = [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile="]
        around = {**self.environment, "PYTHONWARNINGS": SILENCED}
        return [
            Service("worker", general, around, signal.SIGTERM, signal.SIGQUIT, signal.SIGQUIT, worth_showing=NEWS),
            Service("pdf", pdf, around, signal.SIGTERM, signal.SIGQUIT, signal.SIGQUIT, worth_showing=NEWS),
            Service("beat", beat, around, worth_showing=NEWS),
        ]

    def _web_answers(self) -> bool:
        # Not longer than a second: meanwhile nobody reads what the children write, and a full pipe stops them.
        try:
            build_opener(ProxyHandler({})).open(f"{self.address}/healthz", timeout=1).close()
        except HTTPError as answer:
            return answer.code < 500
        except OSError:
            return False
        return True

    def welcome(self, demonstration: bool, seconds: float) -> str:
        """What the person at the terminal needs next."""
        lines = ["", f"The portal is ready after {seconds:.1f} seconds: {self.address}/"]
        if demonstration:
            lines.append(f"Demonstration accounts, with passwords and codes: {self.address}/demonstration/accounts/")
        if is_embedded("EMAIL_URL"):
            lines.append(f"The mail it sends goes nowhere but here:          {self.address}/demonstration/mail/")
        lines += [f"Data and logs: {self.folder.path}", "Stop it with Ctrl-C.", ""]
        return "\n".join(lines)
