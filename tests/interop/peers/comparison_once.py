"""Whether a client sends cookies with one request beside those that it has stored.

Rules of this file:
- Each client is asked by its own argument for that; ours by `cookie_header`, which has no client.
- A peer that is not there is `AbsentError`.
"""

import asyncio
import urllib.request
import warnings

from comparison_clients import imported

PAGE = "http://shop.test/"
ONCE = {"once": "2"}


def _sessions(name):
    def ask(site):
        package = imported(name)
        if name == "requests":
            client = package.Session()
            client.trust_env, client.proxies = False, site.proxies
        elif name == "httpr":
            client = package.Client(proxy=site.proxy)
        else:
            client = package.Client(proxy=site.proxy, trust_env=False)
        client.get(site.url(PAGE, "stored=1"))
        client.get(PAGE, cookies=ONCE)
        client.get(PAGE)
        if hasattr(client, "close"):
            client.close()

    return ask


def _aiohttp(site):
    aiohttp = imported("aiohttp")

    async def visit_all():
        async with aiohttp.ClientSession() as session:
            for url, cookies in (site.url(PAGE, "stored=1"), None), (PAGE, ONCE), (PAGE, None):
                async with session.get(url, cookies=cookies, proxy=site.proxy) as response:
                    await response.read()

    asyncio.run(visit_all())


def _ours(site):
    jar = imported("cookietin").CookieJar()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(site.proxies))
    for sets, extra in (["stored=1"], {}), ([], ONCE), ([], {}):
        request = urllib.request.Request(PAGE)
        header = jar.cookie_header(PAGE, extra=extra)
        if header is not None:
            request.add_header("Cookie", header)
        opener.open(request).close()
        jar.store_response(PAGE, sets)
    opener.close()


ASK = {
    "requests": _sessions("requests"),
    "httpx": _sessions("httpx"),
    "httpx2": _sessions("httpx2"),
    "aiohttp": _aiohttp,
    "httpr": _sessions("httpr"),
    "cookietin": _ours,
}


def answer(peer, site):
    """The word that the page has for what a client does: "yes", "warns" or "no"."""
    site.seen.clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ASK[peer](site)
    first, once, again = (set((seen.cookie or "").split("; ")) for seen in site.seen)
    assert first == {""}
    if once != {"stored=1", "once=2"} or again != {"stored=1"}:
        return "no"
    warned = any(issubclass(each.category, DeprecationWarning) for each in caught)
    return "warns" if warned else "yes"
