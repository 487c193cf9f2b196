"""default-path and path-match of RFC 6265bis 5.1.4."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules import classic
from cookietin.rules.paths import default_path, path_matches

PATHS = st.text(alphabet="/ab%.\xe9", max_size=8)


@pytest.mark.parametrize(
    ("uri_path", "expected"),
    [
        pytest.param("/account/login", "/account", id="up to the last slash"),
        pytest.param("/account/", "/account", id="slash at the end is the last one"),
        pytest.param("/account", "/", id="one slash alone"),
        pytest.param("/", "/", id="root"),
        pytest.param("", "/", id="no path"),
        pytest.param("account/login", "/", id="does not begin with a slash"),
        pytest.param("//x", "/", id="empty segment first"),
        pytest.param("/a//x", "/a/", id="empty segment inside stays"),
        pytest.param("/a%2Fb/c", "/a%2Fb", id="escaped slash is none"),
        pytest.param("/a/../b/c", "/a/../b", id="dot segments are names"),
    ],
)
def test_default_path(uri_path: str, expected: str) -> None:
    """A cookie without Path belongs to the folder that set it."""
    assert default_path(uri_path) == expected


@given(PATHS)
@example("//")
def test_default_path_covers_its_request(uri_path: str) -> None:
    """Oracle: path-match, for a page sees the cookies it set."""
    actual = default_path(uri_path)

    assert actual.startswith("/")
    if uri_path.startswith("/"):
        assert path_matches(uri_path, actual)


@pytest.mark.parametrize(
    ("request_path", "cookie_path", "expected"),
    [
        pytest.param("/a", "/a", True, id="equal"),
        pytest.param("/a/b", "/a", True, id="cookie path is a whole segment"),
        pytest.param("/a/b", "/a/", True, id="cookie path ends with a slash"),
        pytest.param("/a/", "/a", True, id="slash follows at once"),
        pytest.param("/ab", "/a", False, id="prefix ends inside a segment"),
        pytest.param("/a", "/a/", False, id="trailing slash asks for a child"),
        pytest.param("/A/b", "/a", False, id="case counts"),
        pytest.param("/%61/b", "/a", False, id="escapes are not decoded"),
        pytest.param("/a/../b", "/b", False, id="dot segments are names"),
        pytest.param("/b", "/a/../b", False, id="dot segments in the cookie path too"),
        pytest.param("/anything", "/", True, id="root goes everywhere"),
        pytest.param("/", "/a", False, id="parent of the cookie path"),
    ],
)
def test_path_match(request_path: str, cookie_path: str, expected: bool) -> None:
    """A cookie never leaks to a sibling that shares a prefix (5.1.4)."""
    assert path_matches(request_path, cookie_path) is expected


@given(PATHS, PATHS)
@example("/a", "")
@example("", "")
def test_path_match_agrees_with_the_letter(request_path: str, cookie_path: str) -> None:
    """Oracle: the three conditions of 5.1.4, written out."""
    is_prefix = request_path[: len(cookie_path)] == cookie_path
    letter = (
        request_path == cookie_path
        or (is_prefix and cookie_path[-1:] == "/")
        or (is_prefix and request_path[len(cookie_path) : len(cookie_path) + 1] == "/")
    )

    assert path_matches(request_path, cookie_path) is letter


def test_classic_rules_share_the_relation() -> None:
    """CPython's relation is that of 5.1.4; two copies could drift apart."""
    assert classic.path_matches is path_matches
