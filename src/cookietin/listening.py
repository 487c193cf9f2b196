"""Whoever wants to be told of a jar's changes asks here.

Rules of this file:
- A face, as `plain_verbs` is: the rooms of changes are imported when somebody first listens.
"""

from __future__ import annotations

from cookietin.jar import Jar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.change_stream import ChangeStream
    from cookietin.changes import Callback, Cause, Subscription


class Listening(Jar):
    """The methods of a jar that tells of its changes."""

    def subscribe(
        self,
        callback: Callback,
        *,
        url: str | None = None,
        name: str | None = None,
        causes: Iterable[Cause | str] | None = None,
    ) -> Subscription:
        """
        Call back for each change of the jar, until the subscription is closed.

        Args:
            callback: Called with a `CookieChange`, in the thread that made the change, after the jar's
                lock has been released. It may change the jar: that is told of afterwards. It must not
                wait for another thread that changes the jar.
            url: Only changes of cookies that could go with a request for it.
            name: Only changes of cookies of this name.
            causes: Only changes for one of these causes, members of `Cause` or their values.

        Returns:
            A subscription, which has `close` and can be used in a `with` statement. The jar holds the
            callback by a strong reference until then.

        What a callback raises is logged by the logger "cookietin", and stops nobody. Changes that a
        program makes in `_cookies` or in a cookie past the jar are not told. Copies of a jar, and jars
        from pickles, have no subscriptions.

        Raises:
            TypeError: The callback cannot be called; a filter is of another type.
            ValueError: There is no such cause; the URL is none.
        """
        from cookietin.changes import causes_of
        from cookietin.query import matcher
        from cookietin.watching import subscribe

        if not callable(callback):
            raise TypeError(f"callback: expected a callable, got {type(callback).__name__}")
        return subscribe(self, callback, causes_of(causes), matcher(self, url, name))

    def changes(
        self,
        *,
        url: str | None = None,
        name: str | None = None,
        causes: Iterable[Cause | str] | None = None,
        limit: int = 1024,
    ) -> ChangeStream:
        """
        The changes of the jar from now on, for `async for`.

        Args:
            url, name, causes: As for `subscribe`.
            limit: How many changes wait for the reader at most. With more, the reader gets those that
                wait, then `ChangesMissedError`, and may read the jar anew and go on.

        Changes may come from any thread, and whoever makes them never waits for the reader.
        """
        from cookietin.change_stream import ChangeStream
        from cookietin.changes import causes_of
        from cookietin.query import matcher
        from cookietin.watching import subscribe

        wanted, matches = causes_of(causes), matcher(self, url, name)
        return ChangeStream(lambda callback: subscribe(self, callback, wanted, matches), limit)
