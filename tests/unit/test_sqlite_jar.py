"""What an SQLiteCookieJar does beside what any jar does: share, keep, copy, and be a jar with a file."""

from __future__ import annotations

import copy
import http.cookiejar
import os
import pickle
import sqlite3
import stat
import sys
import threading

import pytest

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    CookieSkippedWarning,
    DefaultCookiePolicy,
    MozillaCookieJar,
    SQLiteCookieJar,
    open_jar,
)
from cookietin.database import REMEMBERED, STEPS
from cookietin.file_systems import type_of

URL = "https://shop.test/"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jar.sqlite"


@pytest.fixture
def open_a_jar(path):
    """Function for jars on one file, which are closed at the end."""
    jars = []

    def make(**arguments):
        jars.append(SQLiteCookieJar(path, **arguments))
        return jars[-1]

    yield make
    for jar in jars:
        jar.close()


def cookie(name="a", value="1", **changes):
    fields = {
        "version": 0,
        "name": name,
        "value": value,
        "port": None,
        "port_specified": False,
        "domain": "shop.test",
        "domain_specified": False,
        "domain_initial_dot": False,
        "path": "/",
        "path_specified": False,
        "secure": False,
        "expires": None,
        "discard": True,
        "comment": None,
        "comment_url": None,
        "rest": {},
    }
    return Cookie(**{**fields, **changes})


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_jars_on_one_file_see_each_other_at_once(open_a_jar, policy):
    one, other = open_a_jar(policy=policy()), open_a_jar(policy=policy())
    assert other.cookie_header(URL) is None

    one.store_response(URL, ["a=1", "b=2; Path=/x"])
    assert other.cookie_header(URL + "x") == "b=2; a=1"

    other.store_response(URL, ["a=; Max-Age=0"])
    assert one.cookie_header(URL + "x") == "b=2"

    one.clear()
    assert list(other) == []


def test_secure_overwrite_is_decided_on_what_others_have_written(open_a_jar):
    """A jar that has read nothing since must not lay a plain cookie over another's Secure one."""
    one, other = (open_a_jar(policy=BrowserCookiePolicy()) for _ in range(2))
    len(other)
    one.store_response(URL, ["sid=secret; Secure"])

    (decision,) = other.store_response("http://shop.test/", ["sid=evil"])

    assert not decision.allowed
    assert one.cookie_header(URL) == "sid=secret"


def test_named_jars_in_one_file_are_apart(open_a_jar, path):
    alice, bob = open_a_jar(name="alice"), open_a_jar(name="bob")
    alice.store_response(URL, ["who=alice"])
    bob.store_response(URL, ["who=bob"])

    assert alice.cookie_header(URL) == "who=alice"
    assert SQLiteCookieJar.names(path) == ["alice", "bob"]
    assert SQLiteCookieJar.delete_jar(path, "alice") is True
    assert SQLiteCookieJar.delete_jar(path, "alice") is False
    assert alice.cookie_header(URL) is None
    assert bob.cookie_header(URL) == "who=bob"
    alice.store_response(URL, ["who=again"])
    assert SQLiteCookieJar.names(path) == ["alice", "bob"]


def test_changes_of_others_are_told_with_the_origin_remote(open_a_jar):
    one, other = open_a_jar(), open_a_jar()
    one.store_response(URL, ["a=1", "b=1"])
    changes = []
    subscription = other.subscribe(changes.append)

    one.store_response(URL, ["a=2", "c=1"])
    one.store_response(URL, ["b=; Max-Age=0"])
    one.remove(URL, "c")
    assert changes == []  # nobody has looked
    other.cookie_header(URL)
    other.store_response(URL, ["d=1"])

    assert [(each.origin, each.cause.value, each.cookie.name) for each in changes] == [
        ("remote", "overwrite", "a"),
        ("remote", "inserted", "a"),
        ("remote", "expired-overwrite", "b"),
        ("jar", "inserted", "d"),
    ]
    subscription.close()


