"""Header dumps of the real curl; what curl itself puts into its cookies.txt is the oracle."""

import pytest

from cookietin import BrowserCookiePolicy, MozillaCookieJar, open_jar

LOGIN = "http://www.shop.test/account/login"
SAFE = "https://www.shop.test/safe"


@pytest.fixture
def curl(tool, site):
    """Runs curl through the loopback proxy, with no settings of its own."""

    def run(*arguments):
        common = ("--disable", "--max-time", "20", "--proxy", site.proxy)
        return tool("curl", *common, "--cacert", site.ca_file, *arguments)

    return run


def rows(jar):
    # curl 7.88 leaves the last slash of a default-path, which the RFC takes away.
    return sorted(
        (
            c.domain,
            c.path.rstrip("/"),
            c.name,
            c.value,
            bool(c.secure),
            c.http_only,
            c.expires is None,
        )
        for c in jar
    )


@pytest.mark.parametrize(
    ("shown", "silent"),
    [
        pytest.param(("--verbose",), ("--silent",), id="-v"),
        pytest.param(("--verbose",), (), id="-v with the progress meter"),
        pytest.param(("--verbose", "--trace-time"), ("--silent",), id="-v --trace-time"),
    ],
)
def test_a_verbose_dump_holds_what_curl_keeps(curl, site, tmp_path, shown, silent):
    """A login that redirects to https, through a proxy: several hosts, paths and a deletion."""
    url = site.url(
        LOGIN,
        "sid=31d4; Path=/; HttpOnly",
        "here=1",
        "wide=a b; Domain=shop.test; Max-Age=3600",
        "gone=1; Path=/",
        to=site.url(SAFE, "safe=1; Secure; SameSite=None", "gone=; Path=/; Max-Age=0"),
    )

    curl(
        *shown, *silent, "--location", "--cookie-jar", "cookies.txt", "--stderr", "dump.txt",
        "--output", "body.txt", url,
    )  # fmt: skip

    expected = MozillaCookieJar(str(tmp_path / "cookies.txt"))
    expected.load(ignore_discard=True)
    jar = open_jar(tmp_path / "dump.txt", "curl", BrowserCookiePolicy())
    assert rows(jar) == rows(expected)
    assert len(jar) == 4
    assert jar.load_report.skipped == 0


@pytest.mark.parametrize("option", ["--dump-header", "--include"])
def test_a_plain_dump_holds_the_domain_cookies(curl, site, tmp_path, option):
    """As with `curl -b dump`, they go to their domain's hosts."""
    url = site.url(
        LOGIN,
        "one=1; Domain=shop.test; Path=/",
        to=site.url("http://shop.test/", "two=2; Domain=shop.test"),
    )
    output = ("dump.txt", "--output", "body.txt") if option == "--dump-header" else ()
    printed = curl("--silent", "--location", option, *output, url)
    if printed:
        (tmp_path / "dump.txt").write_bytes(printed.replace("\n", "\r\n").encode())

    jar = open_jar(tmp_path / "dump.txt", "curl", BrowserCookiePolicy())

    assert jar.cookie_header("http://a.shop.test/") == "one=1; two=2"
    site.seen.clear()
    curl("--silent", "--cookie", "dump.txt", "http://a.shop.test/")
    assert [sorted(sent.split("; ")) for sent in site.cookies()] == [["one=1", "two=2"]]
