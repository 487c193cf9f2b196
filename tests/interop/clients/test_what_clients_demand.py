"""What clients do to a jar beyond its public interface, each played through with real requests.

Copying and clearing, replacing the lock, changing stored cookies, restoring `__dict__`, assigning
`_cookies`, subclassing, overriding policies: all of it works with the standard library's jar.
"""

import copy
import pickle
import threading

import pytest

SHOP = "http://shop.test/"
WWW = "http://www.shop.test/"


@pytest.fixture
def jar(subject, site, surf):
    """A jar that has logged in at shop.test; the server has nothing seen yet."""
    jar = subject.CookieJar()
    surf(jar, site.url(SHOP, "sid=1", "wide=2; Domain=shop.test; Max-Age=3600"))
    site.seen.clear()
    return jar


class LockOfScrapy:
    """What scrapy puts in place of `_cookies_lock`: no context manager, nothing else."""

    def acquire(self):
        """Nothing to acquire in one thread."""

    def release(self):
        """Nothing to release either."""


def test_clearing_a_shallow_copy_leaves_the_jar_full(jar, surf, site):
    """requests copies a jar with copy.copy() and clears the copy, before every redirect."""
    copy.copy(jar).clear()

    surf(jar, SHOP)

    assert site.cookies() == ["sid=1; wide=2"]


def test_replaced_lock_without_a_context_manager_is_enough(jar, surf, site):
    """scrapy replaces the lock; the jar may call acquire and release, and nothing more."""
    jar._cookies_lock = LockOfScrapy()

    surf(jar, site.url(SHOP, "more=3", "gone=; Max-Age=0"), SHOP)
    jar.clear_session_cookies()
    jar.clear_expired_cookies()

    assert site.cookies() == ["sid=1; wide=2", "sid=1; more=3; wide=2"]
    assert [cookie.name for cookie in jar] == ["wide"]


def test_lock_serves_as_a_context_manager(jar):
    """mechanize takes the lock with `with`, and calls the jar while it holds it."""
    with jar._cookies_lock:
        held = [cookie.name for cookie in jar]

    assert held == ["sid", "wide"]


def test_expiry_changed_in_place_is_believed(jar, surf, site):
    """yt-dlp sets cookie.expires on stored cookies; a header must not be older than that."""
    surf(jar, SHOP)
    for cookie in jar:
        if cookie.name == "wide":
            cookie.expires = 1

    surf(jar, SHOP)

    assert site.cookies() == ["sid=1; wide=2", "sid=1"]
    assert [cookie.name for cookie in jar] == ["sid"]


def test_expiry_taken_away_in_place_is_believed(jar, surf, site, subject, make_cookie):
    """The other way round: what looked expired is a session cookie now (yt-dlp, expires 0)."""
    jar.set_cookie(make_cookie(subject, "zero", "0", "shop.test", expires=0))
    for cookie in jar:
        if cookie.expires == 0:
            cookie.expires, cookie.discard = None, True

    surf(jar, SHOP)

    assert site.cookies() == ["sid=1; zero=0; wide=2"]


def test_value_changed_in_place_is_sent(jar, surf, site):
    """RequestsCookieJar strips quotes in place; a cached header would send the old value."""
    surf(jar, SHOP)
    for cookie in jar:
        cookie.value += "0"

    surf(jar, SHOP)

    assert site.cookies()[-1] == "sid=10; wide=20"


def test_store_assigned_from_outside_is_used(jar, subject, surf, site):
    """Scripts pickle `_cookies` and assign it to a new jar: no index may stand beside it."""
    restored = subject.CookieJar()
    restored._cookies = pickle.loads(pickle.dumps(jar._cookies))

    surf(restored, WWW)

    assert site.cookies() == ["sid=1; wide=2"]
    assert restored._cookies["shop.test"]["/"]["sid"].value == "1"


