"""Perl's HTTP::Cookies: LWP files and Netscape files, theirs read by us and ours read by them.

LWPCookieJar is named after libwww-perl: the format is Perl's, and this is the program to ask.
"""

import re

import pytest

SHOP = "http://shop.test/"
FUTURE = 4_000_000_000
FAR_DATE = "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.fixture(
    params=[
        pytest.param(("HTTP::Cookies", "LWPCookieJar"), id="LWP file"),
        pytest.param(("HTTP::Cookies::Netscape", "MozillaCookieJar"), id="Netscape file"),
    ]
)
def formats(request):
    """The class of Perl and the class of ours that share a format."""
    return request.param


# HTTP::Cookies 6.10 sends a cookie of .shop.test to www.shop.test and not to shop.test, so the
# subdomain is asked for. Like CPython it sends host-only cookies to subdomains.
PAGES = [
    pytest.param("http://www.shop.test/", id="at the root"),
    pytest.param("http://www.shop.test/deep/er", id="below a path"),
    pytest.param("http://www.other.test/", id="another domain"),
    pytest.param("http://bank.example/", id="a host without cookies"),
]

# HTTP::Cookies::Netscape 6.10 neither reads nor writes session cookies: 0 is 1970 to it.
UNKNOWN_TO_PERL = {"LWPCookieJar": set(), "MozillaCookieJar": {"session"}}


def sent_values(header):
    """Names and values of a Cookie header; Perl adds $Version and $Path to cookies of its own."""
    pieces = re.split(r"[;,]\s*", header or "")
    return sorted(piece for piece in pieces if piece and not piece.startswith("$"))


@pytest.mark.parametrize("url", PAGES)
def test_perl_sends_what_the_jar_would(
    perl, formats, subject, filled, site, header_of, tmp_path, url
):
    """A login saved in Python goes on in Perl."""
    jar_class, our_class = formats
    jar = filled(getattr(subject, our_class)(tmp_path / "ours"))
    jar.save(ignore_discard=True)

    perl(jar_class, url, load=jar.filename)

    expected = sent_values(header_of(jar, url))
    lost = {f"{name}={name}-1" for name in UNKNOWN_TO_PERL[our_class]}
    assert sent_values(site.cookies()[0]) == [piece for piece in expected if piece not in lost]


@pytest.fixture
def file_of_perl(perl, formats, site, tmp_path):
    """What Perl saves after a login with every kind of cookie."""
    page = site.url(
        SHOP,
        "session=1",
        f"wide=2; Domain=shop.test; Expires={FAR_DATE}",
        f"hidden=3; HttpOnly; Expires={FAR_DATE}",
        f"deep=5; Path=/deep; Expires={FAR_DATE}",
        f"odd=a=b, c {{1}}; Expires={FAR_DATE}",
    )
    perl(formats[0], page, save=tmp_path / "theirs")
    return tmp_path / "theirs"


def test_every_cookie_of_perl_is_read(subject, formats, file_of_perl):
    """Names, values, paths, lifetimes; the host-only flag is what each format keeps of it."""
    jar = getattr(subject, formats[1])()

    jar.load(file_of_perl, ignore_discard=True)

    rows = {c.name: (c.value, c.domain.removeprefix("."), c.path, c.expires) for c in jar}
    expected = {
        "session": ("1", "shop.test", "/", None),
        "wide": ("2", "shop.test", "/", 4_102_444_800),
        "hidden": ("3", "shop.test", "/", 4_102_444_800),
        "deep": ("5", "shop.test", "/deep", 4_102_444_800),
        "odd": ("a=b, c {1}", "shop.test", "/", 4_102_444_800),
    }
    for name in UNKNOWN_TO_PERL[formats[1]]:
        del expected[name]
    assert rows == expected


@pytest.mark.parametrize("url", PAGES)
def test_jar_sends_what_perl_would(perl, formats, subject, file_of_perl, site, header_of, url):
    """A login of Perl goes on in Python."""
    site.seen.clear()
    perl(formats[0], url, load=file_of_perl)
    jar = getattr(subject, formats[1])()
    jar.load(file_of_perl, ignore_discard=True)

    by_us = sent_values(header_of(jar, url))

    assert by_us == sent_values(site.cookies()[0])


def test_lwp_file_survives_python_perl_python(perl, subject, filled, stored, tmp_path):
    """The LWP format holds every attribute, HttpOnly included; nothing may wear off."""
    jar = filled(subject.LWPCookieJar(tmp_path / "ours"))
    jar.save(ignore_discard=True)

    perl("HTTP::Cookies", load=jar.filename, save=tmp_path / "theirs")

    def loaded(name):
        jar = subject.LWPCookieJar(tmp_path / name)
        jar.load(ignore_discard=True)
        return sorted(stored(jar), key=lambda row: row["cookie"])

    assert loaded("theirs") == loaded("ours")
    assert len(loaded("theirs")) == 7
