"""scrapy: the cookies middleware, which makes a jar for each `cookiejar` key and picks its lock."""

SHOP, WWW, OTHER = "http://shop.test/", "http://www.shop.test/", "http://other.test/"


def _middleware():
    import scrapy.downloadermiddlewares.cookies as middleware
    import tldextract

    # The extractor would fetch the public suffix list; the copy in its package will do.
    middleware._split_domain = tldextract.TLDExtract(
        cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
    )
    return middleware.CookiesMiddleware()


def _send(middleware, url, **options):
    """The Cookie header of a request that has passed the middleware."""
    from scrapy.http import Request

    request = Request(url, **options)
    middleware.process_request(request)
    header = request.headers.get("Cookie")
    return header.decode() if header else None


def _receive(middleware, url, *set_cookies, **options):
    from scrapy.http import Request, Response

    response = Response(url, headers={"Set-Cookie": list(set_cookies)})
    middleware.process_response(Request(url, **options), response)


def _rows(jar):
    return [(c.domain, c.path, c.name, c.value) for c in jar]


def in_use(web):
    """The wrapper holds a jar of the substitute, under a policy of the substitute."""
    from scrapy.http.cookies import CookieJar

    wrapper = CookieJar()
    return {
        "jar": type(wrapper.jar) is web.module.CookieJar,
        "policy": type(wrapper.policy) is web.module.DefaultCookiePolicy,
    }


def middleware_stays_signed_in(web):
    """Login, host-only and domain-wide, paths, Secure, logout."""
    middleware = _middleware()
    _receive(
        middleware,
        SHOP + "login",
        *("sid=1", "wide=2; Domain=shop.test", "deep=3; Path=/deep", "safe=4; Secure"),
        *("evil=5; Domain=bank.example", "old=6; Max-Age=0"),
    )
    pages = [SHOP, WWW, OTHER, SHOP + "deep/er", "https://shop.test/", "https://www.shop.test/"]
    before = [_send(middleware, page) for page in pages]
    _receive(middleware, SHOP, "sid=; Expires=Thu, 01 Jan 1970 00:00:01 GMT")
    return before, [_send(middleware, page) for page in pages], _rows(middleware.jars[None])


def request_cookies_join_the_jar(web):
    """Request(cookies=...) as a dict and as a list is stored, if the host may set it."""
    middleware = _middleware()
    sent = [
        _send(middleware, SHOP, cookies={"a": "1", "b": "2"}),
        _send(middleware, SHOP, cookies=[{"name": "c", "value": "3", "domain": "shop.test"}]),
        _send(middleware, SHOP, cookies=[{"name": "x", "value": "9", "domain": "other.test"}]),
        _send(middleware, SHOP, headers={"Cookie": "own=1"}),
        _send(middleware, OTHER),
    ]
    return sent, _rows(middleware.jars[None])


def keys_have_jars_of_their_own(web):
    """meta={"cookiejar": n} keeps several sessions in one spider."""
    middleware = _middleware()
    for key in (1, 2):
        _receive(middleware, SHOP, f"sid={key}", meta={"cookiejar": key})
    sent = [_send(middleware, SHOP, meta={"cookiejar": key}) for key in (1, 2, 3)]
    return sent, _send(middleware, SHOP, meta={"dont_merge_cookies": True, "cookiejar": 1})


def public_suffixes_are_kept_to_their_host(web):
    """The middleware rewrites cookie.domain in place before it stores the cookie."""
    middleware = _middleware()
    _receive(middleware, "http://co.uk/", "a=1; Domain=co.uk")
    _receive(middleware, "http://shop.example/", "b=2; Domain=shop.example")
    return _rows(middleware.jars[None]), _send(middleware, "http://www.shop.example/")


def odd_hosts(web):
    """Addresses and hosts without a dot take other branches of the wrapper."""
    middleware = _middleware()
    hosts = ["http://127.0.0.1/", "http://127.0.0.1:8080/", "http://localhost/"]
    for number, host in enumerate(hosts):
        _receive(middleware, host, f"n{number}={number}")
    return [_send(middleware, host) for host in [*hosts, SHOP]], _rows(middleware.jars[None])


def wrapper_interface(web):
    """The whole of scrapy.http.cookies.CookieJar over one jar."""
    from scrapy.http import Request, Response
    from scrapy.http.cookies import CookieJar

    jar = CookieJar(check_expired_frequency=1)
    request = Request(SHOP)
    response = Response(SHOP, headers={"Set-Cookie": ["a=1", "b=2; Max-Age=60"]})
    made = [cookie.name for cookie in jar.make_cookies(response, request)]
    jar.extract_cookies(response, request)
    jar.set_cookie(web.cookie("old", "3", "shop.test", expires=1))
    jar.set_cookie_if_ok(web.cookie("no", "4", ".other.test"), request)
    length = len(jar)
    jar.add_cookie_header(request)
    nested = {domain: sorted(paths) for domain, paths in jar._cookies.items()}
    rows = _rows(jar)
    jar.clear_session_cookies()
    after = _rows(jar)
    jar.set_policy(web.module.DefaultCookiePolicy(allowed_domains=[]))
    jar.extract_cookies(response, request)
    jar.clear("shop.test", "/", "b")
    return made, length, request.headers.get("Cookie").decode(), nested, rows, after, len(jar)


def lock_of_scrapy_is_in_place(web):
    """Its lock has acquire and release only; every public method must do with that."""
    from scrapy.http.cookies import CookieJar

    wrapper = CookieJar()
    jar = wrapper.jar
    jar.set_cookie(web.cookie("a", "1", "shop.test"))
    jar.set_cookie(web.cookie("b", "2", "shop.test", expires=1))
    jar.clear_expired_cookies()
    found = _rows(jar)
    jar.clear_session_cookies()
    jar.clear()
    return type(jar._cookies_lock).__name__, found, len(jar), repr(jar), str(jar)


def file_jar_takes_the_place_of_the_wrapped_one(web):
    """Assigning `jars[key].jar` is how spiders get cookies.txt into scrapy."""
    middleware = _middleware()
    policy = middleware.jars[None].policy
    jar = web.module.MozillaCookieJar(web.file("cookies.txt"), policy=policy)
    jar.set_cookie(web.cookie("sid", "1", ".shop.test", expires=4_000_000_000))
    middleware.jars[None].jar = jar
    sent = _send(middleware, WWW)
    _receive(middleware, WWW, "more=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT")
    jar.save()
    again = web.module.MozillaCookieJar(jar.filename)
    again.load()
    return sent, _rows(again)
