"""A warning of cookies left out names the line of the program, not one of the package."""

import warnings

import pytest

import cookietin
from cookietin import CookieSkippedWarning, LWPCookieJar, MozillaCookieJar, open_jar

ODD = "# Netscape HTTP Cookie File\n.shop.test\tTRUE\t/\tFALSE\t0\tsid\t1\nodd\n"


class OwnJar(MozillaCookieJar):
    """A program's own class, whose own line is to be named."""

    def load(self, *arguments, **options):
        super().load(*arguments, **options)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text(ODD)
    return path


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda file: open_jar(file), id="open_jar"),
        pytest.param(lambda file: MozillaCookieJar(file, lenient=True).load(), id="load"),
        pytest.param(lambda file: MozillaCookieJar(file, lenient=True).revert(), id="revert"),
        pytest.param(lambda file: OwnJar(file).load(lenient=True), id="load of a subclass"),
        pytest.param(lambda file: _with_unholdable(file).save(), id="save"),
        pytest.param(lambda file: _with_unholdable(file).sync(), id="sync"),
        pytest.param(lambda file: _with_unholdable(file).flush(), id="flush"),
    ],
)
def test_the_program_s_line_is_named(act, file):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act(file)

    assert [(each.category, each.filename) for each in caught] == [(CookieSkippedWarning, __file__)]


def _with_unholdable(file):
    file.unlink()
    jar = LWPCookieJar(file)
    jar.set("sid", "1", url="https://shop.test/")
    cookie = next(iter(jar))
    cookie.value = "1\n2"
    cookie.discard = False
    cookie.expires = 4_000_000_000
    assert isinstance(cookie, cookietin.Cookie)
    return jar
