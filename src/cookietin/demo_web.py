"""The web of the demo: a shop, another site that means ill, and the way to both.

One server on one loopback port. Clients use it as their HTTP proxy, so that it answers for every host
and no name is resolved.

Rules of this file:
- Listens on 127.0.0.1 alone, and lets no proxy setting of the surroundings lead elsewhere.
- Knows no jar: notes what was sent and what was answered, at either end.
- Notes hold names of cookies; values are made anew for each shop.
"""

from __future__ import annotations

import contextlib
import secrets
import socketserver
import threading
import urllib.request
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from time import time
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse
    from typing import ClassVar

SHOP, WWW, OTHER = "http://shop.example", "http://www.shop.example", "http://other.test"
USER = "ann"
YEAR = 365 * 24 * 60 * 60
TIMEOUT = 10.0
LONGEST_FORM = 1000


# The server


class Seen(NamedTuple):
    """
    A request as the server saw it.

    Attributes:
        client: Its User-Agent.
        cookies: Names of the cookies, in their order.
        user: Who is logged in by these cookies, None if nobody is.
    """

    client: str
    method: str
    url: str
    cookies: tuple[str, ...]
    user: str | None


class Answer(NamedTuple):
    """A response: a line of text, Set-Cookie fields, and where to go next, if anywhere."""

    status: int
    text: str
    set_cookies: tuple[str, ...] = ()
    location: str | None = None


class Shop:
    """
    The pages of all hosts, and what they were asked for.

    Attributes:
        seen: All requests, oldest first.
        login_attributes: Attributes of the cookie that keeps a client logged in.
    """

    login_attributes = "Domain=shop.example; Path=/; HttpOnly"

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._form = secrets.token_hex(8)
        self._session = secrets.token_hex(8)

    def answer(self, client: str, method: str, url: str, cookie: str, form: str) -> Answer:
        """
        Note a request and answer it.

        Args:
            client: Its User-Agent.
            method: Its method.
            url: The whole URL.
            cookie: Value of the Cookie field, "" if there is none.
            form: Body of a POST.
        """
        pairs = [piece.partition("=") for piece in cookie.split("; ") if piece]
        sent = {name: value for name, _, value in pairs}
        user = USER if sent.get("sid") == self._session else None
        self.seen.append(Seen(client, method, url, tuple(name for name, _, _ in pairs), user))
        page = (method, url)
        if page == ("GET", f"{SHOP}/account"):
            return self._account(sent, user)
        if page == ("GET", f"{SHOP}/login"):
            return Answer(200, "please log in", (f"form={self._form}; Path=/login",))
        if page == ("POST", f"{SHOP}/login"):
            return self._login(sent, form)
        if page == ("GET", f"{WWW}/"):
            return self._front_page(sent, user)
        if page == ("GET", f"{OTHER}/"):
            return self._other_site()
        return Answer(404, "no such page")

    def _login(self, sent: dict[str, str], form: str) -> Answer:
        if sent.get("form") != self._form or form != f"user={USER}":
            return Answer(403, "come by way of the form")
        login = (
            f"sid={self._session}; {self.login_attributes}",
            f"remember=1; Domain=shop.example; Path=/; Max-Age={YEAR}",
            "form=; Path=/login; Max-Age=0",
        )
        return Answer(303, "welcome", login, f"{SHOP}/account")

    def _account(self, sent: dict[str, str], user: str | None) -> Answer:
        if user is None:
            return Answer(302, "log in first", (), f"{SHOP}/login")
        ends = formatdate(time() + YEAR, usegmt=True)
        first_visit = (
            f"theme=1; Domain=shop.example; Path=/; Expires={ends}",
            "tab=1; Path=/account",
            "card=1; Path=/; Secure",
        )
        return Answer(200, f"logged in as {user}", () if "theme" in sent else first_visit)

    def _front_page(self, sent: dict[str, str], user: str | None) -> Answer:
        text = "not logged in" if user is None else f"logged in as {user}"
        first_visit = ("cart=1", "offer=1; Domain=shop.example; Path=/; Max-Age=1")
        return Answer(200, text, () if "cart" in sent else first_visit)

    def _other_site(self) -> Answer:
        """Another site, which would like to choose, and to end, the sessions of the shop."""
        return Answer(
            200,
            "another site",
            (
                "ad=1; Path=/",
                "sid=theirs; Domain=shop.example; Path=/",
                "sid=; Domain=shop.example; Path=/; Max-Age=0",
            ),
        )


class Handler(BaseHTTPRequestHandler):
    """Passes requests on to the shop, and its answers back."""

    server: Server
    timeout: ClassVar[float] = TIMEOUT

    def do_GET(self) -> None:
        self._reply("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = min(int(length), LONGEST_FORM) if length.isdecimal() else 0
        self._reply(self.rfile.read(size).decode("latin-1"))

    def _reply(self, form: str) -> None:
        header = self.headers
        client, cookie = header.get("User-Agent", ""), header.get("Cookie", "")
        # A request to a proxy begins with the whole URL (RFC 9112 3.2.2).
        answer = self.server.shop.answer(client, self.command, self.path, cookie, form)
        body = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if answer.location is not None:
            self.send_header("Location", answer.location)
        for field in answer.set_cookies:
            self.send_header("Set-Cookie", field)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent: what matters is in `Shop.seen`."""


# Not http.server.HTTPServer: that one asks the DNS for the name of its own address.
class Server(socketserver.ThreadingTCPServer):
    """A loopback server; clients that hang up early are nothing to report."""

    daemon_threads = True
    shop: Shop

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a request that fails here is missing where the client looks for it."""


@contextlib.contextmanager
def serving(shop: Shop) -> Iterator[int]:
    """Let a shop answer on a free port of 127.0.0.1 while the block runs; the port is given."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.shop = shop
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(TIMEOUT)


# The way to it


class Exchange(NamedTuple):
    """A request and its answer, as they passed through the opener; `sent` are names of cookies."""

    method: str
    url: str
    sent: tuple[str, ...]
    status: int
    location: str | None
    set_cookies: tuple[str, ...]


class LoopbackProxy(urllib.request.ProxyHandler):
    """Sends http requests to our port, whatever proxies and exceptions the surroundings name."""

    def __init__(self, port: int) -> None:
        super().__init__({"http": f"http://127.0.0.1:{port}"})

    def proxy_open(self, req: urllib.request.Request, proxy: str, type: str) -> None:
        # urllib's own goes past the proxy for what `no_proxy` lists, also when told which to use.
        req.set_proxy(proxy.removeprefix("http://"), "http")


class Recorder(urllib.request.BaseHandler):
    """Notes every exchange, each hop of a redirect included."""

    handler_order = 600  # after the cookies have been seen to, before redirects are

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        header = response.headers
        self.exchanges.append(
            Exchange(
                request.get_method(),
                request.full_url,
                names_of(request.get_header("Cookie")),
                response.status,
                header["Location"],
                tuple(header.get_all("Set-Cookie", [])),
            )
        )
        return response


def names_of(cookie_header: str | None) -> tuple[str, ...]:
    """
    The names of the cookies in a Cookie field.

    >>> names_of("sid=31d4; theme=dark"), names_of(None)
    (('sid', 'theme'), ())
    """
    pieces = cookie_header.split("; ") if cookie_header else []
    return tuple(piece.partition("=")[0] for piece in pieces)
