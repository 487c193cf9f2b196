"""`FileCookieJar` and its two formats: jars that can be saved to a file and loaded from it.

Saving replaces the file as a whole or not at all; loading takes a file as a whole or not at all.

Rules of this file:
- Opens files and turns FormatError into LoadError. What a line looks like is the formats' business,
  and how a file is replaced that of `files`.
"""

from __future__ import annotations

import contextlib
import os
import time
import warnings

from cookietin import files
from cookietin.collection import index_of, watch_on
from cookietin.cookiejar.cookie import Cookie
from cookietin.cookiejar.jar import CookieJar
from cookietin.cookiejar.stdlib import original, patchable
from cookietin.errors import CookieSkippedWarning, FormatError, shown
from cookietin.formats import Choice, lwp, mozilla
from cookietin.jar import STORING
from cookietin.jar_rules import rules_of
from cookietin.overrides import Methods
from cookietin.rules.header_words import TOKEN, WORD
from cookietin.rules.header_words import join_header_words as join
from cookietin.store import structure

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
        policy: original.CookiePolicy | None = None,
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
        cannot hold is left out; a `CookieSkippedWarning` says so, once the file has been replaced.

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
        name = _named(self, filename)
        undecodable: UnicodeDecodeError | None = None
        before, self._cookietin_loading = self._cookietin_loading, True
        try:
            with open(name, encoding="utf-8") as stream:
                arguments = (stream, name, ignore_discard, ignore_expires)
                if _loads_at_once(self):
                    self._really_load(*arguments)  # type: ignore[attr-defined]  # by contract
                else:
                    _load_or_restore(self, arguments)
        except UnicodeDecodeError as error:
            undecodable = error
        finally:
            self._cookietin_loading = before
        # Raised out here: as its context, the other error would bring the octets of the file along.
        if undecodable is not None:
            # A pipe cannot be read twice.
            at_fault = (
                _not_utf8(name) if os.path.isfile(name) else FormatError(name, None, _NOT_UTF8)
            )
            if at_fault is None:
                raise undecodable  # the subclass's own affair
            raise _load_error(at_fault)

    def revert(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Replace the cookies of the jar by those of a file; takes the arguments of `load`.

        Raises what `load` raises; then the jar is as it was.
        """
        name = _named(self, filename)
        self._cookies_lock.acquire()
        try:
            before = self._cookies
            with _said_unless_undone(self):
                watch = watch_on(self)
                if watch is not None:
                    watch.wiped()
                self._cookies = {}
                try:
                    self.load(name, ignore_discard, ignore_expires)
                except BaseException:
                    self._cookies = before
                    raise
        finally:
            self._cookies_lock.release()


def _named(jar: FileCookieJar, filename: Path | None) -> Path:
    name = jar.filename if filename is None else filename
    if name is None:
        raise ValueError(patchable("MISSING_FILENAME_TEXT"))
    return name


@contextlib.contextmanager
def _said_unless_undone(jar: FileCookieJar) -> Iterator[None]:
    """Tell listeners that what happens meanwhile comes from a file; nothing if it raises."""
    watch = watch_on(jar)
    if watch is None:
        yield
    else:
        with watch.loading(), watch.undone_on_error():
            yield


def _load_or_restore(jar: FileCookieJar, arguments: tuple[TextIO, Path, bool, bool]) -> None:
    """Call a subclass's `_really_load`, which stores cookie by cookie and may fail half-way."""
    jar._cookies_lock.acquire()
    try:
        before = structure(jar._cookies)
        with _said_unless_undone(jar):
            try:
                jar._really_load(*arguments)  # type: ignore[attr-defined]  # by contract
            except BaseException:
                jar._cookies = before
                raise
    finally:
        jar._cookies_lock.release()


def _choice(ignore_discard: bool, ignore_expires: bool) -> Choice:
    return Choice(session=ignore_discard, ended=ignore_expires, now=time.time())


def _take(jar: FileCookieJar, cookies: Iterable[CookieFields]) -> None:
    """Store the cookies that a format reads, once it has read them all."""
    at_fault: FormatError | None = None
    try:
        whole = list(cookies)
    except FormatError as error:
        at_fault = error
    if at_fault is not None:
        raise _load_error(at_fault)
    jar._cookies_lock.acquire()
    try:
        rules = rules_of(jar._policy)
        with _said_unless_undone(jar):
            if not STORING.are_kept_by(jar):
                for cookie in whole:
                    jar.set_cookie(cookie)
            elif rules is None:
                index_of(jar).put_all(whole)
            else:
                for cookie in whole:
                    rules.put(jar, cookie)
    finally:
        jar._cookies_lock.release()


class _Skipped:
    """Collects the cookies that a format could not hold, to warn about them when all is done."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def __call__(self, cookie: CookieFields, why: str) -> None:
        name, domain = shown(cookie.name), shown(cookie.domain)
        self._texts.append(f"cookie {name} of {domain} was not saved: {why}")

    def warn(self) -> None:
        """Warn the caller of the method that calls this."""
        for text in self._texts:
            warnings.warn(text, CookieSkippedWarning, stacklevel=3)


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
        skipped = _Skipped()

        def write(stream: TextIO) -> None:
            stream.write(patchable("NETSCAPE_HEADER_TEXT"))
            choice = _choice(ignore_discard, ignore_expires)
            stream.writelines(mozilla.lines(self, choice, skipped, Cookie))

        files.replace_text(os.fsdecode(_named(self, filename)), write)
        skipped.warn()

    save.__doc__ = FileCookieJar.save.__doc__

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; yt-dlp and mechanize call or replace this."""
        choice = _choice(ignore_discard, ignore_expires)
        magic = patchable("NETSCAPE_MAGIC_RGX")
        _take(self, mozilla.read(f, filename, choice, Cookie, magic=magic))


class LWPCookieJar(FileCookieJar, original.LWPCookieJar):
    """
    A jar whose file has Set-Cookie3 lines, as Perl's libwww-perl does.

    The format is readable and loses nothing about RFC 2965 cookies; no browser knows it.
    """

    def as_lwp_str(self, ignore_discard: bool = True, ignore_expires: bool = True) -> str:
        """
        The cookies as Set-Cookie3 lines; takes the switches of `save`, with other defaults.

        A cookie that the format cannot hold is left out with a `CookieSkippedWarning`.
        """
        skipped = _Skipped()
        text = _lwp_text(self, ignore_discard, ignore_expires, skipped)
        skipped.warn()
        return text

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        skipped = _Skipped()
        if _LWP_TEXT.are_kept_by(self):
            text = _lwp_text(self, ignore_discard, ignore_expires, skipped)
        else:
            text = self.as_lwp_str(ignore_discard, ignore_expires)
        files.replace_text(
            os.fsdecode(_named(self, filename)),
            lambda stream: stream.writelines((lwp.FIRST_LINE, text)),
        )
        skipped.warn()

    save.__doc__ = FileCookieJar.save.__doc__

    def _really_load(
        self, f: TextIO, filename: object, ignore_discard: bool, ignore_expires: bool
    ) -> None:
        """Read an open file; programs call or replace this."""
        choice = _choice(ignore_discard, ignore_expires)
        _take(self, lwp.read(f, filename, choice, Cookie, magic=self.magic_re))


def _lwp_text(
    jar: LWPCookieJar, ignore_discard: bool, ignore_expires: bool, skipped: _Skipped
) -> str:
    choice = _choice(ignore_discard, ignore_expires)
    return "".join(lwp.lines(jar, choice, skipped, Cookie, bare=_BARE))


_LWP_TEXT = Methods(LWPCookieJar, ("as_lwp_str",))
_MOZILLA_LOAD = Methods(MozillaCookieJar, ("_really_load", "set_cookie"))
_LWP_LOAD = Methods(LWPCookieJar, ("_really_load", "set_cookie"))


def _loads_at_once(jar: FileCookieJar) -> bool:
    """Tell whether loading stores nothing before the whole file has been read."""
    return (isinstance(jar, MozillaCookieJar) and _MOZILLA_LOAD.are_kept_by(jar)) or (
        isinstance(jar, LWPCookieJar) and _LWP_LOAD.are_kept_by(jar)
    )