def test_a_reader_far_behind_is_told_the_differences(open_a_jar, monkeypatch):
    """What was removed is not remembered for ever."""
    one, other = open_a_jar(), open_a_jar()
    one.store_response(URL, ["a=1", "b=1"])
    changes = []
    subscription = other.subscribe(changes.append)
    one.store_response(URL, ["a=2", "b=; Max-Age=0"])
    connection = one._cookietin_sharing.database.open()
    connection.execute(f"UPDATE jars SET floor = revision, revision = revision + {REMEMBERED}")
    connection.execute("DELETE FROM gone")

    assert other.cookie_header(URL) == "a=2"
    assert [(each.origin, each.cause.value, each.cookie.name) for each in changes] == [
        ("remote", "explicit", "b"),
        ("remote", "overwrite", "a"),
        ("remote", "inserted", "a"),
    ]
    subscription.close()


def test_domains_are_read_when_they_are_asked_for(open_a_jar):
    jar = open_a_jar()
    for site in range(20):
        jar.store_response(f"https://www.s{site}.test/", ["a=1"])
    lazy = open_a_jar()

    assert lazy.cookie_header("https://www.s3.test/") == "a=1"
    assert len(list(dict.keys(lazy._cookies))) == 1
    assert "www.s4.test" in lazy._cookies
    assert "nowhere.test" not in lazy._cookies
    assert lazy._cookies.get("nowhere.test") is None
    assert len(list(dict.keys(lazy._cookies))) == 2
    assert len(lazy) == 20
    assert [each.domain for each in lazy] == [f"www.s{site}.test" for site in range(20)]
    assert list(lazy._cookies) == list(jar._cookies)


ODD = [
    pytest.param({}, id="plain"),
    pytest.param({"value": None}, id="a lone word"),
    pytest.param({"value": "\x00\u00fc\U0001f36a"}, id="any character"),
    pytest.param({"version": 1, "port": "80,443", "port_specified": True}, id="ports"),
    pytest.param({"version": None, "comment": "c", "comment_url": "u", "rfc2109": True}, id="old"),
    pytest.param({"rest": {"HttpOnly": None, "SameSite": "Lax"}}, id="common attributes"),
    pytest.param({"rest": {"priority": 5, "x": [1, {"y": None}], "z": True}}, id="any attributes"),
    pytest.param({"expires": 2**70, "discard": False}, id="beyond 64 bits"),
    pytest.param({"domain": ".shop.test", "domain_specified": True}, id="domain"),
    pytest.param({"domain": "a/b"}, id="a domain that no host can have"),
    pytest.param({"domain": ""}, id="no domain"),
]


@pytest.mark.parametrize("fields", ODD)
def test_every_attribute_comes_back(open_a_jar, fields):
    open_a_jar().set_cookie(cookie(**fields))

    (back,) = open_a_jar()

    assert repr(back) == repr(cookie(**fields))
    assert back.partition_key is None


def test_cookies_of_the_standard_library_are_kept(open_a_jar):
    arguments = [0, "a", "1", None, False, "shop.test", False, False, "/", True, True, 5, False]
    open_a_jar().set_cookie(http.cookiejar.Cookie(*arguments, None, None, {"HttpOnly": None}))

    (back,) = open_a_jar()

    assert (back.value, back.secure, back.http_only, back.expires) == ("1", True, True, 5)


def test_a_cookie_that_no_row_can_hold_stays_in_its_jar(open_a_jar):
    jar = open_a_jar()

    with pytest.warns(
        CookieSkippedWarning, match=r"^cookie 'a' of 'shop.test' was not saved"
    ) as seen:
        jar.set_cookie(cookie(value="secret\ud800"))

    assert "secret" not in str(seen[0].message)
    assert len(jar) == 1
    assert len(open_a_jar()) == 0


