"""`sync`: what two jars did to one file, both ways.

Rules of this file:
- Jars stand for programs: each has a base of its own, and they meet in the file alone.
"""

from __future__ import annotations

import functools
import os
import threading
import time

import pytest

from cookietin import (
    BrowserCookiePolicy,
    CookieSkippedWarning,
    DefaultCookiePolicy,
    FormatCookieJar,
    JSONCookieJar,
    LoadError,
    LWPCookieJar,
    MozillaCookieJar,
)
from cookietin.cookiejar import Cookie
from cookietin.cookiejar.file_memory import Saving

# Saving and syncing read the real clock.
LATER = int(time.time()) + 10_000

POLICIES = [
    pytest.param(DefaultCookiePolicy, id="default rules"),
    pytest.param(BrowserCookiePolicy, id="browser rules"),
]


MAKERS = [
    pytest.param(MozillaCookieJar, id="cookies.txt"),
    pytest.param(functools.partial(MozillaCookieJar, lenient=True), id="lenient cookies.txt"),
    pytest.param(LWPCookieJar, id="Set-Cookie3"),
    pytest.param(JSONCookieJar, id="JSON"),
    pytest.param(functools.partial(FormatCookieJar, format="playwright"), id="Playwright"),
]


def cookie(name="sid", value="1", **changes):
    """A persistent host-only cookie of shop.test, but for the changes."""
    fields = {
        "version": 0, "name": name, "value": value, "port": None, "port_specified": False,
        "domain": "shop.test", "domain_specified": False, "domain_initial_dot": False,
        "path": "/", "path_specified": True, "secure": False, "expires": LATER,
        "discard": False, "comment": None, "comment_url": None, "rest": {},
    }  # fmt: skip
    return Cookie(**{**fields, **changes})


def session_cookie(name="sid", value="1", **changes):
    """One that ends with the session."""
    return cookie(name, value, expires=None, discard=True, **changes)


def names_of(jar):
    """Names and values of a jar."""
    return {each.name: each.value for each in jar}


@pytest.fixture
def path(tmp_path):
    """The file that jars share."""
    return str(tmp_path / "cookies")


@pytest.fixture(params=MAKERS)
def make(request):
    """Each kind of jar."""
    return request.param


@pytest.fixture(params=POLICIES)
def pair(request, make, path):
    """Two jars that have met in one file with the cookies a, b and c."""
    one, two = (make(path, policy=request.param()) for _ in range(2))
    for name in "abc":
        one.set_cookie(cookie(name))
    one.sync()
    two.sync()
    return one, two


def test_what_both_set_both_have(pair):
    """`save` would have kept one of them."""
    one, two = pair
    one.set_cookie(cookie("one"))
    two.set_cookie(cookie("two"))

    one.sync()
    two.sync()
    one.sync()

    assert names_of(one) == names_of(two) == dict.fromkeys(["a", "b", "c", "one", "two"], "1")


def test_deletion_reaches_the_other_and_is_not_brought_back(pair):
    """The other still holds the cookie, and did not touch it."""
    one, two = pair
    one.clear("shop.test", "/", "b")
    two.set_cookie(cookie("two"))

    one.sync()
    two.sync()
    one.sync()

    assert names_of(one) == names_of(two) == dict.fromkeys(["a", "c", "two"], "1")


def test_own_deletion_wins_over_an_older_change(pair):
    """The last to sync wins, whatever it did."""
    one, two = pair
    one.set_cookie(cookie("b", "new"))
    one.sync()
    two.clear("shop.test", "/", "b")

    two.sync()
    one.sync()

    assert names_of(one) == names_of(two) == {"a": "1", "c": "1"}


def test_change_wins_over_an_older_deletion(pair):
    """Whoever sets a cookie again after it was deleted wants it."""
    one, two = pair
    one.clear("shop.test", "/", "b")
    one.sync()
    two.set_cookie(cookie("b", "new"))

    two.sync()
    one.sync()

    assert names_of(one) == names_of(two) == {"a": "1", "b": "new", "c": "1"}


def test_of_two_values_the_last_to_sync_wins(pair):
    """One of them has to."""
    one, two = pair
    one.set_cookie(cookie("b", "one"))
    two.set_cookie(cookie("b", "two"))

    one.sync()
    two.sync()
    one.sync()

    assert names_of(one)["b"] == names_of(two)["b"] == "two"


