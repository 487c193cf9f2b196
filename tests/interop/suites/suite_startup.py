"""What happens inside an interpreter that runs a client's tests.

A copy of this file lies in the environment of the tests, and a .pth file imports it before anything
else: so the module is in place in the programs that tests start, too, whatever they do to PYTHONPATH.

Rules of this file:
- Does nothing in an interpreter that SUITE_MODULE does not speak to.
- Imports nothing at its head that a client's test might want to see imported late.
- A test that turns to any host but this machine is told that the host cannot be reached.
"""

import os
import sys

MODULE = "SUITE_MODULE"  # what is put at http.cookiejar: ours, or http.cookiejar itself
DEAF = "SUITE_DEAF"  # set if the jar neither stores nor sends, to see which tests would notice

LOOPBACK = ("127.", "::1", "::ffff:127.", "localhost", "0.0.0.0")
REFUSED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def put_in_place(name):
    """Make `import http.cookiejar` find the module of this name, however it is written."""
    import http
    import importlib

    module = importlib.import_module(name)
    sys.modules["http.cookiejar"] = http.cookiejar = module
    if os.environ.get(DEAF):
        for method in ("extract_cookies", "add_cookie_header", "set_cookie", "set_cookie_if_ok"):
            setattr(module.CookieJar, method, lambda self, *arguments, **keywords: None)


def stay_on_this_machine(event, arguments):
    """An audit hook: what lies elsewhere is out of reach, as it is without a network."""
    if event not in REFUSED:
        return
    address = arguments[REFUSED[event]]
    host = address[0] if isinstance(address, tuple) else address
    if event == "socket.connect" and not isinstance(address, tuple):
        return  # a socket of the file system
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if host and host != "::" and not host.startswith(LOOPBACK):
        import socket

        raise socket.gaierror(
            socket.EAI_NONAME, f"the tests stay on this machine; asked for {host}"
        )


if os.environ.get(MODULE):
    put_in_place(os.environ[MODULE])
    sys.addaudithook(stay_on_this_machine)
