"""Jars whose file is in any registered format, and `open_jar`, which tells the format by content.

Rules of this file:
- What a file looks like is the formats' business; which class of jar a format has is said here.
"""

from __future__ import annotations

import os

from cookietin.cookiejar.file_jar import (
    FileCookieJar,
    choice_of,
    load_error,
    named,
    save_octets,
)
from cookietin.cookiejar.file_jars import LWPCookieJar, MozillaCookieJar
from cookietin.cookiejar.file_memory import Saving
from cookietin.errors import FormatError, shown
from cookietin.formats import registry
from cookietin.formats.reading import HEAD
from cookietin.open_databases import is_open_here, is_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.autosave import Autosave
    from cookietin.cookiejar.stdlib import original
    from cookietin.formats.reading import Format

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class FormatCookieJar(FileCookieJar):
    """
    A jar whose file is in one of the registered formats.

    Args:
        filename, delayload, policy, lenient, autosave: As for `FileCookieJar`.
        persist_session: As for `FileCookieJar`, but session cookies are kept unless it is False.
        format: Name of the format; see `cookietin.formats.registry.names`.

    What the file holds beside cookies (Playwright's origins) is kept by `load`, and written again.

    Raises:
        ValueError: There is no such format.
    """

    persist_session = True
    _cookietin_is_text = False

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: original.CookiePolicy | None = None,
        *,
        format: str = "json",
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None:
        self._cookietin_format_name = format
        registry.named(format)
        super().__init__(
            filename,
            delayload,
            policy,
            lenient=lenient,
            persist_session=persist_session,
            autosave=autosave,
        )

    @property
    def format(self) -> str:
        """Name of the file's format."""
        return self._cookietin_format_name

    @property
    def _cookietin_format(self) -> Format:  # type: ignore[override]  # by name, for pickles
        return registry.named(self._cookietin_format_name)

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        choice = choice_of(ignore_discard or self.persist_session, ignore_expires)
        name = os.fsdecode(named(self, filename))
        skipped = Saving(self, name, choice)
        save_octets(self, name, choice, skipped, skipped.held)
        skipped.done()

    save.__doc__ = FileCookieJar.save.__doc__


class JSONCookieJar(FormatCookieJar):
    """
    A jar whose file loses nothing: every attribute of a cookie, with creation-time and partition.

    Takes the arguments of `FileCookieJar`; session cookies are kept unless `persist_session` is False.
    """

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: original.CookiePolicy | None = None,
        *,
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None:
        super().__init__(
            filename,
            delayload,
            policy,
            format="json",
            lenient=lenient,
            persist_session=persist_session,
            autosave=autosave,
        )


SQLITE = registry.DATABASE  # no format of a stream: its class reads and writes the file
_CLASSES = {"mozilla": MozillaCookieJar, "lwp": LWPCookieJar, "json": JSONCookieJar}


def open_jar(
    path: str | os.PathLike[str],
    format: str | None = None,
    policy: original.CookiePolicy | None = None,
    *,
    lenient: bool = True,
    autosave: Autosave | None = None,
) -> FileCookieJar:
    """
    A jar with the cookies of a file, session cookies included.

    Args:
        path: The file. If there is none, or it is empty, the jar is empty, and `format` has to be
            given.
        format: Name of its format; None tells it by what the file holds, never by its name.
        policy: As for `CookieJar`.
        lenient: As for `FileCookieJar`: a line that cannot be read costs no other. Of an SQLite
            file the jar "default" is meant.
        autosave: As for `FileCookieJar`.

    Returns:
        A MozillaCookieJar, LWPCookieJar, JSONCookieJar or SQLiteCookieJar where the format has a
        class of its own, otherwise a FormatCookieJar; `save`, `sync` and `flush` write in this format.

    Raises:
        FileNotFoundError: There is no file yet, and no format was given.
        ValueError: There is no such format.
        LoadError: The file is in no format that is known, or not in that of `format`.
        OSError: The file cannot be read.
    """
    jar, is_empty = unread_jar(path, format, policy, lenient=lenient)
    jar._cookietin_begin(is_empty=is_empty)
    if autosave is not None:
        jar.autosave = autosave
    return jar


def unread_jar(
    path: str | os.PathLike[str],
    format: str | None,
    policy: original.CookiePolicy | None,
    *,
    lenient: bool,
) -> tuple[FileCookieJar, bool]:
    """The jar of `open_jar` before it has loaded anything, and whether there is nothing to load."""
    path = os.fspath(path)
    if format is None and is_open_here(path):
        format = SQLITE  # to open the file and close it would take SQLite's locks away
    if format == SQLITE:
        is_empty = not os.path.exists(path) or os.path.getsize(path) == 0
        return _jar_for(path, format, policy, lenient=lenient), is_empty
    try:
        with open(path, "rb") as stream:
            head = stream.read(HEAD)
    except FileNotFoundError:
        if format is None:
            raise FileNotFoundError(
                f"{shown(path)}: there is no such file; give a format to begin one"
            ) from None
        head = b""
    return _jar_for(path, format or _format_of(path, head), policy, lenient=lenient), not head


def _format_of(path: str, head: bytes) -> str:
    found = SQLITE if is_ours(head) else registry.sniff(head)
    if found is None:
        raise load_error(
            FormatError(
                path,
                None,
                "expected a file of cookies, found none of the formats "
                f"{', '.join([*registry.names(), SQLITE])}; name one if it is",
            )
        )
    return found


def _jar_for(
    path: str, format: str, policy: original.CookiePolicy | None, *, lenient: bool
) -> FileCookieJar:
    own: type[FileCookieJar] | None = _CLASSES.get(format)
    if format == SQLITE:
        from cookietin.cookiejar.sqlite_jar import SQLiteCookieJar

        own = SQLiteCookieJar
    if own is not None:
        return own(path, policy=policy, lenient=lenient, persist_session=True)
    return FormatCookieJar(path, policy=policy, format=format, lenient=lenient)
