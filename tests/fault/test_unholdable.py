"""Cookies that a format has no way to write down are left out, and said so.

Rules of this file:
- A server chooses values, paths and names; none of them may become a row or field of a file.
- The other cookies are saved; each cookie left out is named once, without its value.
- What a format can hold is held: the counter-examples come back as they were.
"""

import warnings
from contextlib import suppress

import pytest

MARKER = "s3cr3t-m4rk3r"

MOZILLA, LWP = "MozillaCookieJar", "LWPCookieJar"

FORGED_ROWS = {
    MOZILLA: ".victim.example\tTRUE\t/\tFALSE\t4102444800\tsid\tforged",
    LWP: 'Set-Cookie3: sid=forged; path="/"; domain=".victim.example"; '
    'expires="2100-01-01 00:00:00Z"; version=0',
}

# The beginning of each field, as a warning has to show it where it is the name or domain.
STARTS = {"name": "odd-name", "value": MARKER, "path": "/odd", "domain": "odd.example"}

TAB = [(MOZILLA, "tab", "\t{row}")]
LINES = [
    (kind, title, separator + "{row}")
    for kind in (MOZILLA, LWP)
    for title, separator in {"LF": "\n", "CR": "\r", "CR LF": "\r\n"}.items()
]
SURROGATE = [(kind, "lone surrogate", "\udc80") for kind in (MOZILLA, LWP)]

UNHOLDABLE = [
    pytest.param(kind, field, STARTS[field] + tail, id=f"{kind}: {title} in {field}")
    for kind, title, tail in TAB + LINES + SURROGATE
    for field in STARTS
]

HOLDABLE = [
    pytest.param(kind, "a" + character + "b", id=f"{kind}: {title}")
    for kind in (MOZILLA, LWP)
    for title, character in {
        "next line U+0085": "\x85",
        "line separator U+2028": "\u2028",
        "vertical tab": "\x0b",
        "form feed": "\x0c",
        "file separator": "\x1c",
        "umlaut": "ä",
        "outside the basic plane": "🍪",
        "quotation mark": '"',
        "backslash": "\\",
        "semicolon": "; domain=.victim.example",
        "comma": ", sid=forged",
        "spaces": "  ",
    }.items()
]


