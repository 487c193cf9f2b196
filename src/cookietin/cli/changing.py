"""`set` and `rm`: change the cookies of a file.

Rules of this file:
- A cookie is judged as if a server had sent it; a refusal is printed with every reason.
- What cannot be read of a file would be lost by writing it: that needs `--force`.
"""

from __future__ import annotations

import os

from cookietin.cli.choosing import chosen, filters_of, policy_of, sensible
from cookietin.cli.outcome import NO, YES, Stop
from cookietin.cli.output import counted, moment_text, note, put_octets, say, stdin_octets, title_of
from cookietin.cli.sinks import keep, octets_in
from cookietin.cli.sources import STDIN, opened_to_change

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar

FROM_STDIN = "-"
_LONGEST_VALUE = 1 << 20  # octets; no server takes as much


def set_cookie(options: argparse.Namespace) -> int:
    """Set a cookie in a file, which is begun if there is none."""
    from cookietin.errors import CookieRejected

    name, value = _pair(options)
    with opened_to_change(options.file, options.format, force=options.force) as (jar, format):
        jar.set_policy(policy_of(options))
        refused: CookieRejected | None = None
        with sensible():
            try:
                cookie = _set(jar, name, value, options)
            except CookieRejected as error:
                refused = error
        if refused is not None:
            for reason in refused.reasons:
                note(f"refused: {reason}")
            return NO
        left_out = _kept(jar, format, options.file)
    for text in left_out:
        note(text)
    if left_out:
        return NO
    _tell(_said_of(cookie), options.file)
    return YES


def _pair(options: argparse.Namespace) -> tuple[str, str]:
    """Name and value; octets of the value as latin-1 characters, as those of a server are."""
    typed: str = options.pair
    name, equals, value = typed.partition("=")
    if options.value_from_stdin:
        if equals:
            raise Stop("give the name alone with --value-from-stdin")
        from_stdin = True
    elif not equals:
        raise Stop("expected NAME=VALUE, or NAME with --value-from-stdin")
    else:
        from_stdin = value == FROM_STDIN
    if not from_stdin:
        return _octets_as_text(name), _octets_as_text(value)
    if options.file == STDIN:
        raise Stop("the file and the value cannot both come from standard input")
    octets = stdin_octets().read(_LONGEST_VALUE + 1)
    if len(octets) > _LONGEST_VALUE:
        raise Stop(f"standard input: more than {_LONGEST_VALUE:,} octets are no value of a cookie")
    return _octets_as_text(name), octets.removesuffix(b"\n").removesuffix(b"\r").decode("latin-1")


def _octets_as_text(typed: str) -> str:
    return os.fsencode(typed).decode("latin-1")


def _set(jar: FileCookieJar, name: str, value: str, options: argparse.Namespace) -> CookieFields:
    expires = options.expires
    if expires is not None and expires.isascii() and expires.isdecimal():
        expires = float(expires)
    return jar.set(
        name,
        value,
        url=options.url,
        domain=options.domain,
        path=options.path,
        secure=options.secure,
        http_only=options.http_only,
        expires=expires,
        max_age=options.max_age,
        same_site=options.same_site,
        partitioned=options.partitioned,
    )


def _said_of(cookie: CookieFields) -> str:
    import time

    if cookie.is_expired(time.time()):
        return f"removed {title_of(cookie)}, since it has ended"
    ends = "with the session" if cookie.expires is None else moment_text(cookie.expires)
    return f"set {title_of(cookie)}, ends {ends}"


def remove(options: argparse.Namespace) -> int:
    """Remove the cookies of a file that all filters agree to, and say how many."""
    from cookietin.query import remove

    if not filters_of(options) and options.expired is None:
        raise Stop("say which cookies with at least one filter; to remove all, remove the file")
    with opened_to_change(options.file, options.format, force=options.force) as (jar, format):
        cookies = chosen(jar, options)
        jar._cookies_lock.acquire()
        try:
            gone = remove(jar, cookies)
        finally:
            jar._cookies_lock.release()
        for text in _kept(jar, format, options.file) if gone or options.file == STDIN else ():
            note(text)
    _tell(f"removed {counted(gone, 'cookie')}", options.file)
    return YES if gone else NO


def _kept(jar: FileCookieJar, format: str, argument: str) -> list[str]:
    """Write a jar to where it came from; return sentences on the cookies that its file cannot hold."""
    if argument != STDIN:
        return keep(jar, argument)
    octets, left_out = octets_in(format, jar, jar._cookietin_beside)
    put_octets(octets)
    return left_out


def _tell(text: str, argument: str) -> None:
    """Say what was done, on standard error where standard output is the file."""
    (note if argument == STDIN else say)(text)