def test_session_cookies_stay_at_home_if_they_are_not_persisted(open_a_jar):
    jar, other = open_a_jar(persist_session=False), open_a_jar()
    jar.store_response(URL, ["session=1", "kept=1; Max-Age=60"])
    other.store_response(URL, ["theirs=1"])

    assert jar.cookie_header(URL) == "session=1; kept=1"
    assert other.cookie_header(URL) == "kept=1; theirs=1"


@pytest.mark.parametrize("way", ["save", "sync", "flush", "close"])
def test_what_programs_change_themselves_is_written_on_demand(open_a_jar, way):
    jar, other = open_a_jar(), open_a_jar()
    jar.store_response(URL, ["a=1", "b=1", "c=1"])
    next(iter(jar)).value = "2"
    del jar._cookies["shop.test"]["/"]["b"]
    jar._cookies["new.test"] = {"/": {"n": cookie("n", domain="new.test")}}
    assert other.cookie_header(URL) == "a=1; b=1; c=1"

    getattr(jar, way)()

    assert other.cookie_header(URL) == "a=2; c=1"
    assert other.cookie_header("https://new.test/") == "n=1"


def test_last_access_times_are_written_without_a_revision(open_a_jar, monkeypatch):
    """Nobody has to read anything anew because another process has sent a cookie."""
    now = 1_767_225_600
    monkeypatch.setattr("time.time", lambda: now)
    jar = open_a_jar(policy=BrowserCookiePolicy())
    jar.store_response(URL, ["a=1"])
    revision = jar._cookietin_sharing._revision
    now += 100

    jar.cookie_header(URL)
    jar.sync()

    assert jar._cookietin_sharing._revision == revision
    (back,) = open_a_jar(policy=BrowserCookiePolicy())
    assert back.last_access_time == now


def test_revert_forgets_what_was_changed_in_place(open_a_jar):
    jar = open_a_jar()
    jar.store_response(URL, ["a=1"])
    changes = []
    subscription = jar.subscribe(changes.append)
    next(iter(jar)).value = "2"

    jar.revert()

    assert jar.cookie_header(URL) == "a=1"
    assert {change.origin for change in changes} == {"load"}
    assert [change.cause.value for change in changes] == ["explicit", "inserted"]
    assert jar.load_report.cookies == 1
    subscription.close()


def test_save_and_load_with_another_file(open_a_jar, tmp_path):
    jar, second = open_a_jar(), tmp_path / "second.sqlite"
    jar.store_response(URL, ["a=1", "b=1; Max-Age=60"])
    jar.save(second)
    with SQLiteCookieJar(second) as copied:
        assert [each.name for each in copied] == ["a", "b"]
        copied.store_response(URL, ["a=9", "z=9"])
    jar.store_response(URL, ["c=1"])

    jar.load(second)
    assert jar.cookie_header(URL) == "a=9; b=1; c=1; z=9"

    jar.revert(second)
    assert open_a_jar().cookie_header(URL) == "a=9; b=1; z=9"


def test_load_of_a_missing_file_makes_none(open_a_jar, path, tmp_path):
    jar = open_a_jar()
    for name in (None, tmp_path / "none.sqlite"):
        with pytest.raises(FileNotFoundError):
            jar.load(name)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, SQLiteCookieJar.copy])
def test_a_copy_is_a_jar_in_memory(open_a_jar, how):
    """requests copies the jar for each request, and clears the copy."""
    jar = open_a_jar()
    jar.store_response(URL, ["a=1"])

    copied = how(jar)
    assert type(copied) is CookieJar
    assert copied.cookie_header(URL) == "a=1"
    copied.clear()

    assert jar.cookie_header(URL) == "a=1"


def test_a_pickle_names_the_file(open_a_jar):
    jar = open_a_jar(name="mine", policy=BrowserCookiePolicy())
    jar.store_response(URL, ["a=1"])

    back = pickle.loads(pickle.dumps(jar))

    assert (back.name, back.cookie_header(URL)) == ("mine", "a=1")
    back.clear()
    assert len(jar) == 0
    back.close()


