"""One loopback server that plays every host on the web, over http and https.

Clients use the server as their HTTP proxy, so any host name and any port reaches it, nothing is
resolved and nothing is patched: http arrives as absolute-form request lines, https as CONNECT
followed by TLS with a certificate of our own authority.

Rules of this file:
- What a response sets is written in the query of its URL (see `Site.url`): the server has no state
  but the list of requests it saw, and child processes can script it as well.
- Only 127.0.0.1 is listened on, only .test, .example and loopback names are asked for.
- `http.cookiejar` here is always the standard library's own.
"""

import contextlib
import http.cookiejar
import importlib
import importlib.util
import json
import os
import pathlib
import socketserver
import ssl
import threading
import time
import urllib.error
import urllib.request
import warnings
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

CERTIFIED = (
    *("shop.test", "*.shop.test", "other.test", "*.other.test", "bank.example"),
    *("shop.example", "*.shop.example"),
)
FORM = '<html><body><form method="post" action="{}"><input name="user"></form></body></html>'
FAR_FUTURE = 4_000_000_000


class Seen(NamedTuple):
    """A request as the server saw it; `cookie` is None without a Cookie header."""

    method: str
    url: str
    cookie: str | None


class Handler(BaseHTTPRequestHandler):
    """Answers as the query asks: set-cookie (many), location, status, form."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 20
    tunnel = ""

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        self.rfile.close()
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.tunnel = "https://" + self.path.removesuffix(":443")
        self.setup()
        self.close_connection = False

    def do_GET(self):
        url = urlsplit(self.tunnel + self.path)
        asked = parse_qs(url.query, keep_blank_values=True)
        sent = self.headers.get_all("Cookie")
        cookie = None if sent is None else " | ".join(sent)
        page = urlunsplit((url.scheme, url.netloc, url.path or "/", "", ""))
        self.server.seen.append(Seen(self.command, page, cookie))
        self.answer(asked, cookie)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def answer(self, asked, cookie):
        body = json.dumps({"cookie": cookie})
        if "form" in asked:
            body = FORM.format(asked["form"][0])
        self.send_response(int(asked.get("status", ["302" if "location" in asked else "200"])[0]))
        self.send_header("Content-Type", "text/html" if "form" in asked else "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for value in asked.get("set-cookie", []):
            self.send_header("Set-Cookie", value)
        for target in asked.get("location", []):
            self.send_header("Location", target)
        self.end_headers()
        self.wfile.write(body.encode())

    def finish(self):
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()

    def log_message(self, *arguments):
        """Silent: what matters is in `seen`."""


class Server(socketserver.ThreadingTCPServer):
    """The proxy; a client that hangs up early is nothing to report."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """Nothing: a test that misses a request fails on what `seen` holds."""


class Site:
    """The web as the tests see it: one address for all hosts, and what they were asked."""

    def __init__(self, server, ca_file):
        self.proxy = f"http://127.0.0.1:{server.server_address[1]}"
        self.proxies = {"http": self.proxy, "https": self.proxy}
        self.ca_file = ca_file
        self.tls = ssl.create_default_context(cafile=ca_file)
        self.seen = server.seen

    @staticmethod
    def url(page, *set_cookies, to=None, status=None, form=None):
        """
        The URL whose response sets these cookies, redirects or answers a form.

        Args:
            page: URL without query.
            set_cookies: One Set-Cookie header each, in this order.
            to: Location of a redirect.
            status: Three digits, if not the usual 200 or 302.
            form: Action of a form with one field, `user`.
        """
        asked = [("set-cookie", value) for value in set_cookies]
        given = {"location": to, "status": status, "form": form}
        asked += [(key, value) for key, value in given.items() if value is not None]
        return f"{page}?{urlencode(asked)}" if asked else page

    def cookies(self):
        """The Cookie header of every request seen so far, oldest first."""
        return [request.cookie for request in self.seen]


@pytest.fixture(scope="session")
def _loopback(tmp_path_factory):
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*CERTIFIED).configure_cert(server.tls)
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Site(server, str(ca_file))
        server.shutdown()
        thread.join()


@pytest.fixture
def site(_loopback, monkeypatch):
    """The web with nothing seen yet, and no proxy setting of the surroundings in the way."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    _loopback.seen.clear()
    return _loopback


@pytest.fixture(scope="session")
def stdlib():
    """The oracle: the standard library's module."""
    return http.cookiejar


@pytest.fixture(scope="session")
def subject():
    """The module under test."""
    return importlib.import_module("cookietin.cookiejar")


@pytest.fixture(scope="session")
def source_root():
    """The folder from which child processes import the package under test."""
    return str(pathlib.Path(importlib.util.find_spec("cookietin").origin).parents[1])


@pytest.fixture(scope="session")
def client_module():
    """Imports a client, or skips; what its own import warns about is not ours to judge."""

    def load(name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pytest.importorskip(name)

    return load


@pytest.fixture(scope="session")
def stored():
    """What a jar holds, in its order, as plain values that two runs can be compared by."""

    def lifetime(expires):
        if expires is None or expires >= FAR_FUTURE:
            return expires
        return f"{(expires - time.time() + 30) // 3600:.0f} h"

    def rows(jar):
        return [
            {
                "cookie": (c.domain, c.path, c.name, c.value),
                "flags": (c.version, c.secure, c.discard, c.rfc2109),
                "port": (c.port, c.port_specified),
                "domain": (c.domain_specified, c.domain_initial_dot, c.path_specified),
                "expires": lifetime(c.expires),
                "rest": dict(c._rest),
            }
            for c in jar
        ]

    return rows


@pytest.fixture(scope="session")
def make_cookie():
    """A cookie of the given module's class: domain-wide if its domain starts with a dot."""

    def make(module, name, value, domain, path="/", *, secure=False, expires=None, rest=None):
        dotted = domain.startswith(".")
        port, port_specified, path_specified, comment, comment_url = None, False, True, None, None
        return module.Cookie(
            *(0, name, value, port, port_specified, domain, dotted, dotted, path, path_specified),
            *(secure, expires, expires is None, comment, comment_url, rest or {}),
        )

    return make


@pytest.fixture(scope="session")
def header_of():
    """The Cookie header that a jar gives to a request for this URL, or None."""

    def header(jar, url):
        request = urllib.request.Request(url)
        jar.add_cookie_header(request)
        return request.get_header("Cookie")

    return header


@pytest.fixture
def loopback_environment(site, tmp_path):
    """Environment of a child process: our proxy for everything, nobody's settings."""
    keep = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG")
    return {
        **{name: os.environ[name] for name in keep if name in os.environ},
        "HOME": str(tmp_path),
        "http_proxy": site.proxy,
        "https_proxy": site.proxy,
    }


@pytest.fixture
def urllib_client(site):
    """Opens clients whose jar sits in urllib.request.HTTPCookieProcessor."""

    @contextlib.contextmanager
    def open_client(jar):
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(site.proxies),
            urllib.request.HTTPSHandler(context=site.tls),
            urllib.request.HTTPCookieProcessor(jar),
        )

        def fetch(url, headers=None):
            request = urllib.request.Request(url, headers=headers or {})
            try:
                with opener.open(request, timeout=20) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.read()

        yield fetch
        opener.close()

    return open_client


@pytest.fixture
def surf(urllib_client):
    """Fetches the URLs in turn with one jar."""

    def visit(jar, *urls):
        with urllib_client(jar) as fetch:
            for url in urls:
                fetch(url)

    return visit