def saved_with_warnings(jar, path):
    """The warnings of a save, each shown however often it comes."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        jar.save(path)
    return seen


def reloaded(jar_class, path):
    """What a new jar finds in the file, as (domain, path, name, value)."""
    jar = jar_class(path)
    jar.load()
    return [(cookie.domain, cookie.path, cookie.name, cookie.value) for cookie in jar]


@pytest.fixture
def jar_around(jar_class, make_cookie):
    """Function for a jar with one good cookie before the given ones, and one after."""

    def build(*cookies):
        jar = jar_class()
        for cookie in [make_cookie("before", "1"), *cookies, make_cookie("after", "2")]:
            jar.set_cookie(cookie)
        return jar

    return build


GOOD = [("shop.example", "/", "before", "1"), ("shop.example", "/", "after", "2")]


@pytest.mark.parametrize(("jar_class", "field", "text"), UNHOLDABLE, indirect=["jar_class"])
def test_cookie_that_would_break_a_row_is_left_out_with_a_warning(
    field, text, jar_class, jar_around, make_cookie, tmp_path
):
    """A newline in a value must not plant a cookie of another site in the file."""
    row = FORGED_ROWS[jar_class.__name__]
    fields = {**STARTS, field: text.format(row=row)}
    jar = jar_around(make_cookie(**fields))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    assert reloaded(jar_class, tmp_path / "cookies") == GOOD
    assert [issubclass(warning.category, UserWarning) for warning in seen] == [True]
    assert STARTS["name"] in str(seen[0].message)
    assert STARTS["domain"] in str(seen[0].message)
    assert MARKER not in str(seen[0].message)
    assert len(jar) == 3


@pytest.mark.parametrize("jar_class", [MOZILLA], indirect=True)
def test_valueless_cookie_that_would_break_a_row_is_left_out(
    jar_class, jar_around, make_cookie, tmp_path
):
    """cookies.txt keeps the name of a valueless cookie in the field of the value."""
    jar = jar_around(make_cookie("odd-name\n" + FORGED_ROWS[MOZILLA], None))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    assert reloaded(jar_class, tmp_path / "cookies") == GOOD
    assert len(seen) == 1


@pytest.mark.parametrize("jar_class", [LWP], indirect=True)
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"comment": "a\n" + FORGED_ROWS[LWP]}, id="comment"),
        pytest.param({"comment_url": "http://a.test/\r" + FORGED_ROWS[LWP]}, id="comment URL"),
        pytest.param({"rest": {"x": "a\n" + FORGED_ROWS[LWP]}}, id="non-standard attribute"),
        pytest.param({"rest": {"x\n" + FORGED_ROWS[LWP]: "a"}}, id="name of such an attribute"),
        pytest.param({"port": "80\n" + FORGED_ROWS[LWP], "port_specified": True}, id="port"),
    ],
)
def test_lwp_attribute_that_would_break_a_row_plants_no_cookie(
    changes, jar_class, jar_around, make_cookie, tmp_path
):
    """The format writes down whatever attributes a server made up."""
    jar = jar_around(make_cookie("odd-name", MARKER, **changes))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    names = [name for _, _, name, _ in reloaded(jar_class, tmp_path / "cookies")]
    # Left out with a warning, or written without the attribute: both keep the file whole.
    assert names == (["before", "after"] if seen else ["before", "odd-name", "after"])
    assert MARKER not in "".join(str(warning.message) for warning in seen)


def test_each_cookie_left_out_is_warned_of_once(jar_class, jar_around, make_cookie, tmp_path):
    """Who reads the log learns of every loss, and of none twice."""
    odd = [make_cookie(f"odd-{number}", "a\nb") for number in range(3)]
    twice_odd = make_cookie("odd-3", "a\nb\rc\udc80", path="/\n", domain="odd\n.example")
    jar = jar_around(*odd, twice_odd)

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    named = [[f"odd-{number}" in str(warning.message) for number in range(4)] for warning in seen]
    assert named == [[row == column for column in range(4)] for row in range(4)]


def test_cookie_that_is_not_saved_anyway_is_not_warned_of(
    jar_class, jar_around, make_cookie, tmp_path
):
    """A session cookie is left out by rule: to complain of its value would be noise."""
    jar = jar_around(
        make_cookie("session", "a\nb", expires=None, discard=True),
        make_cookie("expired", "a\nb", expires=1),
    )

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    assert [str(warning.message) for warning in seen] == []
    assert reloaded(jar_class, tmp_path / "cookies") == GOOD


def test_warning_that_is_an_error_leaves_old_or_new_file(
    jar_class, jar_around, make_cookie, tmp_path
):
    """Under -W error the warning interrupts the save: not between truncating and writing."""
    jar_class().save(tmp_path / "cookies")
    old = (tmp_path / "cookies").read_bytes()
    jar = jar_around(make_cookie("odd-name", MARKER + "\n"))
    saved_with_warnings(jar, tmp_path / "expected")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning) as caught:
            jar.save(tmp_path / "cookies")

    assert MARKER not in str(caught.value)
    assert (tmp_path / "cookies").read_bytes() in {old, (tmp_path / "expected").read_bytes()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cookies", "expected"]


@pytest.mark.parametrize(("jar_class", "value"), HOLDABLE, indirect=["jar_class"])
def test_value_that_the_format_can_hold_comes_back_as_it_was(
    value, jar_class, jar_around, make_cookie, tmp_path
):
    """Only LF and CR end a line of these files; to drop more would lose cookies."""
    jar = jar_around(make_cookie("kept", value))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    assert [str(warning.message) for warning in seen] == []
    assert reloaded(jar_class, tmp_path / "cookies") == [
        GOOD[0],
        ("shop.example", "/", "kept", value),
        GOOD[1],
    ]


@pytest.mark.parametrize("jar_class", [LWP], indirect=True)
def test_lwp_value_with_tab_comes_back_as_it_was(jar_class, jar_around, make_cookie, tmp_path):
    """Tabs separate the fields of cookies.txt only."""
    jar = jar_around(make_cookie("kept", "a\tb"))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    assert len(seen) == 0
    assert ("shop.example", "/", "kept", "a\tb") in reloaded(jar_class, tmp_path / "cookies")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a, sid", id="comma"),
        pytest.param("a b", id="space"),
        pytest.param('a"b', id="quotation mark"),
        pytest.param('a; domain=".victim.example"; b', id="attribute"),
        pytest.param("a=b", id="equals sign"),
        pytest.param("#a", id="number sign"),
    ],
)
def test_odd_name_comes_back_as_it_was_or_is_warned_of(
    name, jar_class, jar_around, make_cookie, tmp_path
):
    """Names are not quoted in either format: none may turn into other cookies or attributes."""
    jar = jar_around(make_cookie(name, "kept"))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    middle = [] if seen else [("shop.example", "/", name, "kept")]
    assert reloaded(jar_class, tmp_path / "cookies") == [GOOD[0], *middle, GOOD[1]]


def test_nameless_cookie_does_not_spoil_the_file(jar_class, jar_around, make_cookie, tmp_path):
    """Neither format tells an empty name from a missing value; that must cost no other cookie."""
    jar = jar_around(make_cookie("", "kept"))

    saved_with_warnings(jar, tmp_path / "cookies")

    found = reloaded(jar_class, tmp_path / "cookies")
    assert [cookie for cookie in found if cookie in GOOD] == GOOD
    assert len(found) <= 3


@pytest.mark.parametrize("start", ["#", "$", "#HttpOnly_"])
def test_domain_like_a_comment_comes_back_as_it_was_or_is_warned_of(
    start, jar_class, jar_around, make_cookie, tmp_path
):
    """A line of cookies.txt that begins with such a character is not read as a cookie."""
    jar = jar_around(make_cookie("kept", "1", domain=start + "odd.example"))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    last = [] if seen else [(start.lower() + "odd.example", "/", "kept", "1")]
    assert reloaded(jar_class, tmp_path / "cookies") == [*GOOD, *last]


@pytest.mark.parametrize(
    "expires",
    [
        pytest.param(253_402_300_800, id="year 10000"),
        pytest.param(10**18, id="far beyond any calendar"),
    ],
)
def test_expiry_time_beyond_the_calendar_does_not_spoil_the_file(
    expires, jar_class, jar_around, make_cookie, tmp_path
):
    """One server's far-away expiry-time used to cost all cookies: the date could not be written."""
    jar = jar_around(make_cookie("far", "1", expires=expires))

    seen = saved_with_warnings(jar, tmp_path / "cookies")

    middle = [] if seen else [("shop.example", "/", "far", "1")]
    assert reloaded(jar_class, tmp_path / "cookies") == [GOOD[0], *middle, GOOD[1]]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"value": 7}, id="number as value"),
        pytest.param({"value": b"octets"}, id="bytes as value"),
        pytest.param({"path": None}, id="no path"),
        pytest.param({"name": None}, id="no name"),
    ],
)
def test_cookie_of_wrong_types_does_not_spoil_the_file(
    changes, jar_class, jar_around, make_cookie, tmp_path
):
    """Programs put numbers into cookies; an error is fine, half a file is not."""
    jar_around().save(tmp_path / "cookies")
    jar = jar_around(make_cookie(**changes))

    with suppress(TypeError, AttributeError, ValueError):
        saved_with_warnings(jar, tmp_path / "cookies")

    found = reloaded(jar_class, tmp_path / "cookies")
    assert [cookie for cookie in found if cookie in GOOD] == GOOD
    assert [path.name for path in tmp_path.iterdir()] == ["cookies"]
