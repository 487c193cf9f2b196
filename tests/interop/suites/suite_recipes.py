"""Which tests of which client are run, what they need, and where we depart from what they pin.

Rules of this file:
- A test is left out only if it turns to hosts that are not this machine; with the reason.
- A departure names the test and what of docs/reference/departures.md it runs into; a departure that
  no test runs into any more fails the run.
- The quick tests are those about cookies, as far as they are quick.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

OURS = "cookietin.cookiejar"
NOTHING: Mapping[str, str] = MappingProxyType({})


class Recipe(NamedTuple):
    """How the tests of one client are run."""

    client: str  # its name in the package index
    tests: tuple[str, ...]  # for pytest, from the top of the sdist; or the client's own runner
    jar: str  # module:expression, an object or class that the client makes of http.cookiejar
    needs: tuple[str, ...] = ()  # packages of the tests; bounds where newer ones break tests
    plugins: tuple[str, ...] = ()  # of pytest, by their entry points: no others are loaded
    quick: tuple[str, ...] = ()  # what of it runs in CI
    options: tuple[str, ...] = ()  # of pytest
    folders: tuple[str, ...] = ()  # of the sdist, put on PYTHONPATH
    left_out: Mapping[str, str] = NOTHING  # test of pytest's: reason
    departures: Mapping[str, str] = NOTHING  # end of a test's name, without parameters: reason
    instead: str = ""  # classes of our integration that replace the client's, see suite_recorder
    apart: bool = False  # what it needs would harm the others: it has an environment of its own

    @property
    def in_place(self):
        """What of ours the tests meet."""
        return self.instead.rpartition("=")[2].partition(":")[0] or OURS


GOES_OUT = "connects to an address that is not this machine"
SESSION_COOKIES = (
    "mechanize reads cookies.txt with code of its own, which takes the expiry `0` of session cookies "
    "for 1970; we write `0`, which curl and wget can read (gh-61366)"
)
ASKED_FOR_NOTHING = (
    "asserts that `request.unverifiable` is read; nothing depends on it under the policy in use"
)

# Their configuration names plugins that the tests can do without, or is not for this pytest.
NO_CONFIGURATION = ("-c", "/dev/null", "--rootdir", ".")

RECIPES = (
    Recipe(
        client="requests",
        tests=("tests",),
        quick=("tests/test_requests.py", "-k", "cookie or redirect or session"),
        needs=("pytest-httpbin", "pytest-mock", "trustme", "PySocks"),
        plugins=("httpbin", "pytest_mock"),
        jar="requests.cookies:RequestsCookieJar()",
        left_out={
            "tests/test_requests.py::TestTimeout::test_connect_timeout": GOES_OUT,
            "tests/test_requests.py::TestTimeout::test_total_timeout_connect": GOES_OUT,
        },
    ),
    Recipe(
        client="httpx",
        tests=("tests",),
        quick=("tests/models/test_cookies.py", "tests/client/test_cookies.py"),
        needs=(
            *(
                "anyio",
                "trio<0.28",
                "uvicorn<0.33",
                "chardet<6",
                "click<8.2",
                "rich<14",
                "pygments",
            ),
            *("zstandard", "socksio", "brotli", "h2", "trustme", "cryptography"),
        ),
        plugins=("anyio",),
        jar="httpx:Cookies().jar",
        left_out={
            "tests/client/test_proxies.py::test_async_proxy_close": GOES_OUT,
            "tests/client/test_proxies.py::test_sync_proxy_close": GOES_OUT,
        },
    ),
    Recipe(
        client="scrapy",
        tests=(
            *("tests/test_downloadermiddleware_cookies.py", "tests/test_http_cookies.py"),
            *("tests/test_downloadermiddleware_redirect.py", "tests/test_downloadermiddleware.py"),
            *("tests/test_downloadermiddleware_redirect_metarefresh.py", "tests/test_contracts.py"),
            *(
                "tests/test_http_request.py",
                "tests/test_http_response.py",
                "tests/test_request_dict.py",
            ),
            *(
                "tests/test_utils_request.py",
                "tests/test_utils_response.py",
                "tests/test_utils_curl.py",
            ),
            *("tests/test_engine.py", "tests/test_crawl.py"),
        ),
        quick=("tests/test_downloadermiddleware_cookies.py", "tests/test_http_cookies.py"),
        needs=("pytest-twisted", "pytest-rerunfailures", "sybil", "pyftpdlib", "psutil", "pexpect"),
        plugins=("twisted", "rerunfailures"),
        jar="scrapy.http.cookies:CookieJar().jar",
    ),
    Recipe(
        client="mechanize",
        tests=("run_tests.py",),
        quick=("test/test_cookies.py", "test/test_cookie.py"),
        needs=("html5lib", "twisted"),
        folders=("test-tools",),
        jar="mechanize:CookieJar",
        departures={
            "CookieJarInterfaceTests.test_add_cookie_header": ASKED_FOR_NOTHING,
            "CookieJarInterfaceTests.test_extract_cookies": ASKED_FOR_NOTHING,
            "CookieTests.test_missing_name": SESSION_COOKIES,
            "CookieJarPersistenceTests.test_mozilla_cookiejar": SESSION_COOKIES,
        },
    ),
    Recipe(
        client="MechanicalSoup",
        tests=("tests",),
        options=NO_CONFIGURATION,
        needs=("pytest-httpbin", "pytest-mock", "requests-mock"),
        plugins=("httpbin", "pytest_mock", "requests_mock"),
        jar="mechanicalsoup:Browser().session.cookies",
    ),
    Recipe(
        client="yt-dlp",
        tests=(
            *("test/test_YoutubeDLCookieJar.py", "test/test_cookies.py", "test/test_networking.py"),
            *("test/test_networking_utils.py", "test/test_YoutubeDL.py", "test/test_http_proxy.py"),
            *("test/test_downloader_external.py", "test/test_downloader_http.py"),
        ),
        options=NO_CONFIGURATION,
        jar="yt_dlp.cookies:YoutubeDLCookieJar()",
    ),
    Recipe(
        client="niquests",
        tests=("tests/test_requests.py", "tests/test_lowlevel.py", "tests/test_async.py"),
        needs=("pytest-httpbin", "pytest-asyncio", "trustme", "aiofiles<26", "niquests[socks]"),
        plugins=("httpbin", "asyncio"),
        options=("-o", "asyncio_default_fixture_loop_scope=function"),
        jar="niquests.cookies:RequestsCookieJar()",
        left_out={
            "tests/test_requests.py::TestTimeout::test_connect_timeout": GOES_OUT,
            "tests/test_requests.py::TestTimeout::test_total_timeout_connect": GOES_OUT,
        },
        apart=True,
    ),
)

QUOTES = (
    "our jar keeps a value as the server wrote it, and it goes back so; requests takes the backslashes "
    "before quotes out of it, and the quotes with them"
)
NO_VALUES = "what is logged has names and domains of cookies, no values"
FOREIGN_JAR = "a jar that is none of ours is refused when it is assigned to `session.cookies`"

JAR_AMONG_THE_COOKIES = (
    "a jar of niquests' class is refused as `Session(cookies=...)`: the jar is the first argument, and "
    "it is one of ours"
)

OF_REQUESTS = {
    "TestRequests.test_cookie_quote_wrapped": QUOTES,
    "TestRequests.test_generic_cookiejar_works": FOREIGN_JAR,
    "TestRequests.test_cookielib_cookiejar_on_redirect": FOREIGN_JAR,
}
OF_NIQUESTS = {
    **OF_REQUESTS,
    "TestRequests.test_session_init_cookies_passthrough_requests_jar": JAR_AMONG_THE_COOKIES,
    "test_requests_are_updated_each_time": (
        "its subclass of Session calls no `__init__` and has a dict for its cookies"
    ),
}
RECIPE_OF = {recipe.client: recipe._replace(quick=(), departures={}) for recipe in RECIPES}

# The client's tests with its classes replaced by ours, which are to be subclasses in good standing.
INTEGRATIONS = (
    RECIPE_OF["requests"]._replace(
        instead="requests.sessions:Session=cookietin.integrations.requests:Session",
        departures=OF_REQUESTS,
    ),
    RECIPE_OF["niquests"]._replace(
        instead="niquests.sessions:Session=cookietin.integrations.niquests:Session,"
        "niquests.async_session:AsyncSession=cookietin.integrations.niquests:AsyncSession",
        departures=OF_NIQUESTS,
    ),
    RECIPE_OF["httpx"]._replace(
        instead="httpx:Client=cookietin.integrations.httpx:Client,"
        "httpx:AsyncClient=cookietin.integrations.httpx:AsyncClient",
    ),
    RECIPE_OF["scrapy"]._replace(
        instead="scrapy.downloadermiddlewares.cookies:CookiesMiddleware="
        "cookietin.integrations.scrapy:CookiesMiddleware",
        departures={
            "TestCookiesMiddleware.test_setting_enabled_cookies_debug": NO_VALUES,
            "TestCookiesMiddleware.test_invalid_cookies": NO_VALUES,
        },
    ),
)
