"""Where our jar parts from the standard library on purpose, seen by a real server.

Each case is a security or data-loss defect of http.cookiejar that CPython's own tests do not pin.
"""

import copy
import pickle

import pytest

SHOP = "http://shop.test/"
OTHER = "http://other.test/"


@pytest.fixture
def jar(subject):
    return subject.CookieJar()


@pytest.mark.parametrize(
    "deletion",
    [
        pytest.param("sid=; Domain=shop.test; Max-Age=0", id="by Max-Age"),
        pytest.param(
            "sid=; Domain=shop.test; Expires=Thu, 01 Jan 1970 00:00:01 GMT", id="by a past Expires"
        ),
    ],
)
def test_another_site_cannot_log_the_user_out(jar, surf, site, deletion):
    """The standard jar deletes before it asks whether the host may set that domain at all."""
    surf(jar, site.url(SHOP, "sid=1; Domain=shop.test"))

    surf(jar, site.url(OTHER, deletion), SHOP)

    assert site.cookies()[-1] == "sid=1"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(
            "b=2; Expires=Wed, 09 Foo 2100 00:00:00 GMT", id="a month that does not exist"
        ),
        pytest.param("b=2; Max-Age", id="Max-Age without a value"),
    ],
)
def test_one_odd_cookie_does_not_cost_the_others(jar, surf, site, broken):
    """The standard jar raises inside, swallows it, and drops every cookie of the response."""
    surf(jar, site.url(SHOP, "a=1", broken, "c=3"), SHOP)

    sent = site.cookies()[-1].split("; ")
    assert (sent[0], sent[-1]) == ("a=1", "c=3")


def test_domain_localhost_is_returned_to_localhost(jar, surf, site):
    """Stored since 3.11, never returned: every developer's login on localhost is lost."""
    surf(jar, site.url("http://localhost:8000/", "sid=1; Domain=localhost"))

    surf(jar, "http://localhost:8000/", SHOP)

    assert site.cookies()[-2:] == ["sid=1", None]


def test_part_of_an_address_is_no_domain(jar, surf, site):
    """Domain=.0.0.1 from 127.0.0.1 would reach 10.0.0.1, another machine altogether."""
    surf(jar, site.url("http://127.0.0.1/", "evil=1; Domain=.0.0.1"))

    surf(jar, "http://10.0.0.1/")

    assert site.cookies()[-1] is None


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("Wed, 31 Dec 1969 23:59:59 GMT", id="the second before the epoch"),
        pytest.param("Mon, 01 Jan 1900 00:00:00 GMT", id="the year 1900"),
    ],
)
def test_date_before_the_epoch_logs_out(jar, surf, site, date):
    """The standard jar makes a session cookie of it, so the logout leaves an empty login."""
    surf(jar, site.url(SHOP, "sid=1"))

    surf(jar, site.url(SHOP, f"sid=; Expires={date}"), SHOP)

    assert site.cookies()[-1] is None


def test_emptied_domains_leave_no_ghosts(jar, surf, site):
    """A crawler that logs out of ten thousand hosts must not ask the policy about them."""
    surf(jar, site.url(SHOP, "sid=1"))

    surf(jar, site.url(SHOP, "sid=; Max-Age=0"))

    assert dict(jar._cookies) == {}


def test_shallow_copy_learns_for_itself(jar, surf, site):
    """A copy that shares the store would leak the cookies of one account into the other."""
    surf(jar, site.url(SHOP, "sid=1"))
    twin = copy.copy(jar)

    surf(twin, site.url(SHOP, "sid=other"))
    surf(jar, SHOP)

    assert site.cookies() == [None, "sid=1", "sid=1"]


def test_pickled_jar_stays_signed_in(jar, surf, site):
    """The standard jar cannot be pickled, so every client works round it; ours can."""
    surf(jar, site.url(SHOP, "sid=1"))
    restored = pickle.loads(pickle.dumps(jar))

    surf(restored, SHOP)

    assert site.cookies() == [None, "sid=1"]
