"""`JarPool`: one jar for each key, however many ask, and not more than fit."""

from __future__ import annotations

import gc
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cookietin import CookieJar, JarPool, MozillaCookieJar

URL = "https://shop.example/"
THREADS = 8


@pytest.fixture
def hasty_switching() -> Iterator[None]:
    """Threads that change places every few microseconds meet in narrow places."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(former)


def pool_of(*keys: str, **settings: Any) -> JarPool[CookieJar]:
    pool = JarPool(**settings)
    for key in keys:
        pool[key].store_response(URL, [f"of={key}"])
    return pool


def test_key_has_one_jar() -> None:
    """What was set under a key is sent under it, and nowhere else."""
    pool = pool_of("alice", "bob")

    assert pool["alice"] is pool["alice"]
    assert pool["alice"].cookie_header(URL) == "of=alice"
    assert pool["bob"].cookie_header(URL) == "of=bob"
    assert type(pool["carol"]) is CookieJar


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda pool: "new" in pool, id="in"),
        pytest.param(lambda pool: pool.get("new"), id="get"),
        pytest.param(lambda pool: pool.pop("new", None), id="pop with a default"),
        pytest.param(lambda pool: pool == {"new": 1}, id="comparison"),
        pytest.param(lambda pool: list(pool), id="iteration"),
        pytest.param(lambda pool: pool.items(), id="items"),
        pytest.param(len, id="length"),
        pytest.param(bool, id="truth"),
        pytest.param(repr, id="repr"),
    ],
)
def test_question_makes_no_jar(question: Any) -> None:
    """The methods that Mapping lends would make one for each key that is asked about."""
    pool = JarPool()

    answer = question(pool)

    assert not answer or answer == "<JarPool, 0 jars>"
    assert len(pool) == 0


def test_jars_of_another_class() -> None:
    """The maker decides on class and policy; an empty jar is false, and a jar all the same."""
    pool = JarPool(MozillaCookieJar)

    jar = pool["alice"]

    assert type(jar) is MozillaCookieJar
    assert pool.get("alice") is jar


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        pytest.param(lambda pool: None, ["a", "b", "c"], id="as they were made"),
        pytest.param(lambda pool: pool["a"], ["b", "c", "a"], id="pool[key] uses"),
        pytest.param(lambda pool: pool.get("a"), ["b", "c", "a"], id="get uses"),
        pytest.param(lambda pool: pool.get("x"), ["a", "b", "c"], id="get of nothing"),
        pytest.param(lambda pool: "a" in pool, ["a", "b", "c"], id="in does not use"),
        pytest.param(lambda pool: pool.items(), ["a", "b", "c"], id="items do not use"),
        pytest.param(lambda pool: pool.pop("b"), ["a", "c"], id="pop takes out"),
        pytest.param(lambda pool: pool.__delitem__("a"), ["b", "c"], id="del takes out"),
        pytest.param(lambda pool: pool.clear(), [], id="clear takes all out"),
    ],
)
def test_order_of_use(use: Any, expected: list[str]) -> None:
    """The first of the keys is the next to be evicted."""
    pool = pool_of("a", "b", "c")

    use(pool)

    assert list(pool) == [key for key, _ in pool.items()] == expected
    assert len(pool) == len(expected)
    assert bool(pool) is bool(expected)


def test_iteration_survives_changes() -> None:
    """Keys are those of the beginning; jars can be taken out on the way."""
    pool = pool_of("a", "b", "c")

    for key in pool:
        del pool[key]

    assert len(pool) == 0


def test_missing_key_raises_where_a_dict_raises() -> None:
    """`del` and `pop` of nothing are mistakes."""
    pool = JarPool()

    with pytest.raises(KeyError, match="alice"):
        pool.pop("alice")
    with pytest.raises(KeyError, match="alice"):
        del pool["alice"]
    assert pool.pop("alice", 1) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        pytest.param(
            {"make_jar": CookieJar()}, TypeError, "make_jar: .*CookieJar; jars are", id="a jar"
        ),
        pytest.param({"on_evict": "save"}, TypeError, "on_evict: .* got str", id="no function"),
        pytest.param({"max_jars": 1.0}, TypeError, "max_jars: .* got 1.0", id="no whole number"),
        pytest.param({"max_jars": True}, TypeError, "max_jars: .* got True", id="bool"),
        pytest.param(
            {"max_jars": 0}, ValueError, "max_jars: expected at least 1, got 0", id="none fit"
        ),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    """At the door, before a jar is made."""
    with pytest.raises(error, match=text):
        JarPool(**arguments)


def test_key_that_cannot_be_hashed() -> None:
    """Before a jar is made for it."""
    pool = JarPool(lambda: pytest.fail("a jar was made"))

    with pytest.raises(TypeError, match="unhashable"):
        pool[[]]


def test_maker_that_fails_leaves_the_pool_as_it_was() -> None:
    """And is asked again with the next question."""
    made = [CookieJar(), None, OSError("disk")]

    def make() -> Any:
        jar = made.pop()
        if isinstance(jar, OSError):
            raise jar
        return jar

    pool = JarPool(make, max_jars=1)

    with pytest.raises(OSError, match="disk"):
        pool["alice"]
    with pytest.raises(TypeError, match="make_jar: expected a jar, got None"):
        pool["alice"]
    assert "alice" not in pool
    assert pool["alice"] is pool["alice"]


def test_jar_used_longest_ago_is_evicted() -> None:
    """The bound holds, and what goes can still be saved."""
    gone = []
    pool = pool_of(
        "a", "b", max_jars=2, on_evict=lambda key, jar: gone.append((key, jar.cookie_header(URL)))
    )
    pool["a"]

    pool["c"], pool["d"]

    assert gone == [("b", "of=b"), ("a", "of=a")]
    assert list(pool) == ["c", "d"]
    assert repr(pool) == "<JarPool, 2 jars of at most 2>"


def test_only_eviction_is_told() -> None:
    """Who takes a jar out has it."""
    pool = pool_of("a", "b", "c", max_jars=3, on_evict=lambda key, jar: pytest.fail(f"{key} went"))

    pool.pop("a")
    del pool["b"]
    pool.clear()

    assert len(pool) == 0


def test_on_evict_that_raises_leaves_the_pool_whole() -> None:
    """A disk is full: the caller hears of it, and the new jar is there all the same."""

    def save(key: object, jar: CookieJar) -> None:
        raise OSError("disk full")

    pool = pool_of("a", max_jars=1, on_evict=save)

    with pytest.raises(OSError, match="disk full"):
        pool["b"]
    assert list(pool) == ["b"]
    assert pool["b"] is pool["b"]


def test_on_evict_runs_outside_the_lock() -> None:
    """A slow disk holds nobody up: another thread uses the pool meanwhile."""
    answers = []

    def save(key: object, jar: CookieJar) -> None:
        other = threading.Thread(target=lambda: answers.append(pool["b"]), daemon=True)
        other.start()
        other.join(60)

    pool = pool_of("a", max_jars=1, on_evict=save)

    new = pool["b"]

    assert answers == [new]


@pytest.mark.usefixtures("hasty_switching")
def test_threads_get_one_jar_for_each_key() -> None:
    """Two that ask for a new key at once do not get two jars, and no cookie is lost."""
    made = []

    def make() -> CookieJar:
        made.append(1)
        return CookieJar()

    pool = JarPool(make)
    start = threading.Barrier(THREADS)

    def work(thread: int) -> list[CookieJar]:
        start.wait(60)
        jars = [pool[number] for number in range(1000)]
        for jar in jars[::10]:
            jar.store_response(URL, [f"t{thread}=1"])
        return jars

    with ThreadPoolExecutor(THREADS) as threads:
        first, *others = threads.map(work, range(THREADS))

    assert all(jars == first for jars in others)
    assert len(made) == len(pool) == len(set(map(id, first))) == 1000
    assert {len(jar) for jar in first[::10]} == {THREADS}


@pytest.mark.usefixtures("hasty_switching")
def test_threads_keep_the_bound_and_evict_each_jar_once() -> None:
    """What was made is in the pool or was told of, once."""
    made: list[CookieJar] = []
    gone: list[CookieJar] = []

    def make() -> CookieJar:
        made.append(CookieJar())
        return made[-1]

    pool = JarPool(make, max_jars=50, on_evict=lambda key, jar: gone.append(jar))
    start = threading.Barrier(THREADS)

    def work(thread: int) -> None:
        start.wait(60)
        for number in range(500):
            pool[(number * (thread + 1)) % 100]
            assert len(pool) <= 51  # with the one on its way out

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))

    assert len(pool) == 50
    assert sorted(map(id, made)) == sorted(map(id, [*gone, *(jar for _, jar in pool.items())]))


def test_pool_of_empty_jars_is_small() -> None:
    """Most sessions have few cookies: what comes with each is the jar and its place."""
    pool_of("warm")
    gc.collect()
    tracemalloc.start()
    try:
        pool = JarPool()
        for number in range(10_000):
            pool[number]
        octets, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert octets / len(pool) <= 1300