def test_store_set_aside_survives_a_clear(jar, surf, site):
    """Holders of `_cookies` keep what they hold: clear() binds a new dict, as CPython's does."""
    aside = jar._cookies
    jar.clear()
    surf(jar, SHOP)

    jar._cookies = aside
    surf(jar, SHOP)

    assert site.cookies() == [None, "sid=1; wide=2"]


def test_store_edited_from_outside_is_used(jar, surf, site, subject, make_cookie):
    """Code in the wild writes jar._cookies[domain][path][name] = cookie, and deletes likewise."""
    surf(jar, SHOP)
    jar._cookies["shop.test"]["/"]["sid"] = make_cookie(subject, "sid", "new", "shop.test")
    jar._cookies[".www.shop.test"] = {
        "/": {"deep": make_cookie(subject, "deep", "3", ".www.shop.test")}
    }
    del jar._cookies[".shop.test"]

    surf(jar, WWW)

    assert site.cookies()[-1] == "sid=new; deep=3"


def test_dictionary_restored_without_init_makes_a_working_jar(jar, subject, surf, site):
    """curl_cffi pickles `__dict__` less the lock and restores it on object.__new__()."""
    state = dict(vars(jar))
    del state["_cookies_lock"]

    restored = object.__new__(subject.CookieJar)
    vars(restored).update(pickle.loads(pickle.dumps(state)))
    restored._cookies_lock = threading.RLock()
    surf(restored, site.url(SHOP, "more=3"), SHOP)

    assert site.cookies() == ["sid=1; wide=2", "sid=1; more=3; wide=2"]


def test_cookies_of_the_standard_class_are_sent(subject, stdlib, make_cookie, surf, site):
    """Libraries build http.cookiejar.Cookie (browser_cookie3 positionally) and hand it over."""
    jar = subject.CookieJar()
    jar.set_cookie(make_cookie(stdlib, "sid", "1", ".shop.test"))
    jar.set_cookie(make_cookie(stdlib, "safe", "2", ".shop.test", secure=True))

    surf(jar, WWW, "https://www.shop.test/")

    assert site.cookies() == ["sid=1", "sid=1; safe=2"]


def test_our_cookies_are_sent_by_a_standard_jar(subject, stdlib, make_cookie, surf, site):
    """httpx pours our cookies into a standard jar for every request."""
    jar = stdlib.CookieJar()
    jar.set_cookie(make_cookie(subject, "sid", "1", ".shop.test"))
    jar.set_cookie(make_cookie(subject, "safe", "2", ".shop.test", secure=True))

    surf(jar, WWW, "https://www.shop.test/")

    assert site.cookies() == ["sid=1", "sid=1; safe=2"]


@pytest.mark.parametrize(
    ("jar_of", "policy_of"),
    [
        pytest.param("subject", "stdlib", id="our jar under a standard policy"),
        pytest.param("stdlib", "subject", id="a standard jar under our policy"),
    ],
)
def test_jar_and_policy_of_two_families_work_together(request, jar_of, policy_of, surf, site):
    """A program replaces one import of two and must not notice."""
    policy_class = request.getfixturevalue(policy_of).DefaultCookiePolicy
    policy = policy_class(blocked_domains=["other.test"])
    jar = request.getfixturevalue(jar_of).CookieJar(policy)

    surf(jar, site.url(SHOP, "a=1"), site.url("http://other.test/", "b=2"))
    surf(jar, SHOP, "http://other.test/")

    assert site.cookies() == [None, None, "a=1", None]


