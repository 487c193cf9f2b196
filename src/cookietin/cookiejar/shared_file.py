"""The methods of a jar that shares its file with other programs, and saves by itself.

Rules of this file:
- A face, as `plain_verbs` is: the rooms of syncing are imported when somebody first syncs.
"""

from __future__ import annotations

import io

from cookietin.cookiejar.jar import CookieJar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from cookietin.autosave import Autosave, Saver
    from cookietin.syncing import Base, Noted


class SharedFile(CookieJar):
    """A jar that can be brought together with its file."""

    filename: str | None

    # What jar and file held when they last met; see `syncing`.
    _cookietin_base: Base | Noted | None = None
    _cookietin_saver: Saver | None = None

    def sync(self, *, timeout: float = 60.0) -> None:
        """
        Bring jar and file together: take in what other programs did, and write what this jar did.

        What this jar did is what differs from its last `load`, `revert`, `save` or `sync` of the file:
        cookies set, changed and removed. Where others changed the same cookie, the last to sync
        wins; a cookie that one has removed is not brought back by who did not touch it. If this
        jar changed nothing, nothing is written.

        Session cookies are written and taken in if `persist_session` is true; those that others have in
        the file stay there. Cookies that have ended are not written.

        Meanwhile a lock is held, on a file beside this one with the ending `.lock`, which stays.

        Args:
            timeout: Seconds to wait at most for other programs that sync.

        Raises:
            ValueError: The jar has no file name.
            TimeoutError: Another program kept the lock.
            LoadError: The file is not of this format; file and jar are as they were.
            OSError: The file cannot be read or written; it is as it was, and so is the jar.
        """
        from cookietin.cookiejar.file_jar import named
        from cookietin.cookiejar.synced_file import sync

        sync(self, named(self, None), timeout)  # type: ignore[arg-type]  # the only subclass

    def flush(self) -> None:
        """
        Write what this jar has changed, if it has changed anything, as `sync` does.

        Raises what `sync` raises.
        """
        from cookietin.cookiejar.synced_file import has_own_changes

        if has_own_changes(self):  # type: ignore[arg-type]  # the only subclass
            self.sync()

    @property
    def autosave(self) -> Autosave | None:
        """
        When changes are saved by themselves; None if they are not. Assign it to begin or to end.

        Changes are written as `sync` does, by a thread that waits for their moment; what is left, when
        the interpreter ends, or by `close`. Errors are logged by the logger "cookietin", and the next
        moment tries again; `flush` raises them. Copies of a jar save nothing by themselves.

        Raises:
            TypeError: It is no `Autosave`.
            ValueError: The jar has no file name.
            OSError: Its file's format is only read.
        """
        saver = self._cookietin_saver
        return saver.when if saver is not None and saver.is_of(self) else None

    @autosave.setter
    def autosave(self, when: Autosave | None) -> None:
        if when is not None:
            from cookietin.autosave import Autosave, Saver
            from cookietin.cookiejar.file_jar import named

            if not isinstance(when, Autosave):
                raise TypeError(
                    f"autosave: expected an Autosave or None, got {type(when).__name__}"
                )
            named(self, None)  # type: ignore[arg-type]  # the only subclass
            format = getattr(self, "_cookietin_format", None)
            if format is not None and format.write is None:
                raise io.UnsupportedOperation(f"autosave: {format.name} files are only read")
        saver, self._cookietin_saver = self._cookietin_saver, None
        unsaved = False
        if saver is not None and saver.is_of(self):
            unsaved = saver.has_unsaved
            saver.stop()
        if when is not None:
            self._cookietin_saver = Saver(self, when, unsaved=unsaved)

    def close(self) -> None:
        """
        Write what has changed, and save no more by itself; may be called again.

        A jar without a file name has nothing to write. Raises what `sync` raises.
        """
        try:
            if self.filename is not None:
                self.flush()
        finally:
            self.autosave = None

    def _cookietin_forget_changes(self) -> None:
        """Take what is unsaved for saved: in a child process, without the lock of a lost thread."""
        from cookietin.cookiejar.synced_file import forget_own_changes

        forget_own_changes(self)  # type: ignore[arg-type]  # the only subclass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
