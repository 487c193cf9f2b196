"""What a request may cost with an integration: nothing for each cookie of another site.

Rules of this file:
- What is counted are looks at cookies and calls of functions, never time.
"""

import sys
from types import SimpleNamespace

import pytest
from scenarios import BANK, SHOP

FOREIGN = 10_000


class CostChecks:
    """The checks of `IntegrationChecks` about cost."""

    @pytest.fixture
    def foreign(self, subject, make_cookie):
        """A jar with cookies of other sites, and how often a cookie of them was looked at."""

        class Watched(subject.Cookie):
            looks = 0

            def __getattribute__(self, name):
                Watched.looks += 1
                return super().__getattribute__(name)

        jar, module = subject.CookieJar(), SimpleNamespace(Cookie=Watched)
        for number in range(FOREIGN):
            jar.set_cookie(make_cookie(module, "a", "1", f"host{number}.example"))
        return jar, Watched

    def test_foreign_cookies_are_not_touched(self, foreign, opened, site):
        """No request copies, sorts or sweeps them, and none is lost."""
        jar, watched = foreign
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1"))  # the jar learns its way here
            before = watched.looks
            fetch(site.url(f"{SHOP}/", "b=2", to=f"{SHOP}/2"), cookies={"mine": "1"})
            fetch(f"{BANK}/")
            looks = watched.looks - before

        assert site.cookies() == [None, "sid=1; mine=1", "sid=1; b=2; mine=1", None]
        assert looks == 0
        assert len(jar) == FOREIGN + 2
        jar.clear("shop.test")

    def test_request_costs_what_it_costs_with_an_empty_jar(self, foreign, subject, opened, site):
        """Counted in calls of functions, Python's and built-in ones, of the middle of some requests."""

        def calls(jar):
            with opened(jar) as fetch:
                fetch(site.url(f"{SHOP}/", "sid=1"))
                counts = [_calls_of(fetch, f"{SHOP}/") for _ in range(9)]
            jar.clear("shop.test")
            return sorted(counts)[4]

        empty, full = calls(subject.CookieJar()), calls(foreign[0])

        assert full <= 1.2 * empty
        assert empty <= 1.2 * full, "what was counted is not the cost of a request"


def _calls_of(function, *arguments):
    """How many functions are called in this thread until a call returns."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return count
