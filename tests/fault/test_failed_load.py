"""A load that fails leaves the jar as it was, and says where without saying what.

Rules of this file:
- Every jar holds cookies beforehand, one of which the file would overwrite.
- Files are bad in the middle: good rows come first, so that a half load would show.
- MARKER stands for a cookie's value; it may be in no text that ends in a log.
"""

import traceback
import warnings

import pytest

from cookietin.cookiejar import LoadError

MARKER = "s3cr3t-m4rk3r"
BAD_LINE = 6

HEADERS = {
    "MozillaCookieJar": "# Netscape HTTP Cookie File\n# second line\n\n",
    "LWPCookieJar": "#LWP-Cookies-2.0\n# second line\n\n",
}
GOOD_ROWS = {
    "MozillaCookieJar": "shop.example\tFALSE\t/\tFALSE\t4102444800\t{name}\tgood\n",
    "LWPCookieJar": 'Set-Cookie3: {name}=good; path="/"; domain="shop.example"; '
    'expires="2100-01-01 00:00:00Z"; version=0\n',
}

BAD_MOZILLA_ROWS = {
    "too few fields": f"shop.example\tFALSE\t/\tFALSE\tsid\t{MARKER}",
    "too many fields": f"shop.example\tFALSE\t/\tFALSE\t4102444800\tsid\t{MARKER}\tmore",
    "one field": MARKER,
    "spaces instead of tabs": f"shop.example FALSE / FALSE 4102444800 sid {MARKER}",
    "word as expiry-time": f"shop.example\tFALSE\t/\tFALSE\tsoon\tsid\t{MARKER}",
    "value as expiry-time": f"shop.example\tFALSE\t/\tFALSE\t{MARKER}\tsid\t4102444800",
    "infinite expiry-time": f"shop.example\tFALSE\t/\tFALSE\tinf\tsid\t{MARKER}",
    "expiry-time that is no number": f"shop.example\tFALSE\t/\tFALSE\tnan\tsid\t{MARKER}",
    "marked as HttpOnly, too few fields": f"#HttpOnly_shop.example\tFALSE\t/\tsid\t{MARKER}",
}
BAD_LWP_ROWS = {
    "no domain": f'Set-Cookie3: sid={MARKER}; path="/"; version=0',
    "nothing but a name": f"Set-Cookie3: {MARKER}",
    "word as version": f'Set-Cookie3: sid={MARKER}; path="/"; domain="shop.example"; version=one',
    "value as version": f'Set-Cookie3: sid=1; path="/"; domain="shop.example"; version={MARKER}',
}
BAD_ROWS = [
    pytest.param(name, row, id=f"{name}: {title}")
    for name, rows in {"MozillaCookieJar": BAD_MOZILLA_ROWS, "LWPCookieJar": BAD_LWP_ROWS}.items()
    for title, row in rows.items()
]


@pytest.fixture(params=["load", "revert"])
def method(request):
    """The two calls that read a file."""
    return request.param


@pytest.fixture
def jar(jar_class, make_cookie):
    """A jar with two cookies, the first of which every file of these tests would overwrite."""
    jar = jar_class()
    jar.set_cookie(make_cookie("c0", "held"))
    jar.set_cookie(make_cookie("other", "held", domain=".other.example"))
    return jar


def good_rows(jar, count):
    """Rows that load, of cookies named c0, c1 and so on."""
    row = GOOD_ROWS[type(jar).__name__]
    return "".join(row.format(name=f"c{number}") for number in range(count))


def failure(jar, method, path):
    """The error of a load, and what is left of the rules when there was a warning."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the callers look closer
            getattr(jar, method)(path)
    assert [str(warning.message) for warning in seen] == []
    return caught.value


def everything_said(error):
    """Every text that a program or a log would show of an error."""
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])


@pytest.mark.parametrize(("jar_class", "row"), BAD_ROWS, indirect=["jar_class"])
def test_bad_row_fails_the_load_and_leaves_the_jar_as_it_was(
    row, jar, method, contents, tmp_path, monkeypatch
):
    """Half a login is worse than none: all of a file counts or nothing (gh-99453)."""
    monkeypatch.chdir(tmp_path)
    header = HEADERS[type(jar).__name__]
    (tmp_path / "cookies").write_text(header + good_rows(jar, 2) + row + "\n" + good_rows(jar, 3))
    before, same = contents(jar), list(jar)

    error = failure(jar, method, "cookies")

    assert isinstance(error, LoadError)
    assert contents(jar) == before
    assert list(jar) == same
    assert "cookies" in str(error)
    assert f"line {BAD_LINE}" in str(error)
    assert MARKER not in everything_said(error)


def test_bad_last_row_without_line_end_fails_the_load(jar, method, contents, tmp_path):
    """A file that was cut while it was copied ends in the middle of a row."""
    text = HEADERS[type(jar).__name__] + good_rows(jar, 3)
    cut = {"MozillaCookieJar": "\t4102444800", "LWPCookieJar": '; domain="'}[type(jar).__name__]
    (tmp_path / "cookies").write_text(text[: text.rindex(cut)])
    before = contents(jar)

    error = failure(jar, method, tmp_path / "cookies")

    assert isinstance(error, LoadError)
    assert contents(jar) == before


@pytest.mark.parametrize(
    "first_line",
    [
        pytest.param("", id="empty file"),
        pytest.param(f"sid={MARKER}\n", id="other text"),
        pytest.param(f'{{"sid": "{MARKER}"}}', id="JSON"),
    ],
)
def test_wrong_first_line_fails_the_load(first_line, jar, method, contents, tmp_path, monkeypatch):
    """A file of another kind is refused before any of it is taken for cookies."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cookies").write_text(first_line + (good_rows(jar, 3) if first_line else ""))
    before = contents(jar)

    error = failure(jar, method, "cookies")

    assert isinstance(error, LoadError)
    assert contents(jar) == before
    assert "cookies" in str(error)
    assert MARKER not in everything_said(error)