def test_without_a_file_it_is_in_memory():
    jar = SQLiteCookieJar()
    jar.store_response(URL, ["a=1"])

    assert jar.cookie_header(URL) == "a=1"
    with pytest.raises(TypeError, match="without a file"):
        pickle.dumps(jar)


def test_the_file_is_its_owners_alone(open_a_jar, path):
    before = os.umask(0)
    try:
        open_a_jar().store_response(URL, ["a=1"])
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert modes == {"jar.sqlite": 0o600, "jar.sqlite-shm": 0o600, "jar.sqlite-wal": 0o600}


def test_a_link_keeps_its_target(path, tmp_path):
    (tmp_path / "link").symlink_to(path)
    with SQLiteCookieJar(tmp_path / "link") as jar:
        jar.store_response(URL, ["a=1"])
        assert (tmp_path / "jar.sqlite-wal").exists()

    assert (tmp_path / "link").is_symlink()
    with SQLiteCookieJar(path) as jar:
        assert len(jar) == 1


def test_open_jar_tells_it_by_its_content(path):
    with SQLiteCookieJar(path) as jar:
        jar.store_response(URL, ["a=1"])
        while_open = open_jar(path)
    closed = open_jar(path)

    assert [type(each) for each in (while_open, closed)] == [SQLiteCookieJar] * 2
    assert while_open.cookie_header(URL) == closed.cookie_header(URL) == "a=1"
    while_open.close()
    closed.close()


def test_a_file_of_the_first_version_is_migrated(path, open_a_jar):
    """Its cookies stay, in their order."""
    connection = sqlite3.connect(path)
    for statement in STEPS[0]:
        connection.execute(statement)
    connection.execute("INSERT INTO jars (name, revision, places) VALUES ('default', 7, 9)")
    for name, place in (("b", 1), ("a", 2)):
        connection.execute(
            "INSERT INTO cookies VALUES (1, 'shop.test', 'shop.test', '/', ?, 'v', 0, 0, 0, 0, NULL, "
            "1, NULL, NULL, NULL, NULL, 3, 4, 1, 1, ?)",
            (name, place),
        )
    connection.execute("INSERT INTO gone VALUES (1, 'shop.test', '/', 'c', 5)")
    connection.execute("PRAGMA application_id = 0x636B746E")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()

    jar = open_a_jar()
    assert jar.cookie_header(URL) == "b=v; a=v"
    jar.store_response(URL, ["c=v"])

    assert open_a_jar().cookie_header(URL) == "b=v; a=v; c=v"
    database = jar._cookietin_sharing.database
    assert database.open().execute("PRAGMA user_version").fetchone() == (len(STEPS),)


def test_threads_share_a_jar_and_a_file(open_a_jar):
    """Each response is there once and whole, whichever jar and thread took it."""
    jars = [open_a_jar(), open_a_jar()]
    failed = []

    def work(number):
        try:
            for at in range(40):
                jar = jars[(number + at) % 2]
                jar.store_response(f"https://h{number}.test/", [f"n{at}={at}", f"m{at}={at}"])
                assert f"n{at}={at}" in jars[at % 2].cookie_header(f"https://h{number}.test/")
        except BaseException as error:  # noqa: BLE001 - it fails the test
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert [len(jar) for jar in jars] == [320, 320]


