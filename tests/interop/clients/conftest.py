"""Plays the scenarios with the standard library's jar and with ours."""

import pytest
from scenarios import HEADERS, HOSTS, LIFETIMES, PATHS, SECURITY, SESSIONS, SHOP

# They import clients that may be absent, and are no tests; pytest looks for doctests everywhere.
collect_ignore = ["http2_server.py", "scrapy_spiders.py"]


@pytest.fixture(params=SESSIONS + HOSTS + PATHS + SECURITY + LIFETIMES + HEADERS)
def scenario(request):
    """Visits, and the Cookie headers that the server must see."""
    return request.param


@pytest.fixture
def play(site, stored):
    """Makes the visits with a fresh jar of a module: what the server saw, what the jar holds."""

    def target(step):
        to = None if step.to is None else target(step.to)
        return site.url(step.page, *step.sets, to=to, status=step.status)

    def run(open_client, module, visits, policy=None):
        site.seen.clear()
        jar = module.CookieJar(policy)
        with open_client(jar) as fetch:
            for step in visits:
                fetch(target(step), {"Cookie": step.own} if step.own else None)
            # Before the client closes: MechanicalSoup empties the jar then.
            return list(site.seen), stored(jar)

    return run


@pytest.fixture(scope="session")
def _plays_of_urllib():
    """What was played already, by the visits."""
    return {}


@pytest.fixture
def by_urllib(play, urllib_client, stdlib, _plays_of_urllib):
    """The oracle of all clients: what urllib does with the standard library's jar."""

    def played(visits):
        key = tuple(visits)
        if key not in _plays_of_urllib:
            _plays_of_urllib[key] = play(urllib_client, stdlib, visits)
        return _plays_of_urllib[key]

    return played


@pytest.fixture
def works_alike(play, scenario, stdlib, subject):
    """Plays the scenario with both modules and compares them with each other and the table."""

    def check(open_client):
        visits, headers = scenario
        expected = play(open_client, stdlib, visits)
        actual = play(open_client, subject, visits)
        assert [request.cookie for request in expected[0]] == headers, "the table is wrong"
        assert actual == expected

    return check


@pytest.fixture
def sign_in_page(site):
    """A page with a form whose answer logs in and redirects to the shop."""
    action = site.url("http://shop.test/session", "sid=1; HttpOnly", to=f"{SHOP}/")
    return site.url("http://shop.test/sign-in", "visit=1", form=action)