def test_file_of_the_other_format_fails_the_load(jar, method, contents, tmp_path):
    """The two classes are mixed up easily; the file tells which one it belongs to."""
    (other,) = set(HEADERS) - {type(jar).__name__}
    (tmp_path / "cookies").write_text(HEADERS[other] + GOOD_ROWS[other].format(name="c0"))
    before = contents(jar)

    error = failure(jar, method, tmp_path / "cookies")

    assert isinstance(error, LoadError)
    assert contents(jar) == before


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\xff\xfe", id="octets of no character"),
        pytest.param(b"\xe9t\xe9", id="Latin-1"),
        pytest.param(b"\xed\xb2\x80", id="surrogate"),
    ],
)
def test_invalid_utf_8_fails_the_load(octets, jar, method, contents, tmp_path, monkeypatch):
    """UnicodeDecodeError is no OSError: programs that catch LoadError would crash on it."""
    monkeypatch.chdir(tmp_path)
    start = (HEADERS[type(jar).__name__] + good_rows(jar, 2000)).encode()
    bad = good_rows(jar, 1).encode().replace(b"good", MARKER.encode() + octets)
    (tmp_path / "cookies").write_bytes(start + bad + good_rows(jar, 5).encode())
    before, same = contents(jar), list(jar)

    error = failure(jar, method, "cookies")

    assert isinstance(error, LoadError)
    assert contents(jar) == before
    assert list(jar) == same
    assert "cookies" in str(error)
    assert MARKER not in everything_said(error)


def test_missing_file_is_a_plain_file_not_found_error(jar, method, contents, tmp_path):
    """Most programs start with `except FileNotFoundError: pass`."""
    before = contents(jar)

    error = failure(jar, method, tmp_path / "cookies")

    assert type(error) is FileNotFoundError
    assert error.filename is not None
    assert contents(jar) == before
    assert list(tmp_path.iterdir()) == []


def test_folder_instead_of_a_file_is_an_os_error(jar, method, contents, tmp_path):
    """A path that was cut short often ends at a folder."""
    before = contents(jar)

    error = failure(jar, method, tmp_path)

    assert str(tmp_path) in str(error)
    assert contents(jar) == before


def test_error_names_the_file_even_if_its_path_is_long(jar, method, tmp_path):
    """The end of a path says more than its start: it may be shortened, but not there."""
    folder = tmp_path.joinpath(*["quite-a-long-name-for-a-folder"] * 5)
    folder.mkdir(parents=True)
    (folder / "shop-cookies").write_text("nothing of the kind\n")

    error = failure(jar, method, folder / "shop-cookies")

    assert "shop-cookies" in str(error)


def test_direct_call_of_the_reader_leaves_the_jar_as_it_was(jar, contents, tmp_path):
    """Subclasses of other projects open the file themselves and call `_really_load`."""
    bad = {"MozillaCookieJar": BAD_MOZILLA_ROWS, "LWPCookieJar": BAD_LWP_ROWS}
    row = next(iter(bad[type(jar).__name__].values()))
    text = HEADERS[type(jar).__name__] + good_rows(jar, 3) + row
    (tmp_path / "cookies").write_text(text)
    before = contents(jar)

    with (
        (tmp_path / "cookies").open(encoding="utf-8") as file,
        pytest.raises(LoadError) as caught,
    ):
        jar._really_load(file, "cookies", False, False)

    assert contents(jar) == before
    assert MARKER not in everything_said(caught.value)


def test_jar_that_failed_to_load_can_load_and_save(jar, method, tmp_path):
    """A failure must leave neither a lock held nor a half state behind."""
    header = HEADERS[type(jar).__name__]
    (tmp_path / "bad").write_text(header + good_rows(jar, 2) + "\n")
    (tmp_path / "bad").write_bytes((tmp_path / "bad").read_bytes() + b"\xff\n")
    (tmp_path / "good").write_text(header + good_rows(jar, 3))
    failure(jar, method, tmp_path / "bad")

    jar.load(tmp_path / "good")
    jar.save(tmp_path / "saved")

    assert sorted(cookie.name for cookie in jar) == ["c0", "c1", "c2", "other"]
