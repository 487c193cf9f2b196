"""A loopback server that plays every host over HTTP/2, as a proxy for CONNECT with TLS and ALPN behind.

Rules of this file:
- As in tests/interop/conftest.py, the query of a URL says what is set and where it leads (`Site.url`).
- `together=<number>` holds an answer back until so many streams of the connection wait: only streams
  that are open at once get one. No clock is involved.
"""

import contextlib
import json
import socketserver
import ssl
import threading
from urllib.parse import parse_qs, urlsplit

import h2.config
import h2.connection
import h2.events


class Handler(socketserver.BaseRequestHandler):
    """One connection of a client."""

    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        self.tunnel = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.connections.append(self.tunnel.selected_alpn_protocol())
        self.waiting = []
        config = h2.config.H2Configuration(client_side=False, header_encoding="latin-1")
        self.talk = h2.connection.H2Connection(config)
        self.talk.initiate_connection()
        with contextlib.suppress(OSError):
            self.tunnel.sendall(self.talk.data_to_send())
            while octets := self.tunnel.recv(65536):
                for event in self.talk.receive_data(octets):
                    if isinstance(event, h2.events.RequestReceived):
                        self.note(event.stream_id, event.headers)
                self.tunnel.sendall(self.talk.data_to_send())

    def note(self, stream, headers):
        cookies = [value for name, value in headers if name == "cookie"]
        header = dict(headers)
        url = urlsplit(f"{header[':scheme']}://{header[':authority']}{header[':path']}")
        asked = parse_qs(url.query, keep_blank_values=True)
        cookie = "; ".join(cookies) if cookies else None
        self.server.seen.append((f"{url.scheme}://{url.netloc}{url.path}", cookie))
        self.waiting.append((stream, asked, cookie))
        if len(self.waiting) >= int(asked.get("together", ["1"])[0]):
            for each in self.waiting:
                self.answer(*each)
            self.waiting.clear()

    def answer(self, stream, asked, cookie):
        status = "302" if "location" in asked else "200"
        headers = [(":status", status), ("content-type", "application/json")]
        headers += [("set-cookie", value) for value in asked.get("set-cookie", [])]
        headers += [("location", value) for value in asked.get("location", [])]
        # As octets: h2 makes UTF-8 of texts.
        octets = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        self.talk.send_headers(stream, octets)
        self.talk.send_data(stream, json.dumps({"cookie": cookie}).encode(), end_stream=True)

    def finish(self):
        self.tunnel.close()


class Server(socketserver.ThreadingTCPServer):
    """What was seen: (URL without query, Cookie header), and the protocol of each connection."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """Nothing: a test that misses a request fails on what `seen` holds."""


@contextlib.contextmanager
def running(authority, *hosts):
    """A server for these hosts, with certificates of an authority of trustme."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.set_alpn_protocols(["h2"])
        authority.issue_cert(*hosts).configure_cert(server.tls)
        server.seen, server.connections = [], []
        server.proxy = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
