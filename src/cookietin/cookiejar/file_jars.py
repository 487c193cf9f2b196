"""`FileCookieJar` and its two formats: jars that can be saved to a file and loaded from it.

Saving replaces the file as a whole or not at all; loading takes a file as a whole or not at all.

Rules of this file:
- Opens files and turns FormatError into LoadError. What a line looks like is the formats' business,
  and how a file is replaced that of `files`.
"""

from __future__ import annotations

import os
import time

from cookietin import files
from cookietin.cookiejar.jar import Cookie, CookieJar
from cookietin.cookiejar.stdlib import original
from cookietin.errors import FormatError
from cookietin.formats import lwp, mozilla
from cookietin.rules.header_words import TOKEN, WORD
from cookietin.rules.header_words import join_header_words as join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

    from cookietin.cookie import CookieFields

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


class LoadError(original.LoadError):
    """
    A cookie file could not be read; the jar is as it was.

    Attributes:
        source: Name of the file, as the caller gave it.
        line_number: The line at fault, counted from 1; None if none is.
        problem: What was expected, what was found, what to do.

    None of them holds a cookie's value. They are None where a program raised the error itself.
    """

    source: object = None
    line_number: int | None = None
    problem: str | None = None


def _load_error(error: FormatError) -> LoadError:
    made = LoadError(str(error))
    made.source, made.line_number = error.source, error.line_number
    made.problem = error.problem
    return made


