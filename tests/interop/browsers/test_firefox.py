"""A profile of Firefox, read while Firefox runs and afterwards."""

import time

from cookietin import BrowserCookiePolicy, open_jar

PATIENCE = 40


def all_but_session_cookies(sent):
    """What Firefox keeps in its database."""
    return {name: value for name, value in sent.items() if name != "visit"}


def rows(jar):
    return sorted(
        (c.name, c.value, c.domain, c.path, c.secure, c.http_only, c.same_site) for c in jar
    )


def test_a_login_in_firefox_is_one_in_the_jar(firefox_profile, shop, visit):
    """Firefox holds the lock, and what it has just written stands in the log beside the database."""
    profile, sent, end = firefox_profile
    path = profile / "cookies.sqlite"
    assert sent == shop.expected(sent)
    expected = all_but_session_cookies(sent)
    until = time.monotonic() + PATIENCE
    jar = open_jar(path, "firefox", BrowserCookiePolicy())
    while len(jar) < len(expected) and time.monotonic() < until:
        time.sleep(0.1)  # it writes down after some moments
        jar = open_jar(path, "firefox", BrowserCookiePolicy())

    assert rows(jar) == [
        ("csrf", "a-b_c==", "localhost", "/", True, False, "Strict"),
        ("embed", "1", "localhost", "/", True, True, "None"),
        ("name", expected["name"], "localhost", "/", False, False, None),
        ("quoted", '"a b"', "localhost", "/", False, False, None),
        ("sid", expected["sid"], "localhost", "/", False, True, "Lax"),
    ]
    assert all(abs(cookie.expires - time.time() - 3600) < 2 * PATIENCE for cookie in jar)
    text, again = visit(jar)
    assert text == "logged in"
    assert again == expected

    end()

    assert rows(open_jar(path, "firefox", BrowserCookiePolicy())) == rows(jar)
