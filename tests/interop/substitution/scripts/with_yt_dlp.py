"""yt-dlp: YoutubeDLCookieJar(http.cookiejar.MozillaCookieJar), which loads and saves by itself."""

import contextlib
import io

SHOP = "http://shop.test/"
FUTURE = 4_000_000_000
LINES = (
    "# Netscape HTTP Cookie File",
    "# A comment.",
    "",
    f".shop.test\tTRUE\t/\tFALSE\t{FUTURE}\twide\t1",
    "shop.test\tFALSE\t/\tFALSE\t0\tsession\t2",
    "shop.test\tFALSE\t/\tFALSE\t\tempty\t3",
    f"#HttpOnly_.shop.test\tTRUE\t/deep\tFALSE\t{FUTURE}\thidden\t4",
    f".shop.test\tTRUE\t/\tTRUE\t{FUTURE}.5\tsafe\t5",
    ".shop.test\tTRUE\t/\tFALSE\t1\told\t6",
    f"www.other.test\tFALSE\t/\tFALSE\t{FUTURE}\tother\t7",
    f".shop.test\tTRUE\t/\tFALSE\t{FUTURE}\tlonely\t",
)


def _rows(jar):
    return [(c.domain, c.path, c.name, c.value, c.secure, c.expires, c.discard) for c in jar]


def _loaded(web, *lines):
    from yt_dlp.cookies import YoutubeDLCookieJar

    jar = YoutubeDLCookieJar(web.file("cookies.txt", *(lines or LINES)))
    jar.load()
    return jar


class _Silence:
    def __getattr__(self, name):
        return lambda *arguments, **options: None


def in_use(web):
    """The jar that yt-dlp asserts everywhere descends from the substitute."""
    from yt_dlp.cookies import YoutubeDLCookieJar, http

    return {
        "module": http.cookiejar is web.module,
        "base class": web.module.MozillaCookieJar in YoutubeDLCookieJar.__mro__,
        "isinstance": isinstance(YoutubeDLCookieJar(), web.module.CookieJar),
    }


def loaded_file(web):
    """_really_load gets a StringIO; 0 and empty become session cookies by changes in place."""
    jar = _loaded(web)
    return _rows(jar), len(jar), bool(jar)


def header_for_a_url(web):
    """--cookies: the header that downloads by external programs are given."""
    jar = _loaded(web)
    pages = [SHOP, SHOP + "deep/er", "https://www.shop.test/", "http://www.other.test/"]
    return [jar.get_cookie_header(page) for page in [*pages, "http://other.test/"]]


def cookies_for_a_url(web):
    """Sets `_now` on jar and policy and calls the private _cookies_for_request."""
    jar = _loaded(web)
    pages = [SHOP, SHOP + "deep/er", "https://www.shop.test/"]
    return [[cookie.name for cookie in jar.get_cookies_for_url(page)] for page in pages]


def saved_file(web):
    """save() sets expires 0 on session cookies in place, and writes rows of its own."""
    jar = _loaded(web)
    path = web.file("saved.txt")
    jar.save(path)
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    return text, _rows(jar), jar.get_cookie_header(SHOP)


def saved_to_a_stream(web):
    """--cookies - writes to a stream that is already open."""
    stream = io.StringIO()
    _loaded(web).save(stream)
    return stream.getvalue()


def saved_and_loaded_again(web):
    """What yt-dlp does at every run: load, change, save."""
    jar = _loaded(web)
    jar.set_cookie(web.cookie("new", "8", ".shop.test"))
    jar.save()
    from yt_dlp.cookies import YoutubeDLCookieJar

    again = YoutubeDLCookieJar(jar.filename)
    again.load()
    return _rows(again), again.get_cookie_header(SHOP)


def broken_rows_are_skipped(web):
    """yt-dlp raises and catches LoadError itself, row by row."""
    rows = [LINES[0], "too\tfew\tfields", LINES[3], "a\tb\tc\td\tnot a date\te\tf"]
    with contextlib.redirect_stderr(io.StringIO()):
        return _rows(_loaded(web, *rows))


def json_is_refused(web):
    """The most frequent mistake of users ends in LoadError with advice."""
    try:
        _loaded(web, '[{"domain": "shop.test"}]')
    except web.module.LoadError as error:
        return str(error).split(".")[0]
    return "no error"


def missing_file_name_is_refused(web):
    """MISSING_FILENAME_TEXT is imported from the module in place."""
    from yt_dlp.cookies import YoutubeDLCookieJar

    try:
        YoutubeDLCookieJar().save()
    except ValueError as error:
        return str(error)
    return "no error"


def clearing_what_is_not_there(web):
    """clear() is overridden to swallow the KeyError that the jar must raise."""
    jar = _loaded(web)
    jar.clear("nowhere.test")
    jar.clear("shop.test", "/", "session")
    return [cookie.name for cookie in jar]


def downloads_stay_signed_in(web):
    """Real requests through each handler that is installed: urllib, requests."""
    from yt_dlp.networking import Request, RequestDirector
    from yt_dlp.networking._requests import RequestsRH
    from yt_dlp.networking._urllib import UrllibRH

    found = {}
    for handler in (UrllibRH, RequestsRH):
        jar = _loaded(web)
        director = RequestDirector(logger=_Silence())
        director.add_handler(handler(logger=_Silence(), cookiejar=jar, proxies=web.proxies))
        answers = []
        for page in (SHOP, web.url(SHOP, "new=8", to=SHOP + "deep"), "http://www.other.test/"):
            with director.send(Request(page)) as response:
                answers.append(response.read().decode())
        director.close()
        found[handler.RH_NAME] = answers, _rows(jar)
    return found
