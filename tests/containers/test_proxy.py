"""The proxy's configuration: read as text always, and by a real nginx where one is installed."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from launcher.places import ROOT
from launcher.ports import free_port

CONF = (ROOT / "containers" / "proxy" / "nginx.conf").read_text()
PRODUCTION = (ROOT / "assurance_portal" / "settings" / "production.py").read_text()
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
HSTS = "max-age=63072000; includeSubDomains; preload"
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")


def test_strict_transport_is_what_the_portal_says_too() -> None:
    assert set(re.findall(r'add_header Strict-Transport-Security "(.*?)" always;', CONF)) == {HSTS}
    seconds = re.search(r"SECURE_HSTS_SECONDS = ([\d_]+)", PRODUCTION)
    assert seconds is not None
    assert HSTS.startswith(f"max-age={int(seconds[1])};")


def test_the_portal_gets_to_say_itself_that_a_file_is_too_large() -> None:
    size = re.search(r"client_max_body_size (\d+)m;", CONF)
    assert size is not None
    assert int(size[1]) * 1024 * 1024 >= 2 * settings.EVIDENCE_MAX_BYTES


def test_old_ciphers_and_protocols_are_not_offered() -> None:
    assert re.findall(r"ssl_protocols (.*);", CONF) == ["TLSv1.2 TLSv1.3"]
    suites = re.findall(r"ssl_ciphers (.*);", CONF)[0].split(":")
    assert [suite for suite in suites if not re.match(r"ECDHE-(ECDSA|RSA)-.*(GCM|POLY1305)", suite)] == []


class Portal(BaseHTTPRequestHandler):
    """Says which headers reached it, and sends some of the portal's own."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Proxy:
    """A running nginx with our configuration, and the web process behind it."""

    https: int
    http: int
    web: ThreadingHTTPServer
    log: Path

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[http.client.HTTPResponse, bytes]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.https, context=context, timeout=5)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": "portal.example.org", **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def entries(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip


def adapted(folder: Path, https: int, http_: int, web: int) -> str:
    """Our configuration with this machine's ports and folders; before 1.25 nginx had no `http2` directive."""
    said = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True, check=True).stderr
    version = tuple(int(number) for number in re.findall(r"nginx/(\d+)\.(\d+)", said)[0])
    conf = CONF if version >= (1, 25) else CONF.replace("        http2 on;\n", "")
    changes = {
        "listen 8443": f"listen 127.0.0.1:{https}", "listen 8080": f"listen 127.0.0.1:{http_}",
        "listen 127.0.0.1:8081": f"listen 127.0.0.1:{free_port()}", "web:8000": f"127.0.0.1:{web}",
        "/etc/nginx/tls": str(folder), "/srv/pages": str(ROOT / "containers" / "proxy" / "pages"),
        "/var/cache/nginx": str(folder), "/tmp/nginx.pid": str(folder / "nginx.pid"),
        "/dev/stdout": str(folder / "access.log"), "/dev/stderr": str(folder / "error.log"),
    }  # fmt: skip
    for ours, here in changes.items():
        assert ours in conf
        conf = conf.replace(ours, here)
    return conf


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    certificate(folder)
    web = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True).start()
    https, plain = free_port(), free_port()
    (folder / "nginx.conf").write_text(adapted(folder, https, plain, web.server_port))
    told = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-g"]
    tried = subprocess.run([*command, told, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    running = subprocess.Popen([*command, told], stderr=subprocess.DEVNULL)
    found = Proxy(https, plain, web, folder / "access.log")
    for _ in range(100):
        try:
            found.ask("/")
            break
        except OSError:
            time.sleep(0.05)
    yield found
    running.terminate()
    running.wait(5)
    web.server_close()


@needs_nginx
@pytest.mark.slow
def test_what_a_visitor_claims_about_the_way_here_is_written_over(proxy: Proxy) -> None:
    claimed = {
        "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "Forwarded": "for=1.1.1.1;proto=http",
        "X-Real-IP": "1.1.1.1", "X-Forwarded-For": "1.1.1.1", "X-Forwarded-Port": "80",
    }  # fmt: skip
    answer, body = proxy.ask("/return/", claimed)
    got = json.loads(body)
    assert answer.status == 200
    assert (got["host"], got["x-forwarded-proto"]) == ("portal.example.org", "https")
    # The portal counts from the end: the last is the one that our proxy saw.
    assert got["x-forwarded-for"] == "1.1.1.1, 127.0.0.1"
    assert {"x-forwarded-host", "forwarded", "x-real-ip", "x-forwarded-port"} & set(got) == set()


@needs_nginx
@pytest.mark.slow
def test_every_answer_says_each_security_header_once(proxy: Proxy) -> None:
    answer, _ = proxy.ask("/")
    for name, value in {
        "Strict-Transport-Security": HSTS,
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }.items():
        assert answer.headers.get_all(name) == [value]
    assert "nginx/" not in answer.headers["Server"]


@needs_nginx
@pytest.mark.slow
@pytest.mark.parametrize(("path", "length", "status"), [("/readyz", 0, 404), ("/evidence/", 65 * 1024 * 1024, 413)])
def test_what_the_proxy_says_itself_is_as_strict(proxy: Proxy, path: str, length: int, status: int) -> None:
    answer, body = proxy.ask(path, {"Content-Length": str(length)}, "POST" if length else "GET")
    assert answer.status == status
    assert answer.headers.get_all("Strict-Transport-Security") == [HSTS]
    if status == 413:
        assert b"<h1>That file is too large</h1>" in body
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Content-Type"] == "text/html"


@needs_nginx
@pytest.mark.slow
def test_the_log_is_json_and_keeps_one_time_links_to_itself(proxy: Proxy) -> None:
    proxy.ask("/invitation/once-only-token/?next=secret")
    last = proxy.entries()[-1]
    assert (last["door"], last["status"], last["method"], last["from"]) == ("/invitation", "200", "GET", "127.0.0.1")
    assert "once-only-token" not in proxy.log.read_text()
    assert "secret" not in proxy.log.read_text()


@needs_nginx
@pytest.mark.slow
def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=5)
    connection.request("GET", "/return/?page=2", headers={"Host": "portal.example.org"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://portal.example.org/return/?page=2")
    connection.close()


@needs_nginx
@pytest.mark.slow
@pytest.mark.parametrize(("version", "taken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_only_today_s_tls_is_spoken(proxy: Proxy, version: str, taken: bool) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.https, context=context, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "portal.example.org"})
        spoken = connection.getresponse().status == 200
    except ssl.SSLError:
        spoken = False
    finally:
        connection.close()
    assert spoken is taken


@needs_nginx
@pytest.mark.slow
def test_a_portal_that_is_away_is_said_so_in_plain_words(proxy: Proxy) -> None:
    """Last, because it ends the web process."""
    proxy.web.shutdown()
    proxy.web.server_close()
    answer, body = proxy.ask("/")
    assert answer.status == 502
    assert b"<h1>The portal is not available</h1>" in body
    assert answer.headers.get_all("Strict-Transport-Security") == [HSTS]
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
