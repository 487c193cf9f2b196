"""requests: RequestsCookieJar(CookieJar, MutableMapping) becomes a subclass of the substitute."""

import pickle

SHOP = "http://shop.test/"


def _session(web):
    import requests

    session = requests.Session()
    session.trust_env = False
    session.proxies = web.proxies
    return session


def _jar():
    import requests

    jar = requests.cookies.RequestsCookieJar()
    jar.set("a", "1", domain="shop.test", path="/")
    jar.set("b", "2", domain=".shop.test", path="/de")
    jar.set("c", "3", domain="other.test")
    return jar


def _rows(jar):
    return [(c.domain, c.path, c.name, c.value) for c in jar]


def in_use(web):
    """requests' own jar descends from the substitute."""
    import requests

    return {
        "module": requests.cookies.cookielib is web.module,
        "base class": web.module.CookieJar in requests.cookies.RequestsCookieJar.__mro__,
        "isinstance": isinstance(requests.Session().cookies, web.module.CookieJar),
        "policy": type(requests.Session().cookies._policy) is web.module.DefaultCookiePolicy,
        "created cookie": type(requests.cookies.create_cookie("a", "1")) is web.module.Cookie,
    }


def session_stays_signed_in(web):
    """Login, redirect to another host, back, logout."""
    with _session(web) as session:
        there = web.url("http://other.test/in", "sso=2", to=web.url(SHOP + "back", "sid=9"))
        pages = [web.url(SHOP, "sid=1", to=there), SHOP, web.url(SHOP, "sid=; Max-Age=0"), SHOP]
        answers = [session.get(page, timeout=20).json() for page in pages]
        return answers, _rows(session.cookies)


def session_takes_a_plain_jar(web):
    """session.cookies = jar and cookies=jar, with the class of the substitute."""
    jar = web.module.CookieJar()
    jar.set_cookie(web.cookie("sid", "1", "shop.test"))
    with _session(web) as session:
        per_request = session.get(SHOP, cookies=jar, timeout=20).json()
        session.cookies = jar
        session.get(web.url(SHOP, "more=2"), timeout=20)
        return per_request, session.get(SHOP, timeout=20).json(), _rows(jar)


def mapping_interface(web):
    """Reading by name, listing, membership."""
    jar = _jar()
    return {
        "items": jar.items(),
        "keys": jar.keys(),
        "values": jar.values(),
        "item": jar["a"],
        "get": [jar.get("b"), jar.get("b", domain="shop.test"), jar.get("none", "x")],
        "get_dict": [jar.get_dict(), jar.get_dict(domain="other.test")],
        "contains": ["a" in jar, "x" in jar],
        "domains": [jar.list_domains(), jar.list_paths(), jar.multiple_domains()],
        "length": [len(jar), bool(jar), bool(type(jar)())],
        "rows": _rows(jar),
    }


def mapping_changes(web):
    """Methods that come from MutableMapping and must not be hidden by methods of the jar."""
    jar = _jar()
    popped = jar.pop("a")
    missing = jar.pop("a", "gone")
    jar.setdefault("d", "4")
    jar["e"] = "5"
    del jar["c"]
    jar.set("e", None)
    jar.update({"f": "6"})
    after = _rows(jar)
    jar.clear()
    return popped, missing, after, len(jar)


def equality_and_hash(web):
    """Jars compare as mappings by name, and so cannot be hashed."""
    try:
        hash(_jar())
        hashable = True
    except TypeError:
        hashable = False
    return _jar() == _jar(), _jar() == {"a": "1"}, _jar() != {}, hashable


def conflicting_names(web):
    """Two cookies of one name raise CookieConflictError from [], never from get_dict()."""
    import requests

    jar = _jar()
    jar.set("a", "other", domain="other.test")
    try:
        jar["a"]
    except requests.cookies.CookieConflictError as error:
        return str(error), jar.get("a", domain="other.test")
    return "no conflict"


def pickled_jar(web):
    """__getstate__ pops `_cookies_lock` from __dict__, __setstate__ makes a new lock."""
    jar = pickle.loads(pickle.dumps(_jar()))
    jar.set("new", "4", domain="shop.test")
    return _rows(jar), jar["a"], type(jar).__name__, "_cookies_lock" in vars(jar)


def pickled_session(web):
    """Bots pickle the whole session between runs."""
    with _session(web) as session:
        session.get(web.url(SHOP, "sid=1"), timeout=20)
        restored = pickle.loads(pickle.dumps(session))
    with restored:
        restored.proxies = web.proxies
        return restored.get(SHOP, timeout=20).json(), _rows(restored.cookies)


def copied_jar(web):
    """jar.copy() is requests' own method; the original must not follow its changes."""
    jar = _jar()
    twin = jar.copy()
    twin.set("a", "changed", domain="shop.test", path="/")
    twin.clear("other.test")
    return _rows(jar), _rows(twin), type(twin).__name__


def copied_prepared_request(web):
    """PreparedRequest.copy() clears a copy of the jar it was given."""
    import requests

    jar = web.module.CookieJar()
    jar.set_cookie(web.cookie("sid", "1", "shop.test"))
    prepared = requests.Request("GET", SHOP, cookies=jar).prepare()
    twin = prepared.copy()
    return _rows(jar), _rows(twin._cookies), twin.headers["Cookie"]


def merged_cookies(web):
    """merge_cookies, cookiejar_from_dict and dict_from_cookiejar, the public helpers."""
    import requests

    plain = web.module.CookieJar()
    plain.set_cookie(web.cookie("p", "1", "shop.test"))
    merged = requests.cookies.merge_cookies(_jar(), plain)
    from_dict = requests.utils.cookiejar_from_dict({"x": "1"}, cookiejar=plain, overwrite=False)
    return _rows(merged), requests.utils.dict_from_cookiejar(from_dict), _rows(plain)


def morsels_and_quotes(web):
    """A Morsel becomes a cookie; escaped quotes are stripped in place before storing."""
    from http.cookies import SimpleCookie

    import requests

    jar = requests.cookies.RequestsCookieJar()
    jar.set("m", SimpleCookie("m=v; Path=/p; Domain=shop.test; Secure")["m"])
    jar.set("q", '"say \\"hi\\""', domain="shop.test")
    return _rows(jar), [c.secure for c in jar]


def blocking_policy(web):
    """The well-known way to switch cookies off: a policy that allows no domain."""
    with _session(web) as session:
        session.cookies.set_policy(web.module.DefaultCookiePolicy(allowed_domains=[]))
        session.get(web.url(SHOP, "sid=1"), timeout=20)
        return len(session.cookies), session.get(SHOP, timeout=20).json()
