"""Who causes a request: what one request says, then the block, then the session."""

import asyncio
import contextvars
import threading
from types import SimpleNamespace

import pytest

from cookietin import RequestContext
from cookietin.integrations import cookie_context
from cookietin.integrations.contexts import context_for, context_of, said_of_request

NEWS, MAIL, BANK = (
    RequestContext(site_for_cookies=f"https://{name}.example") for name in ("news", "mail", "bank")
)


@pytest.mark.parametrize(
    ("session", "block", "request_", "expected"),
    [
        pytest.param(None, (), None, None, id="nobody is named"),
        pytest.param(NEWS, (), None, NEWS, id="the session's"),
        pytest.param(NEWS, (MAIL,), None, MAIL, id="a block's before the session's"),
        pytest.param(NEWS, (MAIL,), BANK, BANK, id="a request's before all"),
        pytest.param(NEWS, (MAIL, BANK), None, BANK, id="the innermost block's"),
        pytest.param(NEWS, (None,), None, None, id="a block of requests that nobody caused"),
    ],
)
def test_the_narrowest_wins(session, block, request_, expected):
    def inside(blocks):
        if not blocks:
            return context_for("GET", session, request_)
        with cookie_context(blocks[0]):
            return inside(blocks[1:])

    assert inside(block) == expected
    assert context_for("GET", None) is None, "a block has not ended"


def test_the_method_is_that_of_the_request():
    """Everything else of the context stays."""
    image = RequestContext("POST", "https://news.example", False, False, "https://top.example")

    made = context_for("GET", image)

    assert made == RequestContext(
        "GET", "https://news.example", False, False, "https://top.example"
    )


def test_a_block_ends_with_an_exception():
    with pytest.raises(ZeroDivisionError), cookie_context(NEWS):
        _ = 1 / 0

    assert context_for("GET", None) is None


def test_a_generator_in_a_block_can_be_closed_elsewhere():
    """As the event loop does with generators that are left: the block never began there."""

    def generate():
        with cookie_context(NEWS):
            yield

    generator = generate()
    contextvars.copy_context().run(next, generator)

    generator.close()

    assert context_for("GET", None) is None


def test_a_block_holds_in_its_own_thread():
    """Two threads of one session say different things at one time."""
    seen = {}
    both_inside = threading.Barrier(2, timeout=20)

    def work(context):
        with cookie_context(context):
            both_inside.wait()
            seen[context] = context_for("GET", None)

    threads = [threading.Thread(target=work, args=(context,)) for context in (NEWS, MAIL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {NEWS: NEWS, MAIL: MAIL}


def test_a_block_holds_in_its_own_task_and_in_those_made_inside():
    async def ask():
        await asyncio.sleep(0)
        return context_for("GET", None)

    async def work(context):
        with cookie_context(context):
            return await asyncio.gather(ask(), ask())

    async def main():
        return await asyncio.gather(work(NEWS), work(MAIL), ask())

    assert asyncio.run(main()) == [[NEWS, NEWS], [MAIL, MAIL], None]


@pytest.mark.parametrize("wrong", ["https://news.example", {}, RequestContext])
def test_what_is_no_context_is_refused(wrong):
    with pytest.raises(TypeError, match="expected a RequestContext or None"), cookie_context(wrong):
        raise AssertionError("the block ran")


def test_what_is_said_of_a_request_holds_for_its_session_alone():
    session, other = SimpleNamespace(cookie_context=NEWS), SimpleNamespace(cookie_context=MAIL)

    with cookie_context(MAIL), said_of_request(session, BANK):
        inside = context_of(session, "GET"), context_of(other, "GET")
        with said_of_request(session, None):
            nested = context_of(session, "GET")

    assert inside == (BANK, MAIL)
    assert nested == MAIL
    assert context_of(session, b"GET") == NEWS


def test_request_that_nobody_finished_can_be_closed_anywhere():
    """A loop that stops leaves tasks behind; their coroutines are closed when they are collected."""
    session = SimpleNamespace(cookie_context=NEWS)

    def request():
        with said_of_request(session, BANK):
            yield context_of(session, "GET")

    running = request()

    assert contextvars.copy_context().run(next, running) == BANK
    running.close()
    assert context_of(session, "GET") == NEWS


def test_a_block_is_no_decorator():
    """Around an `async def` it would end before the body begins."""
    with pytest.raises(TypeError, match="not callable"):

        @cookie_context(NEWS)
        async def ask():
            raise AssertionError("never called")


def test_a_block_is_entered_once():
    """Two threads that shared one would leave each other's."""
    block = cookie_context(NEWS)

    with block, pytest.raises(RuntimeError, match="entered once"):
        block.__enter__()

    assert context_for("GET", None) is None
