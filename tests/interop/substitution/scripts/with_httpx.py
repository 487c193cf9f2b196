"""httpx: Cookies wraps a CookieJar of its own, made from the substitute."""

import asyncio

SHOP = "http://shop.test/"


def _settings(web):
    return {"proxy": web.proxy, "trust_env": False, "follow_redirects": True, "timeout": 20}


def in_use(web):
    """httpx makes its jars and cookies from the substitute."""
    import httpx

    cookies = httpx.Cookies({"a": "1"})
    return {
        "jar": type(cookies.jar) is web.module.CookieJar,
        "cookie": type(next(iter(cookies.jar))) is web.module.Cookie,
        "jar of a client": type(httpx.Client().cookies.jar) is web.module.CookieJar,
    }


def client_stays_signed_in(web):
    """Login, redirect, per-request cookies, logout."""
    import httpx

    with httpx.Client(**_settings(web)) as client:
        pages = [
            web.url(SHOP, "sid=1", to=web.url("http://other.test/", "o=2")),
            SHOP,
            "http://other.test/",
            web.url(SHOP, "sid=; Max-Age=0"),
            SHOP,
        ]
        answers = [client.get(page).json() for page in pages]
        return answers, dict(client.cookies)


def async_client_stays_signed_in(web):
    """The same under an event loop."""
    import httpx

    async def visit():
        async with httpx.AsyncClient(**_settings(web)) as client:
            await client.get(web.url(SHOP, "sid=1"))
            return (await client.get(SHOP)).json(), dict(client.cookies)

    return asyncio.run(visit())


def client_takes_a_jar_a_dict_and_a_list(web):
    """The three forms that the documentation of httpx names."""
    import httpx

    jar = web.module.CookieJar()
    jar.set_cookie(web.cookie("sid", "1", "shop.test"))
    answers = []
    for cookies in (jar, {"sid": "1"}, [("sid", "1"), ("b", "2")], httpx.Cookies(jar)):
        with httpx.Client(cookies=cookies, **_settings(web)) as client:
            answers.append(client.get(SHOP).json())
    return answers


def mapping_interface(web):
    """Set, conflict, delete, clear, truth, text."""
    import httpx

    cookies = httpx.Cookies({"a": "1"})
    cookies.set("a", "2", domain="shop.test")
    cookies.set("b", "3", domain="shop.test", path="/p")
    try:
        conflict = cookies["a"]
    except httpx.CookieConflict as error:
        conflict = str(error)
    found = [cookies.get("a", domain="shop.test"), cookies.get("none", "x"), repr(cookies)]
    cookies.delete("b", domain="shop.test", path="/p")
    left = list(cookies)
    cookies.clear()
    return conflict, found, left, bool(cookies), len(cookies)


def response_cookies(web):
    """response.cookies is a fresh jar that extracts from one response."""
    import httpx

    with httpx.Client(**_settings(web)) as client:
        response = client.get(web.url(SHOP, "sid=1; HttpOnly", "evil=1; Domain=bank.example"))
        return dict(response.cookies), [c.domain for c in response.cookies.jar]