def test_policy_is_asked_about_every_stored_domain(subject, surf, site):
    """domain_return_ok overridden means: ask for all domains, as the documentation promises."""
    asked = []

    class Listening(subject.DefaultCookiePolicy):
        def domain_return_ok(self, domain, request):
            asked.append(domain)
            return super().domain_return_ok(domain, request)

    jar = subject.CookieJar(Listening())
    surf(jar, site.url(SHOP, "a=1"), site.url("http://other.test/", "b=2; Domain=other.test"))
    asked.clear()

    surf(jar, SHOP)

    assert asked == ["shop.test", ".other.test"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(True, "a=1; b=2", id="allow all sends foreign cookies"),
        pytest.param(False, None, id="block all sends nothing"),
    ],
)
def test_policy_that_always_answers_the_same_is_obeyed(subject, surf, site, answer, expected):
    """Scripts at large override the checks to allow everything, or nothing."""

    class Stubborn(subject.DefaultCookiePolicy):
        def domain_return_ok(self, domain, request):
            return answer

        def return_ok_domain(self, cookie, request):
            return answer

    jar = subject.CookieJar(Stubborn())
    surf(jar, site.url(SHOP, "a=1"), site.url("http://other.test/", "b=2"))
    site.seen.clear()

    surf(jar, SHOP)

    assert site.cookies() == [expected]


def test_one_overridden_rule_is_looked_up_by_name(subject, surf, site):
    """httpie overrides return_ok_secure alone, so that localhost counts as secure."""

    class Trusting(subject.DefaultCookiePolicy):
        def return_ok_secure(self, cookie, request):
            return request.host == "localhost" or super().return_ok_secure(cookie, request)

    jar = subject.CookieJar(Trusting())
    surf(jar, site.url("http://localhost/", "a=1; Secure"), site.url(SHOP, "b=2; Secure"))
    site.seen.clear()

    surf(jar, "http://localhost/", SHOP)

    assert site.cookies() == ["a=1", None]


def test_overridden_methods_of_a_subclass_are_called(subject, surf, site):
    """httpx2 subclasses the jar and relies on the jar calling what it overrides."""
    calls = []

    class Counting(subject.CookieJar):
        def set_cookie(self, cookie):
            calls.append("set_cookie")
            super().set_cookie(cookie)

        def clear_expired_cookies(self):
            calls.append("clear_expired_cookies")
            super().clear_expired_cookies()

        def _cookies_for_request(self, request):
            calls.append("_cookies_for_request")
            return super()._cookies_for_request(request)

    surf(Counting(), site.url(SHOP, "a=1"))

    assert calls == ["_cookies_for_request", "clear_expired_cookies", "set_cookie"]


def test_clearing_while_iterating_visits_every_cookie(jar):
    """`for c in jar: jar.clear(c.domain, c.path, c.name)` is in every second script."""
    visited = []

    for cookie in jar:
        visited.append(cookie.name)
        jar.clear(cookie.domain, cookie.path, cookie.name)

    assert visited == ["sid", "wide"]
    assert (len(jar), bool(jar)) == (0, False)


def test_expired_cookies_leave_the_jar_with_the_next_request(jar, surf, subject, make_cookie):
    """len(jar) drops as a side effect of a request, to any host; programs watch it."""
    jar.set_cookie(make_cookie(subject, "old", "3", "shop.test", expires=1))

    surf(jar, "http://other.test/")

    assert [cookie.name for cookie in jar] == ["sid", "wide"]


def test_cookies_expired_in_place_are_never_sent(jar, surf):
    """A holder changes `expires`; the departures page says when our jar forgets the cookie."""
    for cookie in jar:
        cookie.expires = 1

    elsewhere = surf(jar, "http://other.test/")
    here = surf(jar, "http://shop.test/")

    assert (elsewhere, here) == (None, None)
    assert len(jar) == 0


def test_threads_share_one_jar(subject, urllib_client, site):
    """Eight threads fill and read one jar (sqlmap 5187): nothing lost, nothing raised."""
    jar = subject.CookieJar()
    failures = []

    def work(number):
        try:
            with urllib_client(jar) as fetch:
                for turn in range(5):
                    fetch(site.url(f"http://h{number}.test/{turn}", f"c{turn}={number}; Path=/"))
        except Exception as error:  # noqa: BLE001 - whatever a client's thread meets is reported
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(jar) == 40
    assert len(site.seen) == 40
