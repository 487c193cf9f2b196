"""urllib.request imports http.cookiejar late, inside HTTPCookieProcessor."""

import sys
import urllib.request

SHOP = "http://shop.test/"


def _opener(web, jar=None):
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(web.proxies), urllib.request.HTTPCookieProcessor(jar)
    )


def in_use(web):
    """The processor makes its jar from the substitute, and the import system hands it out."""
    import http
    import http.cookiejar as imported
    from http.cookiejar import CookieJar

    return {
        "jar of the processor": type(urllib.request.HTTPCookieProcessor().cookiejar)
        is web.module.CookieJar,
        "import statement": imported is web.module,
        "from import": CookieJar is web.module.CookieJar,
        "attribute of http": http.cookiejar is web.module,
        "entry in sys.modules": sys.modules["http.cookiejar"] is web.module,
    }


def public_names_resolve(web):
    """The eight names that the documentation promises arrive by a star import."""
    promised = (
        "Cookie CookieJar CookiePolicy DefaultCookiePolicy FileCookieJar LWPCookieJar LoadError "
        "MozillaCookieJar"
    )
    names = {}
    exec("from http.cookiejar import *", names)
    return {name: names[name].__name__ for name in promised.split()}


def private_names_resolve(web):
    """Helpers that mechanize, yt-dlp, httpie and httpx2 import by name."""
    wanted = (
        "DEFAULT_HTTP_PORT _debug domain_match eff_request_host escape_path is_HDN reach "
        "request_path request_port request_host user_domain_match lwp_cookie_str "
        "NETSCAPE_MAGIC_RGX NETSCAPE_HEADER_TEXT MISSING_FILENAME_TEXT parse_ns_headers "
        "join_header_words split_header_words http2time iso2time time2isoz time2netscape "
        "IPV4_RE HTTPONLY_ATTR HTTPONLY_PREFIX Absent is_third_party liberal_is_HDN debug logger"
    )
    return {name: hasattr(web.module, name) for name in wanted.split()}


def opener_stays_signed_in(web):
    """A login, a redirect and a logout with the jar that urllib makes for itself."""
    opener = _opener(web)
    pages = [
        web.url(SHOP, "sid=1", to=web.url(SHOP + "home", "hello=2")),
        SHOP,
        web.url(SHOP, "sid=; Max-Age=0"),
        SHOP,
    ]
    answers = []
    for page in pages:
        with opener.open(page, timeout=20) as response:
            answers.append(response.read().decode())
    return answers


def file_jars_survive_a_round_trip(web):
    """Both file formats are written and read by the substitute."""
    found = {}
    for kind in ("MozillaCookieJar", "LWPCookieJar"):
        path = web.file(kind)
        jar = getattr(web.module, kind)(path)
        jar.set_cookie(web.cookie("a", "1", ".shop.test", expires=4_000_000_000))
        jar.set_cookie(web.cookie("b", "2", "shop.test", expires=4_000_000_000, secure=True))
        jar.save()
        again = getattr(web.module, kind)(path)
        again.load()
        found[kind] = [(c.domain, c.name, c.value, c.secure, c.expires) for c in again]
    return found


def load_error_is_caught_by_its_old_name(web):
    """`except http.cookiejar.LoadError` and `except OSError` are how programs report bad files."""
    import http.cookiejar

    caught = []
    for error in (http.cookiejar.LoadError, OSError):
        try:
            http.cookiejar.LWPCookieJar().load(web.file("bad", "not a cookie file"))
        except error:
            caught.append(error.__name__)
    return caught