class FileCookieJar(CookieJar, original.FileCookieJar):
    """
    A jar with a file; base class for the formats.

    Args:
        filename: The file that `load`, `revert` and `save` use when they are not given one.
        delayload: A hint that the standard library documents and nobody uses.
        policy: As for `CookieJar`.

    Nothing is read before `load` or `revert`. A subclass for a format of its own defines
    `_really_load(f, filename, ignore_discard, ignore_expires)` and `save`.
    """

    filename: str | None
    delayload: bool

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: object | None = None,
    ) -> None:
        CookieJar.__init__(self, policy)
        self.filename = None if filename is None else os.fspath(filename)
        self.delayload = bool(delayload)

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Write the cookies to a file, in place of what it held.

        Args:
            filename: The file; default the jar's own.
            ignore_discard: Save session cookies too.
            ignore_expires: Save cookies that have ended too.

        The old file stands, byte for byte, until the new one is complete. A cookie that the format
        cannot hold is left out with a `CookieSkippedWarning`.

        Raises:
            ValueError: There is no file name.
            OSError: The file cannot be written; it is as it was.
        """
        raise NotImplementedError

    def load(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Add the cookies of a file to those of the jar, in place of those of the same key.

        Args:
            filename: The file; default the jar's own.
            ignore_discard: Load session cookies too.
            ignore_expires: Load cookies that have ended too.

        Raises:
            ValueError: There is no file name.
            LoadError: The file is not of this format, or not in UTF-8; the jar is as it was.
            OSError: The file cannot be read; the jar is as it was.
        """
        name = self._named(filename)
        try:
            with open(name, encoding="utf-8") as stream:
                if self._loads_at_once():
                    self._really_load(stream, name, ignore_discard, ignore_expires)  # type: ignore[attr-defined]  # by contract
                else:
                    self._load_or_restore(stream, name, ignore_discard, ignore_expires)
        except UnicodeDecodeError:
            # A pipe cannot be read twice.
            error = _not_utf8(name) if os.path.isfile(name) else FormatError(name, None, _NOT_UTF8)
            if error is None:
                raise  # the subclass's own affair
            raise _load_error(error) from None

    def _load_or_restore(
        self, stream: TextIO, name: Path, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Call a subclass's `_really_load`, which stores cookie by cookie and may fail half-way."""
        self._cookies_lock.acquire()
        try:
            before = {
                domain: {path: names.copy() for path, names in paths.items()}
                for domain, paths in self._cookies.items()
            }
            try:
                self._really_load(stream, name, ignore_discard, ignore_expires)  # type: ignore[attr-defined]  # by contract
            except BaseException:
                self._cookies = before
                raise
        finally:
            self._cookies_lock.release()

    def _loads_at_once(self) -> bool:
        """Tell whether loading stores nothing before the whole file has been read."""
        cls = self.__class__
        return cls.set_cookie is CookieJar.set_cookie and getattr(cls, "_really_load", None) in (
            MozillaCookieJar._really_load,
            LWPCookieJar._really_load,
        )

    def revert(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Replace the cookies of the jar by those of a file; takes the arguments of `load`.

        Raises:
            LoadError, OSError, ValueError: As `load`; the jar is as it was.
        """
        name = self._named(filename)
        self._cookies_lock.acquire()
        try:
            before = self._cookies
            self._cookies = {}
            try:
                self.load(name, ignore_discard, ignore_expires)
            except BaseException:
                self._cookies = before
                raise
        finally:
            self._cookies_lock.release()

    def _named(self, filename: Path | None) -> Path:
        name = self.filename if filename is None else filename
        if name is None:
            raise ValueError(original.MISSING_FILENAME_TEXT)  # type: ignore[attr-defined]  # not in typeshed
        return name

    def _chosen(
        self, cookies: Iterable[CookieFields], ignore_discard: bool, ignore_expires: bool
    ) -> Iterator[CookieFields]:
        """Those cookies that are to be saved or loaded."""
        now = time.time()
        for cookie in cookies:
            if (ignore_discard or not cookie.discard) and (
                ignore_expires or not cookie.is_expired(now)
            ):
                yield cookie

    def _take(
        self, cookies: Iterable[CookieFields], ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Store the cookies that a format reads, once it has read them all."""
        try:
            whole = list(self._chosen(cookies, ignore_discard, ignore_expires))
        except FormatError as error:
            raise _load_error(error) from None
        self._cookies_lock.acquire()
        try:
            for cookie in whole:
                self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()

    def _replace_file(self, filename: Path | None, first: str, lines: Iterable[str]) -> None:
        def write(stream: TextIO) -> None:
            stream.write(first)
            stream.writelines(lines)

        files.replace_text(os.fsdecode(self._named(filename)), write)


_NOT_UTF8 = "expected UTF-8; convert the file, with iconv for instance"


def _not_utf8(name: Path) -> FormatError | None:
    """Find the first line of a file that is not UTF-8."""
    with open(name, "rb") as stream:
        for line_number, line in enumerate(stream, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return FormatError(
                    name,
                    line_number,
                    f"{_NOT_UTF8} (octet {line[error.start]:#04x})",
                )
    return None


class MozillaCookieJar(FileCookieJar, original.MozillaCookieJar):
    """
    A jar whose file is a cookies.txt, as Netscape, Mozilla, curl and wget have it.

    The format keeps domain, path, Secure, HttpOnly, expiry-time, name and value. It loses ports,
    comments, versions and other attributes, and whether Path was given.
    """

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        self._replace_file(
            filename,
            original.NETSCAPE_HEADER_TEXT,  # type: ignore[attr-defined]  # not in typeshed
            mozilla.lines(self._chosen(self, ignore_discard, ignore_expires)),
        )

    save.__doc__ = FileCookieJar.save.__doc__

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; yt-dlp and mechanize call or replace this."""
        self._take(mozilla.read(f, filename, Cookie), ignore_discard, ignore_expires)


class LWPCookieJar(FileCookieJar, original.LWPCookieJar):
    """
    A jar whose file has Set-Cookie3 lines, as Perl's libwww-perl does.

    The format is readable and loses nothing about RFC 2965 cookies; no browser knows it.
    """

    def as_lwp_str(self, ignore_discard: bool = True, ignore_expires: bool = True) -> str:
        """The cookies as Set-Cookie3 lines; takes the switches of `save`, with other defaults."""
        return "".join(self._lines(ignore_discard, ignore_expires))

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        self._replace_file(filename, lwp.FIRST_LINE, self._lines(ignore_discard, ignore_expires))

    save.__doc__ = FileCookieJar.save.__doc__

    def _lines(self, ignore_discard: bool, ignore_expires: bool) -> Iterator[str]:
        return lwp.lines(self._chosen(self, ignore_discard, ignore_expires), join_header_words)

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; programs call or replace this."""
        cookies = lwp.read(f, filename, Cookie, magic=self.magic_re)
        self._take(cookies, ignore_discard, ignore_expires)
