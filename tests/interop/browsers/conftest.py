"""Real browsers, headless, and a shop on this machine that they log in to.

Rules of this file:
- A browser that is not installed is a skip that names it; one that does not start is a failure.
- Each browser is started once, with an empty profile that is thrown away, and ended by its process id.
- Nothing but the shop on 127.0.0.1 is asked for: what browsers fetch by themselves is switched off.
"""

import contextlib
import importlib.util
import itertools
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PATIENCE = 40  # seconds, on a machine that does other work as well
CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=HttpsUpgrades",  # http means http
    "--remote-debugging-port=0",
)
FIREFOX = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Page(BaseHTTPRequestHandler):
    """`/login` sets a session's cookies, every other page says whether it knows the visitor."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        shop = self.server.shop
        sent = dict(
            pair.partition("=")[::2] for pair in self.headers.get("Cookie", "").split("; ") if pair
        )
        known = sent.get("sid") in shop.sessions
        body = b"logged in" if known else b"logged out"
        # Before the answer: who has read it looks here at once.
        if self.path != "/favicon.ico":
            shop.visits.append((self.path, sent))
            shop.visited.set()
        self.send_response(302 if self.path == "/login" else 200)
        if self.path == "/login":
            # By hand: send_header would encode what are octets already.
            for field in shop.new_session():
                self._headers_buffer.append(b"Set-Cookie: " + field.encode() + b"\r\n")
            self.send_header("Location", "/home")
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Silent: what matters is in `visits`."""


class Shop:
    """
    The shop: what it set, and who came with which cookies.

    Attributes:
        url: Its home page. Browsers take http on localhost for secure.
        visits: Path and cookies (names to octets, as latin-1 characters) of each request.
    """

    def __init__(self, port):
        self.url = f"http://localhost:{port}/home"
        self.login_url = f"http://localhost:{port}/login"
        self.sessions = {}
        self.visits = []
        self.visited = threading.Event()

    def new_session(self):
        """The Set-Cookie fields of a login: one of each kind."""
        sid = secrets.token_hex(8)
        self.sessions[sid] = {
            "sid": sid,
            "csrf": "a-b_c==",
            "embed": "1",
            "name": "grüße".encode().decode("latin-1"),
            "quoted": '"a b"',
            "visit": "1",
        }
        return [
            f"sid={sid}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600",
            "csrf=a-b_c==; Path=/; Secure; SameSite=Strict; Max-Age=3600",
            "embed=1; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=3600",
            "name=grüße; Max-Age=3600",
            'quoted="a b"; Path=/; Max-Age=3600',
            "visit=1; Path=/",
        ]

    def expected(self, sent):
        """What the visitor's session should have sent."""
        return self.sessions[sent["sid"]]

    def wait_for(self, path, since=0):
        """The cookies of the first visit to a path, of those after so many."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for visited, sent in self.visits[since:]:
                if visited == path:
                    return sent
            self.visited.wait(0.5)
            self.visited.clear()
        raise AssertionError(f"nobody came to {path} in {PATIENCE} s")


@pytest.fixture(scope="session")
def shop():
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.shop = Shop(server.server_port)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.shop
        server.shutdown()


@pytest.fixture
def visit(shop):
    """Opens a page of the shop with a jar, over urllib; returns what it says and what was sent."""

    def open_page(jar, url=None):
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )
        page = url or shop.url + "?by=jar"  # a browser that still runs may open the same
        with opener.open(page, timeout=PATIENCE) as response:
            text = response.read().decode()
        opener.close()
        seen = [sent for path, sent in shop.visits if path.endswith("?by=jar")]
        return text, seen[-1] if seen else {}

    return open_page


def _installed(*names):
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip(f"{names[0]} is not installed")
    return path


@contextlib.contextmanager
def _running(arguments, home, **options):
    """A program in a process group of its own, which is ended in any case."""
    environment = {
        name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ
    }
    process = subprocess.Popen(
        arguments,
        env={**environment, "HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1"},
        start_new_session=True,
        **options,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


class Chromium:
    """
    A running Chromium, over the DevTools protocol.

    Attributes:
        events: What it told unasked.
    """

    def __init__(self, connection):
        self._connection = connection
        self._numbers = itertools.count(1)
        self.events = []

    def ask(self, method, session=None, **parameters):
        """Call a method of the protocol and return its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._connection.send(json.dumps(message))
        while True:
            answer = json.loads(self._connection.recv())
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def fresh(self):
        """A browser context of its own, as a private window is: its cookies are nobody else's."""
        return self.ask("Target.createBrowserContext")["browserContextId"]

    def tab(self, context):
        """An empty tab; returns its session."""
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        return self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)[
            "sessionId"
        ]

    def text(self, session):
        """What the page in a tab says, once it says something."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            result = self.ask(
                "Runtime.evaluate", session, expression="document.body && document.body.innerText"
            )
            if result["result"].get("value"):
                return result["result"]["value"]
            time.sleep(0.02)
        raise AssertionError("the page says nothing")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A Chromium with an empty profile."""
    websocket = pytest.importorskip("websocket", reason="websocket-client is not installed")
    path = _installed("chromium", "chromium-browser", "google-chrome")
    home = tmp_path_factory.mktemp("chromium")
    log = home / "stderr.txt"
    with (
        log.open("wb") as stderr,
        _running(
            [path, *CHROMIUM, f"--user-data-dir={home / 'profile'}", "about:blank"],
            home,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        ) as process,
    ):
        until = time.monotonic() + PATIENCE
        while not (
            found := re.search(r"DevTools listening on (ws://\S+)", log.read_text("latin-1"))
        ):
            assert process.poll() is None, log.read_text("latin-1")
            assert time.monotonic() < until, log.read_text("latin-1")
            time.sleep(0.02)
        connection = websocket.create_connection(
            found[1], timeout=PATIENCE, suppress_origin=True, http_no_proxy=["*"]
        )
        yield Chromium(connection)
        connection.close()


@pytest.fixture(scope="session")
def firefox_profile(tmp_path_factory, shop):
    """
    A profile in which Firefox logs in to the shop.

    Returns:
        Its folder, the cookies that Firefox sent after the login, and what ends this Firefox.
    """
    path = _installed("firefox-esr", "firefox")
    home = tmp_path_factory.mktemp("firefox")
    profile = home / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(to)});\n" for key, to in FIREFOX.items()]
    (profile / "user.js").write_text("".join(lines))
    since = len(shop.visits)
    with _running(
        [path, "--headless", "--no-remote", "--profile", str(profile), shop.login_url],
        home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)

        yield profile, shop.wait_for("/home", since), end


@pytest.fixture(scope="session")
def format_named():
    """The name of a format of the package, or a skip where this build has none of that name."""

    def named(name):
        if importlib.util.find_spec(f"cookietin.formats.{name}") is None:
            pytest.skip(f"there is no format {name}")
        return name

    return named
