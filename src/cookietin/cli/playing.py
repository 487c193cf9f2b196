"""`demo`: a login that survives the process, on this machine.

Rules of this file:
- Starts what `cookietin.demo` is, and nothing else.
"""

from __future__ import annotations

from cookietin.cli.outcome import NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def demo(options: argparse.Namespace) -> int:
    """Play the demo, or its second half in a process of its own."""
    from cookietin import demo

    if options.second is None:
        succeeded = demo.run()
    else:
        filename, port = options.second
        if not (port.isascii() and port.isdecimal()):
            options.parser.error(f"--second: expected a port number, got {port[:80]!r}")
        succeeded = demo.run_second(filename, int(port))
    return YES if succeeded else NO