def test_change_by_hand_in_the_dict_counts(pair):
    """Programs write into `_cookies` and into cookies: no event tells of that."""
    one, two = pair
    one._cookies["shop.test"]["/"]["a"].value = "by hand"
    del one._cookies["shop.test"]["/"]["b"]

    one.sync()
    two.sync()

    assert names_of(two) == {"a": "by hand", "c": "1"}


def test_sync_without_changes_writes_nothing(pair, path):
    """A file that is rewritten for nothing wears the disk and wakes those who watch it."""
    one, two = pair
    before = os.stat(path).st_ino

    one.sync()
    two.sync()

    assert os.stat(path).st_ino == before


def test_file_of_the_same_size_and_time_is_read_again(pair, path):
    """A clock set back, or one that counts in seconds, must not hide a change."""
    one, two = pair
    stamp = os.stat(path)
    two.set_cookie(cookie("b", "2"))
    two.sync()
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert os.stat(path).st_size == stamp.st_size

    one.sync()

    assert names_of(one)["b"] == "2"


@pytest.mark.parametrize("way", ["load", "revert", "save"])
def test_other_ways_to_the_file_are_met_as_well(way, make, path):
    """Deletions since the last load or save are deletions: the other jar's copy does not return."""
    one, two = make(path), make(path)
    for name in "abc":
        one.set_cookie(cookie(name))
    one.save()
    two.load()
    if way != "save":
        getattr(one, way)()
    one.clear("shop.test", "/", "a")
    two.set_cookie(cookie("b", "new"))
    two.sync()

    one.sync()
    two.sync()

    assert names_of(one) == names_of(two) == {"b": "new", "c": "1"}


def test_jar_that_never_met_the_file_keeps_what_it_holds(make, path):
    """Nothing is known of either: all is new to the other, and the jar's own wins."""
    one, two = make(path), make(path)
    one.set_cookie(cookie("a", "one"))
    one.set_cookie(cookie("b", "one"))
    one.sync()
    two.set_cookie(cookie("a", "two"))

    two.sync()

    assert names_of(two) == {"a": "two", "b": "one"}


def test_missing_file_deletes_nothing(pair, path):
    """A file that is gone is not a file whose cookies somebody has deleted."""
    one, two = pair
    os.unlink(path)

    one.sync()
    two.sync()

    assert names_of(one) == names_of(two) == dict.fromkeys("abc", "1")
    assert os.path.exists(path)


def test_empty_file_is_as_none(pair, path):
    """Whoever makes a file for a jar beforehand makes an empty one."""
    one, _ = pair
    open(path, "w").close()

    one.sync()

    assert os.path.getsize(path) > 0
    assert names_of(one) == dict.fromkeys("abc", "1")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("filename", id="the jar gets another file name"),
        pytest.param("chdir", id="the folder of a relative name changes"),
        pytest.param("link", id="the symbolic link is put elsewhere"),
    ],
)
def test_another_file_has_not_deleted_the_cookies_of_the_first(change, make, tmp_path, monkeypatch):
    """What was known of one file says nothing of another, and costs the jar no cookie."""
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
    jar, other = make(str(tmp_path / "here" / "cookies")), make(str(tmp_path / "there" / "cookies"))
    other.set_cookie(cookie("other"))
    other.sync()
    monkeypatch.chdir(tmp_path / "here")
    os.symlink(tmp_path / "here" / "cookies", tmp_path / "link")
    jar.filename = str(tmp_path / "link") if change == "link" else "cookies"
    jar.set_cookie(cookie("own"))
    jar.sync()
    if change == "filename":
        jar.filename = other.filename
    elif change == "chdir":
        monkeypatch.chdir(tmp_path / "there")
    else:
        os.unlink(jar.filename)
        os.symlink(other.filename, jar.filename)

    jar.sync()
    other.sync()

    assert names_of(jar) == names_of(other) == {"own": "1", "other": "1"}


def test_file_that_cannot_be_read_stays_and_so_does_the_jar(pair, path):
    """What it held might be mended."""
    one, _ = pair
    with open(path, "w") as file:
        file.write("garbage\n")
    one.set_cookie(cookie("d"))

    with pytest.raises(LoadError):
        one.sync()

    with open(path) as file:
        assert file.read() == "garbage\n"
    assert names_of(one) == dict.fromkeys("abcd", "1")


