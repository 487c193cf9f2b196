"""Paths of cookies: the default-path and path-match.

RFC 6265bis section 5.1.4. Octet by octet: nothing is decoded, and dot segments are names like others.
"""

from __future__ import annotations


def default_path(uri_path: str) -> str:
    """
    The path a cookie gets when Set-Cookie names none.

    Args:
        uri_path: Path of the request, percent-encoded, without query; may be empty.

    Returns:
        A path that starts with "/" and, unless it is "/" alone, does not end with one.

    >>> default_path("/account/login"), default_path("/account/"), default_path("/account")
    ('/account', '/account', '/')
    """
    if not uri_path.startswith("/"):
        return "/"
    return uri_path[: uri_path.rfind("/")] or "/"


def path_matches(request_path: str, cookie_path: str) -> bool:
    """
    Tell whether a cookie of this path goes with a request for that path.

    CPython has the same relation since bpo-35647. An empty cookie path, which no server can set,
    matches every path.

    >>> path_matches("/a/b", "/a"), path_matches("/ab", "/a"), path_matches("/a", "/a/")
    (True, False, False)
    """
    if request_path == cookie_path:
        return True
    return request_path.startswith(cookie_path) and (
        cookie_path.endswith("/") or request_path.startswith("/", len(cookie_path))
    )


# So many paths are compared one by one in the time in which a URL's own are made; so deep a URL has
# too many.
FEW_PATHS = 8
MOST_SEGMENTS = 32


def matching_paths(request_path: str) -> list[str]:
    """
    Every cookie path that path-matches a request path, longest first, to be looked up.

    Two for each segment, so the result grows with the square of the path's length: ask only for
    paths of few segments.

    >>> matching_paths("/a/b")
    ['/a/b', '/a/', '/a', '/', '']
    """
    paths = [request_path]
    slash = request_path.rfind("/")
    while slash >= 0:
        if len(paths[-1]) > slash + 1:
            paths.append(request_path[: slash + 1])
        paths.append(request_path[:slash])
        slash = request_path.rfind("/", 0, slash)
    if paths[-1]:
        paths.append("")
    return paths
