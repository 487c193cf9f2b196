"""Our jar in the hands of HTTP clients: one module for each, which imports its client.

    urllib      an opener with a jar, whose redirects carry the context along
    requests    Session, attach                    niquests    the same, and AsyncSession
    httpx       Client, AsyncClient, attach        httpx2      the same
    aiohttp     CookieJar, for ClientSession(cookie_jar=...)
    scrapy      CookiesMiddleware, in place of the built-in one

In each the jar decides what is set and what is returned, on every hop of a redirect, and no cookie is
copied for a request.

Rules of this package:
- A module imports its own client and no other, and says at its door what is wrong with the client
  that is installed.
- No rule on cookies is here: modules translate between a client's objects and the jar's questions.
- What clients have in common is in `contexts` (who causes a request), `asking` (how a jar is asked),
  `attached_class` and `versions`.
"""

from cookietin.integrations.contexts import cookie_context

__all__ = ["cookie_context"]
