"""requests: session.cookies = jar, cookies=jar per request, and what it does to both.

requests tests isinstance against http.cookiejar.CookieJar and silently sends nothing otherwise;
for every request it copies the whole jar into a RequestsCookieJar of its own.
"""

import contextlib

import pytest

SHOP = "http://shop.test/"
LOGIN = "http://shop.test/login"


@pytest.fixture
def requests(client_module):
    return client_module("requests")


@pytest.fixture
def session(requests, site):
    """A session that goes through the loopback proxy and ignores everybody's settings."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = site.proxies
        session.verify = site.ca_file
        yield session


@pytest.fixture
def requests_client(requests, site):
    """Opens sessions whose attribute `cookies` is the jar itself."""

    @contextlib.contextmanager
    def open_client(jar):
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = site.proxies
            session.verify = site.ca_file
            session.cookies = jar

            def fetch(url, headers=None):
                return session.get(url, headers=headers, timeout=20).content

            yield fetch

    return open_client


@pytest.fixture
def jar(subject, make_cookie):
    """A jar with one cookie for shop.test."""
    jar = subject.CookieJar()
    jar.set_cookie(make_cookie(subject, "sid", "1", "shop.test"))
    return jar


def test_session_sees_no_difference(works_alike, requests_client):
    """A jar handed to a session is filled and read as the standard library's is."""
    works_alike(requests_client)


def test_jar_given_for_one_request_is_sent_and_not_filled(session, site, jar):
    """`cookies=jar` is asked for by name in the documentation of requests."""
    answer = session.get(site.url(LOGIN, "new=1"), cookies=jar, timeout=20)

    assert answer.json() == {"cookie": "sid=1"}
    assert [cookie.name for cookie in jar] == ["sid"]
    assert [cookie.name for cookie in session.cookies] == ["new"]


def test_jar_of_the_session_and_jar_of_the_request_are_both_sent(
    session, site, jar, subject, make_cookie
):
    """merge_cookies pours one jar of ours into a copy of the other and must lose neither."""
    own = subject.CookieJar()
    own.set_cookie(make_cookie(subject, "own", "2", "shop.test"))
    session.cookies = jar

    session.get(SHOP, cookies=own, timeout=20)

    assert site.cookies() == ["sid=1; own=2"]
    assert (len(jar), len(own)) == (1, 1)


def test_empty_jar_for_one_request_does_not_hide_the_session(session, site, jar, subject):
    """`request.cookies or {}` relies on an empty jar being false, and on nothing worse."""
    session.cookies = jar

    session.get(SHOP, cookies=subject.CookieJar(), timeout=20)

    assert site.cookies() == ["sid=1"]


def test_dictionary_for_one_request_joins_the_jar_of_the_session(session, site, jar):
    """Most users pass a dict per request and keep the jar for the login."""
    session.cookies = jar

    session.get(SHOP, cookies={"theme": "dark"}, timeout=20)

    assert sorted(site.cookies()[0].split("; ")) == ["sid=1", "theme=dark"]


def test_copying_a_prepared_request_leaves_the_jar_full(requests, jar):
    """PreparedRequest.copy() clears a copy.copy() of the jar; the user's own must not empty."""
    prepared = requests.Request("GET", SHOP, cookies=jar).prepare()

    twin = prepared.copy()

    assert [cookie.value for cookie in jar] == ["1"]
    assert [cookie.value for cookie in twin._cookies] == ["1"]
    assert twin.headers["Cookie"] == "sid=1"


def test_redirect_copies_the_prepared_request_and_leaves_the_jar_full(session, site, jar):
    """Session.resolve_redirects copies the request, with the jar given for it."""
    session.get(site.url(LOGIN, to=SHOP), cookies=jar, timeout=20)

    assert site.cookies() == ["sid=1", "sid=1"]
    assert len(jar) == 1


def test_requests_own_jar_takes_our_cookies(session, site, jar):
    """session.cookies.update(jar) is the usual way to bring cookies.txt into a session."""
    session.cookies.update(jar)

    session.get(SHOP, timeout=20)

    assert site.cookies() == ["sid=1"]
    assert session.cookies["sid"] == "1"


def test_our_jar_takes_the_cookies_of_requests(session, site, subject, surf):
    """Cookies of the standard library's class, made by requests, work in our jar."""
    jar = subject.CookieJar()
    session.get(site.url(LOGIN, "sid=1", "wide=2; Domain=shop.test"), timeout=20)
    site.seen.clear()

    for cookie in session.cookies:
        jar.set_cookie(cookie)
    surf(jar, SHOP)

    assert site.cookies() == ["sid=1; wide=2"]


def test_cookie_created_by_requests_for_every_host_is_sent(requests, session, site, subject):
    """create_cookie() makes cookies with an empty domain; the standard jar sends them anywhere."""
    jar = subject.CookieJar()
    jar.set_cookie(requests.cookies.create_cookie("any", "1"))
    session.cookies = jar

    session.get(SHOP, timeout=20)

    assert site.cookies() == ["any=1"]


def test_removing_by_name_while_iterating(requests, jar, subject, make_cookie):
    """remove_cookie_by_name() walks the jar and calls clear(domain, path, name)."""
    jar.set_cookie(make_cookie(subject, "keep", "2", "shop.test"))

    requests.cookies.remove_cookie_by_name(jar, "sid")

    assert [cookie.name for cookie in jar] == ["keep"]


def test_response_history_shows_what_each_hop_set(session, site, subject):
    """response.cookies of every hop is read back by scripts that look for a login cookie."""
    session.cookies = subject.CookieJar()

    answer = session.get(site.url(LOGIN, "sid=1", to=site.url(SHOP, "hello=2")), timeout=20)

    assert [dict(hop.cookies) for hop in (*answer.history, answer)] == [
        {"sid": "1"},
        {"hello": "2"},
    ]
    assert [cookie.name for cookie in session.cookies] == ["sid", "hello"]


@pytest.mark.parametrize("family", ["stdlib", "subject"])
def test_cookie_with_a_port_list_stays_on_its_port(request, requests_client, site, family):
    """requests gives the jar a host with the port in it, which the Port rule reads."""
    jar = request.getfixturevalue(family).CookieJar()

    with requests_client(jar) as fetch:
        fetch(site.url("http://shop.test:8080/", "p=1; Port=8080,8081", "q=2; Port", "r=3"))
        for port in (8080, 8081, 9090):
            fetch(f"http://shop.test:{port}/")

    assert site.cookies() == [None, "p=1; q=2; r=3", "p=1; r=3", "r=3"]
