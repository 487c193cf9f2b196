"""mechanize: subclasses of Cookie, CookieJar and MozillaCookieJar, and most private helpers."""

import pickle
import warnings

SHOP = "http://shop.test/"


def _mechanize():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mechanize
    return mechanize


def _rows(jar):
    return [(c.domain, c.path, c.name, c.value, c.expires) for c in jar]


def _browser(web, jar=None):
    browser = _mechanize().Browser()
    browser.set_handle_robots(False)
    browser.set_proxies(web.proxies)
    if jar is not None:
        browser.set_cookiejar(jar)
    return browser


def _visit(browser, page):
    return browser.open(page, timeout=20).read().decode()


def _pages(web):
    return [
        web.url(SHOP, "sid=1", "wide=2; Domain=shop.test", to=web.url(SHOP + "home", "hello=3")),
        "http://www.shop.test/",
        web.url(SHOP, "sid=; Max-Age=0"),
        SHOP,
    ]


def in_use(web):
    """mechanize's own classes descend from the substitute."""
    mechanize = _mechanize()
    from mechanize import _clientcookie

    return {
        "jar": web.module.CookieJar in mechanize.CookieJar.__mro__,
        "cookie": web.module.Cookie in mechanize.Cookie.__mro__,
        "file jar": web.module.MozillaCookieJar in mechanize.MozillaCookieJar.__mro__,
        "lwp jar": mechanize.LWPCookieJar is web.module.LWPCookieJar,
        "policy": web.module.DefaultCookiePolicy in mechanize.DefaultCookiePolicy.__mro__,
        "load error": mechanize.LoadError is web.module.LoadError,
        "helper": _clientcookie.eff_request_host is web.module.eff_request_host,
    }


def browser_with_its_own_jar_stays_signed_in(web):
    """Without set_cookiejar() the browser makes its own."""
    browser = _browser(web)
    return [_visit(browser, page) for page in _pages(web)], _rows(browser.cookiejar)


def browser_with_a_plain_jar_stays_signed_in(web):
    """The jar class of the substitute itself."""
    jar = web.module.CookieJar()
    browser = _browser(web, jar)
    return [_visit(browser, page) for page in _pages(web)], _rows(jar)


def cookies_for_request(web):
    """mechanize's public method sets `_now` on jar and policy and calls a private one."""
    mechanize = _mechanize()
    jar = mechanize.CookieJar()
    browser = _browser(web, jar)
    _visit(browser, web.url(SHOP, "a=1; Path=/", "b=2; Path=/deep", "c=3; Domain=shop.test"))
    found = jar.cookies_for_request(mechanize.Request(SHOP + "deep/er"))
    return [(cookie.name, cookie.value) for cookie in found]


def pickled_jar(web):
    """__getstate__ drops the lock and __setstate__ puts the rest back, attribute by attribute."""
    mechanize = _mechanize()
    jar = mechanize.CookieJar()
    _visit(_browser(web, jar), web.url(SHOP, "sid=1"))
    restored = pickle.loads(pickle.dumps(jar))
    return _rows(restored), [a == b for a, b in zip(jar, restored, strict=True)]


def file_jars_survive_a_round_trip(web):
    """MozillaCookieJar overrides _really_load and sets a class attribute `header`."""
    mechanize = _mechanize()
    found = {}
    for kind in ("MozillaCookieJar", "LWPCookieJar"):
        jar = getattr(mechanize, kind)(web.file(kind))
        for page in (
            web.url(SHOP, "a=1; Max-Age=86400", "b=2; Domain=shop.test; Secure; Max-Age=86400"),
            web.url("http://other.test/", 'c="3"; Max-Age=86400'),
        ):
            _visit(_browser(web, jar), page)
        for cookie in jar:
            cookie.expires = 4_000_000_000
        jar.save()
        again = getattr(mechanize, kind)(web.file(kind))
        again.load()
        found[kind] = _rows(again)
    return found


def simple_cookie(web):
    """set_simple_cookie() builds mechanize's Cookie and stores it unasked."""
    browser = _browser(web)
    browser.set_simple_cookie("theme", "dark", "shop.test")
    return _visit(browser, SHOP), _rows(browser.cookiejar)


def policy_of_mechanize(web):
    """mechanize's policy subclass with a blocked domain."""
    mechanize = _mechanize()
    policy = mechanize.DefaultCookiePolicy(blocked_domains=["shop.test"])
    browser = _browser(web, mechanize.CookieJar(policy))
    for page in (web.url(SHOP, "a=1"), web.url("http://other.test/", "b=2")):
        _visit(browser, page)
    return _rows(browser.cookiejar)
