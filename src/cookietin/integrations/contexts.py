"""Who causes the requests of a client: told for a session, for a block of code, or for one request.

RFC 6265bis section 5.2: SameSite depends on the page that caused a request and on its method. A client
knows the method and nobody but the program knows the page.

Rules of this file:
- The narrowest wins: what one request says, then the block, then the session.
- The method is always that of the request, of each hop of a redirect too.
- Blocks are context variables, so each thread and each task has its own.
- What is said of one request does not hold for those that hooks and authentication make meanwhile.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar

from cookietin.request_context import RequestContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextvars import Token
    from typing import Protocol

    class Session(Protocol):
        """What says who causes its requests."""

        cookie_context: RequestContext | None


# Of the block that runs; a tuple, since a block may say that nobody causes its requests.
_BLOCK: ContextVar[tuple[RequestContext | None] | None] = ContextVar(
    "cookietin_block", default=None
)

# The session that makes a request, and who causes that one.
_SAID: ContextVar[tuple[object, RequestContext | None] | None] = ContextVar(
    "cookietin_said", default=None
)


def cookie_context(context: RequestContext | None) -> contextlib.AbstractContextManager[None]:
    """
    Tell who causes the requests that are made inside a `with` block, whichever client makes them.

    Args:
        context: Its method does not matter: each request has its own. None for requests that nobody
            caused, such as an address that a user typed.

    It holds in this thread or asyncio task, and in tasks that are made inside. A generator that yields
    inside a block lends it to whoever iterates, until it goes on: Python has one context for both.

    Raises:
        TypeError: The context is none.

    >>> from cookietin import RequestContext
    >>> with cookie_context(RequestContext(site_for_cookies="https://news.example")):
    ...     print(context_for("POST", None))
    RequestContext(method='POST', site_for_cookies='https://news.example', top_level=True, \
http_api=True, partition_key=None)
    """
    return _Block(checked_context(context))


class _Block(contextlib.AbstractContextManager[None]):
    """
    The block. No decorator, as one of contextlib's generators is: that would have ended before the body
    of an `async def` begins, and nobody would notice.
    """

    def __init__(self, context: RequestContext | None) -> None:
        self._context = context
        self._token: Token[tuple[RequestContext | None] | None] | None = None

    def __enter__(self) -> None:
        if self._token is not None:
            raise RuntimeError("a block is entered once; call cookie_context(...) for another")
        self._token = _BLOCK.set((self._context,))

    def __exit__(self, *error: object) -> None:
        assert self._token is not None
        # A generator that somebody else closes, such as the event loop: there the block never began.
        with contextlib.suppress(ValueError):
            _BLOCK.reset(self._token)


def context_for(
    method: str | None, session: RequestContext | None, request: RequestContext | None = None
) -> RequestContext | None:
    """
    The context of one request.

    Args:
        method: Of the request, or of this hop of a redirect: "GET". None where the client does not
            tell: then that of the context counts.
        session: What holds for the client.
        request: What was said for this request.

    Returns:
        None if nobody is named: such a request is same-site.
    """
    context = request
    if context is None:
        block = _BLOCK.get()
        context = session if block is None else block[0]
    if context is None or method is None or context.method == method:
        return context
    return RequestContext(
        method,
        context.site_for_cookies,
        context.top_level,
        context.http_api,
        context.partition_key,
    )


@contextlib.contextmanager
def said_of_request(session: object, context: RequestContext | None) -> Iterator[None]:
    """
    Tell who causes the request that this session makes inside; None if nothing is said of it.

    Raises:
        TypeError: The context is none.
    """
    if context is None and _SAID.get() is None:
        yield
        return
    token = _SAID.set((session, checked_context(context)))
    try:
        yield
    finally:
        # A coroutine that nobody finished is closed wherever that is noticed, and `reset` refuses
        # there: what it would have reset is gone with the task.
        with contextlib.suppress(ValueError):
            _SAID.reset(token)


def context_of(session: Session, method: str | bytes) -> RequestContext | None:
    """
    The context of the request that a session makes now.

    Raises:
        TypeError: What was assigned to the session is none.
    """
    if isinstance(method, bytes):  # which requests takes
        method = method.decode("latin-1")
    said = _SAID.get()
    own = said[1] if said is not None and said[0] is session else None
    return context_for(method, checked_context(session.cookie_context), own)


def checked_context(context: object) -> RequestContext | None:
    """
    What a program gives as a context.

    Raises:
        TypeError: It is neither a RequestContext nor None.
    """
    if context is None or isinstance(context, RequestContext):
        return context
    raise TypeError(f"context: expected a RequestContext or None, got {type(context).__name__}")
