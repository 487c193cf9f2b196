"""Readers of subclasses that fail half-way: `load` and `revert` undo what they stored.

Overriding `_really_load` is how other projects add formats (the standard library's documented
way), so what it raises is anybody's choice, KeyboardInterrupt of an impatient user included.
"""

import errno

import pytest

from cookietin import cookiejar
from cookietin.cookiejar import LoadError

FAILURES = [
    pytest.param(lambda: LoadError("bad row"), id="LoadError"),
    pytest.param(lambda: OSError(errno.EIO, "disk error"), id="OSError"),
    pytest.param(
        lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        id="UnicodeDecodeError",
    ),
    pytest.param(lambda: ValueError("bad number"), id="ValueError"),
    pytest.param(lambda: MemoryError(), id="MemoryError"),
    pytest.param(lambda: KeyboardInterrupt(), id="KeyboardInterrupt"),
    pytest.param(lambda: SystemExit(1), id="SystemExit"),
]


@pytest.fixture(params=["FileCookieJar", "MozillaCookieJar", "LWPCookieJar"])
def failing_jar(request, make_cookie):
    """A jar with two cookies, of a class whose reader stores three and then raises."""

    class HalfWay(getattr(cookiejar, request.param)):
        failure = None

        def _really_load(self, f, filename, ignore_discard, ignore_expires):
            self.set_cookie(make_cookie("held", "overwritten"))
            self.set_cookie(make_cookie("new", "1"))
            self.set_cookie(make_cookie("new", "1", domain=".new.example"))
            raise self.failure

    jar = HalfWay()
    jar.set_cookie(make_cookie("held", "before"))
    jar.set_cookie(make_cookie("held", "before", domain=".other.example"))
    return jar


@pytest.fixture
def readable_file(tmp_path):
    """A file that can be opened; what it holds is the reader's business."""
    (tmp_path / "cookies").write_text("anything\n")
    return tmp_path / "cookies"


@pytest.mark.parametrize("method", ["load", "revert"])
@pytest.mark.parametrize("make_failure", FAILURES)
def test_reader_that_fails_half_way_leaves_the_jar_as_it_was(
    make_failure, method, failing_jar, readable_file, contents
):
    """The documentation promises that the state is not altered; OSError alone is not enough."""
    failing_jar.failure = make_failure()
    before, same = contents(failing_jar), list(failing_jar)

    # Of an undecodable file it may be said that it is a bad file; everything else comes through.
    undecodable = isinstance(failing_jar.failure, UnicodeDecodeError)
    with pytest.raises((type(failing_jar.failure), LoadError)) as caught:
        getattr(failing_jar, method)(readable_file)

    assert caught.value is failing_jar.failure or undecodable
    assert contents(failing_jar) == before
    assert list(failing_jar) == same


@pytest.mark.parametrize("method", ["load", "revert"])
def test_nested_load_that_fails_leaves_the_jar_as_it_was(
    method, jar_class, make_cookie, tmp_path, contents
):
    """A reader may include another file with `self.load`; the failure inside undoes both."""

    class Including(jar_class):
        def _really_load(self, f, filename, ignore_discard, ignore_expires):
            self.set_cookie(make_cookie("from the outer file", "1"))
            self.set_cookie(make_cookie("held", "overwritten"))
            if filename.endswith("outer"):
                self.load(filename.replace("outer", "inner"))
            raise LoadError("inner file is bad")

    (tmp_path / "outer").write_text("anything\n")
    (tmp_path / "inner").write_text("anything\n")
    jar = Including()
    jar.set_cookie(make_cookie("held", "before"))
    before = contents(jar)

    with pytest.raises(LoadError):
        getattr(jar, method)(str(tmp_path / "outer"))

    assert contents(jar) == before


@pytest.mark.parametrize("method", ["load", "revert"])
def test_reader_that_succeeds_keeps_what_it_stored(method, jar_class, make_cookie, readable_file):
    """The other side: undoing must not be what always happens."""

    class Working(jar_class):
        def _really_load(self, f, filename, ignore_discard, ignore_expires):
            self.set_cookie(make_cookie("new", f.read().strip()))

    jar = Working()
    jar.set_cookie(make_cookie("held", "before"))

    getattr(jar, method)(readable_file)

    expected = {"load": ["held=before", "new=anything"], "revert": ["new=anything"]}[method]
    assert [f"{cookie.name}={cookie.value}" for cookie in jar] == expected