def test_session_cookies_of_another_stay_in_the_file(make, path):
    """A jar that keeps none of its own has no business with those of others."""
    keeper, other = make(path, persist_session=True), make(path, persist_session=False)
    keeper.set_cookie(session_cookie("s"))
    keeper.set_cookie(cookie("a"))
    keeper.sync()
    other.set_cookie(session_cookie("own"))
    other.set_cookie(cookie("b"))

    other.sync()
    keeper.sync()

    assert names_of(keeper) == dict.fromkeys("sab", "1")
    assert names_of(other) == dict.fromkeys(["own", "a", "b"], "1")


def test_cookie_that_has_ended_here_is_not_deleted_there(path):
    """The other may have got a new one meanwhile."""
    one, two = MozillaCookieJar(path), MozillaCookieJar(path)
    moment = int(time.time()) + 1
    one.set_cookie(cookie("a", expires=moment))
    one.sync()
    two.sync()
    two.set_cookie(cookie("a", "renewed"))
    two.sync()
    while time.time() < moment:
        time.sleep(0.05)
    one.clear_expired_cookies()

    one.sync()

    assert names_of(one) == {"a": "renewed"}


def test_cookie_that_the_format_cannot_hold_stays_and_is_warned_of_once(path):
    """It is in no file, so nobody can have deleted it there."""
    jar, other = MozillaCookieJar(path), MozillaCookieJar(path)
    jar.set_cookie(cookie("a"))
    jar.set_cookie(cookie("odd", "tab\tin it"))

    with pytest.warns(CookieSkippedWarning, match="odd"):
        jar.sync()
    other.set_cookie(cookie("b"))
    other.sync()
    jar.sync()

    assert names_of(jar) == {"a": "1", "odd": "tab\tin it", "b": "1"}


def test_what_the_format_loses_stays_in_the_jar(path):
    """A cookie that nobody else changed is not replaced by its poorer copy."""
    jar, other = MozillaCookieJar(path), MozillaCookieJar(path)
    jar.set_cookie(cookie("a", rest={"SameSite": "Lax"}))
    jar.sync()
    other.set_cookie(cookie("b"))
    other.sync()

    jar.sync()

    assert jar.get("a").same_site == "Lax"


@pytest.mark.parametrize("policy", POLICIES)
def test_lone_word_goes_both_ways(policy, path):
    """To the standard library it has no value, to browsers no name; in the file it is one line."""
    jar = MozillaCookieJar(path, policy=policy())
    classic = MozillaCookieJar(path)
    jar.store_response("https://shop.test/", ["word; Max-Age=9000"])
    jar.sync()
    classic.sync()
    classic.set_cookie(cookie("b"))
    classic.sync()

    jar.sync()

    with open(path) as file:
        assert file.read().count("word") == 1
    assert len(jar) == len(classic) == 2


def test_changes_that_are_taken_in_are_told_as_remote(pair):
    """A program that mirrors its jar learns of them, and whose they are."""
    one, two = pair
    two.set_cookie(cookie("new"))
    two.clear("shop.test", "/", "a")
    two.sync()
    told = []
    one.subscribe(lambda change: told.append((change.cause, change.cookie.name, change.origin)))

    one.sync()

    assert told == [("explicit", "a", "remote"), ("inserted", "new", "remote")]


def test_jar_without_a_file_name_cannot_sync(make):
    """As `save` says it."""
    with pytest.raises(ValueError, match="filename"):
        make().sync()


def test_save_that_a_sync_overtakes_costs_no_cookie(make, path, monkeypatch):
    """Autosave's thread syncs while the program saves, and the file that it leaves lacks a cookie."""
    jar = make(path)
    jar.set_cookie(cookie("a"))
    kind = type(jar)
    save, done = kind.save, Saving.done
    written, goes_on = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: jar.save())

    def slow_done(saving):
        if threading.current_thread() is thread:
            written.set()
            goes_on.wait()
        done(saving)

    def save_of_second_jar(self, *arguments):
        if self is not jar and not written.is_set():
            jar.set_cookie(cookie("b"))
            thread.start()
            written.wait()
        save(self, *arguments)

    monkeypatch.setattr(Saving, "done", slow_done)
    monkeypatch.setattr(kind, "save", save_of_second_jar)
    jar.sync()
    goes_on.set()
    thread.join()

    jar.sync()

    assert names_of(jar) == {"a": "1", "b": "1"}


def test_copy_knows_what_the_jar_knew(pair):
    """A copy that deletes a cookie means it."""
    one, two = pair
    made = one.copy()
    made.clear("shop.test", "/", "a")

    made.sync()
    two.sync()

    assert names_of(two) == {"b": "1", "c": "1"}
