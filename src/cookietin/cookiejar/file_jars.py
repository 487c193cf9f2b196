"""The two jars of the standard library with a file: cookies.txt and Set-Cookie3.

Rules of this file:
- Read strictly, a file is text in UTF-8, as the standard library has it. Read leniently, it is octets,
  as curl and Perl have it, and then it is written so too.
"""

from __future__ import annotations

import os

from cookietin import files
from cookietin.cookiejar.cookie import Cookie
from cookietin.cookiejar.file_jar import (
    LOADING,
    FileCookieJar,
    choice_of,
    named,
    note_report,
    save_octets,
    take,
)
from cookietin.cookiejar.file_memory import Saving, Skipped
from cookietin.cookiejar.stdlib import original, patchable
from cookietin.cookiejar.unread import was_read_leniently
from cookietin.formats import lwp, mozilla
from cookietin.overrides import Methods
from cookietin.rules.header_words import TOKEN, WORD
from cookietin.rules.header_words import join_header_words as join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from cookietin.cookie import CookieFields
    from cookietin.formats import Choice
    from cookietin.formats.reading import Format

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

# Since gh-130631 (CPython 3.14, and some 3.13) tokens stand without quotes: as the interpreter does.
_BARE = TOKEN if hasattr(original, "HEADER_JOIN_TOKEN_RE") else WORD


def join_header_words(lists: Iterable[Sequence[tuple[str, str | None]]]) -> str:
    """
    Write lists of (name, value) pairs as one header value, the inverse of `split_header_words`.

    >>> join_header_words([[("text/plain", None), ("charset", "iso/8859")]])
    'text/plain; charset="iso/8859"'
    """
    return join(lists, bare=_BARE)


def lwp_cookie_str(cookie: CookieFields) -> str:
    """The cookie as the words of a Set-Cookie3 line."""
    return join_header_words([lwp.words(cookie)])


class MozillaCookieJar(FileCookieJar, original.MozillaCookieJar):
    """
    A jar whose file is a cookies.txt, as Netscape, Mozilla, curl and wget have it.

    The format keeps domain, path, Secure, HttpOnly, expiry-time, name and value. It loses ports,
    comments, versions and other attributes, and whether Path was given.

    With `lenient=True` it reads what curl reads, and values are octets, as they are for curl; without,
    the file is text in UTF-8, and one line that is no cookie is an error.
    """

    _cookietin_format: Format = mozilla

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        choice = choice_of(ignore_discard or self.persist_session, ignore_expires)
        name = os.fsdecode(named(self, filename))
        skipped = Saving(self, name, choice)
        if self.lenient or was_read_leniently(self, name):
            save_octets(self, name, choice, skipped, skipped.held)
        else:

            def write(stream: TextIO) -> None:
                stream.write(patchable("NETSCAPE_HEADER_TEXT"))
                stream.writelines(mozilla.lines(skipped.held, choice, skipped, Cookie))

            files.replace_text(name, write)
        skipped.done()

    save.__doc__ = FileCookieJar.save.__doc__

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; yt-dlp and mechanize call or replace this."""
        choice = choice_of(ignore_discard, ignore_expires)
        magic = patchable("NETSCAPE_MAGIC_RGX")
        taken = take(self, mozilla.read_text(f, filename, choice, Cookie, magic=magic))
        note_report(self, filename, taken)


class LWPCookieJar(FileCookieJar, original.LWPCookieJar):
    """
    A jar whose file has Set-Cookie3 lines, as Perl's libwww-perl does.

    The format is readable and loses nothing about RFC 2965 cookies; no browser knows it. With
    `lenient=True` values are octets, as they are for Perl.
    """

    _cookietin_format: Format = lwp

    def as_lwp_str(self, ignore_discard: bool = True, ignore_expires: bool = True) -> str:
        """
        The cookies as Set-Cookie3 lines; takes the switches of `save`, with other defaults.

        A cookie that the format cannot hold is left out with a `CookieSkippedWarning`.
        """
        skipped = Skipped()
        text = _lwp_text(self, choice_of(ignore_discard, ignore_expires), skipped)
        skipped.warn()
        return text

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        ignore_discard = ignore_discard or self.persist_session
        name = os.fsdecode(named(self, filename))
        choice = choice_of(ignore_discard, ignore_expires)
        skipped = Saving(self, name, choice)
        if self.lenient or was_read_leniently(self, name):
            save_octets(self, name, choice, skipped, skipped.held)
        else:
            if _LWP_TEXT.are_kept_by(self):
                text = _lwp_text(skipped.held, choice, skipped)
            else:
                text = self.as_lwp_str(ignore_discard, ignore_expires)
            files.replace_text(name, lambda stream: stream.writelines((lwp.FIRST_LINE, text)))
        skipped.done()

    save.__doc__ = FileCookieJar.save.__doc__

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; programs call or replace this."""
        choice = choice_of(ignore_discard, ignore_expires)
        taken = take(self, lwp.read_text(f, filename, choice, Cookie, magic=self.magic_re))
        note_report(self, filename, taken)


def _lwp_text(cookies: Iterable[CookieFields], choice: Choice, skipped: Skipped) -> str:
    return "".join(lwp.lines(cookies, choice, skipped, Cookie, bare=_BARE))


_LWP_TEXT = Methods(LWPCookieJar, ("as_lwp_str",))
for _class in (MozillaCookieJar, LWPCookieJar):
    _class._cookietin_loads_at_once = Methods(_class, LOADING)
    _class._cookietin_reads = Methods(_class, ("_really_load",))