def test_threads_that_make_one_file_agree_whose_it_is(tmp_path):
    """Seen half made, it was taken for the database of another program, once in some hundred times."""
    failed = []

    def work(path, others):
        try:
            others.wait(60)
            with SQLiteCookieJar(path) as jar:
                jar.store_response(URL, ["a=1"])
        except BaseException as error:  # noqa: BLE001 - it fails the test
            failed.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for number in range(60):
            path, others = tmp_path / f"{number}.sqlite", threading.Barrier(4)
            threads = [threading.Thread(target=work, args=(path, others)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
    finally:
        sys.setswitchinterval(before)

    assert failed == []


def test_a_jar_goes_on_in_a_forked_child(open_a_jar):
    """SQLite's connections must not cross a fork."""
    jar = open_a_jar()
    jar.store_response(URL, ["parent=1"])
    pid = os.fork()
    if pid == 0:
        try:
            jar.store_response(URL, ["child=1"])
        finally:
            os._exit(0)
    os.waitpid(pid, 0)

    assert jar.cookie_header(URL) == "parent=1; child=1"


MOUNTS = """\
24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
25 24 0:22 / /proc rw shared:5 - proc proc rw
97 24 0:52 / /home rw,relatime shared:60 - nfs4 files.test:/export/home rw,vers=4.2
98 97 8:3 / /home/local rw shared:61 - xfs /dev/sda3 rw
99 24 0:53 / /mnt/my\\040share rw - cifs //box/share rw
100 24 0:54 / /data rw - ext4 /dev/sdb1 rw
101 100 0:55 / /data rw master:1 propagate_from:2 - fuse.sshfs box: rw
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/var/c.sqlite", "ext4", id="root"),
        pytest.param("/home/a/c.sqlite", "nfs4", id="network"),
        pytest.param("/home/local/c.sqlite", "xfs", id="the longest mount point counts"),
        pytest.param("/homes/c.sqlite", "ext4", id="not half a name"),
        pytest.param("/mnt/my share/c.sqlite", "cifs", id="an escaped blank"),
        pytest.param("/data/c.sqlite", "fuse.sshfs", id="the later mount hides the other"),
    ],
)
def test_type_of_a_file_system(path, expected):
    """As /proc/self/mountinfo says it."""
    assert type_of(path, MOUNTS) == expected


def test_a_network_file_system_is_refused(path, monkeypatch, tmp_path):
    """Its log would lose data there; nothing is made."""
    monkeypatch.setattr("cookietin.sqlite_file.network_type", lambda path: "nfs4")

    with pytest.raises(OSError, match=r"network file system \(nfs4\)"):
        SQLiteCookieJar(path).cookie_header(URL)

    assert list(tmp_path.iterdir()) == []


def test_saved_cookies_txt_has_the_same(open_a_jar, tmp_path):
    jar = open_a_jar()
    jar.store_response(URL, ["a=1; Max-Age=60"])

    other = MozillaCookieJar(tmp_path / "cookies.txt")
    other.replace(list(jar))

    assert other.cookie_header(URL) == "a=1"


class FailsHalfWay(SQLiteCookieJar):
    """A subclass that refuses a cookie after it has stored it."""

    def set_cookie(self, cookie):
        super().set_cookie(cookie)
        if cookie.name == "refused":
            raise RuntimeError


def test_load_that_fails_half_way_changes_nothing(path, tmp_path):
    """Neither what others see, nor what was stored before in the same operation."""
    with SQLiteCookieJar(tmp_path / "source.sqlite") as source:
        for name in ("a", "b", "refused"):
            source.set_cookie(cookie(name, "new"))
    with FailsHalfWay(path) as jar, SQLiteCookieJar(path) as other:
        jar.set_cookie(cookie("b", "old"))
        with jar._cookies_lock:
            jar.set_cookie(cookie("a", "old"))

            with pytest.raises(RuntimeError):
                jar.load(source.filename)

        for each in (jar, other):
            assert {held.name: held.value for held in each} == {"a": "old", "b": "old"}


@pytest.mark.parametrize("way", ["save", "load", "revert"])
def test_relative_name_means_the_file_that_the_jar_was_made_with(way, tmp_path, monkeypatch):
    """The working folder may be another by then; a copy there would be nobody's."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with SQLiteCookieJar("jar.sqlite") as jar, SQLiteCookieJar("jar.sqlite") as other:
        jar.store_response(URL, ["a=1"])
        next(iter(jar)).value = "2"
        monkeypatch.chdir(tmp_path / "elsewhere")

        getattr(jar, way)()

        assert os.listdir() == []
        assert [held.value for held in other] == ["2" if way == "save" else "1"]
