"""`autosave`, `flush`, `close` and the `with` statement: when changes reach the file."""

from __future__ import annotations

import contextlib
import copy
import io
import os
import pickle
import signal
import threading
import time
import warnings

import pytest

from cookietin import Autosave, LWPCookieJar, MozillaCookieJar, SQLiteCookieJar, open_jar
from cookietin.autosave import save_all

FIELD = "a=1; Max-Age=9000"
URL = "https://shop.test/"
SOON = Autosave(interval=0.05)
NEVER = Autosave(interval=3600)


@pytest.fixture(params=[MozillaCookieJar, LWPCookieJar], ids=["cookies.txt", "Set-Cookie3"])
def make(request, tmp_path):
    """Function for a jar of the shared file, which is closed after the test."""
    made = []

    def make(**arguments):
        jar = request.param(str(tmp_path / "cookies"), **arguments)
        made.append(jar)
        return jar

    yield make
    for jar in made:
        jar.autosave = None
    assert wait_for(lambda: savers() == 0), "a thread of a closed jar goes on"


def names_in_file(jar):
    """What the file holds."""
    reader = type(jar)(jar.filename)
    if os.path.exists(jar.filename):
        reader.load()
    return {each.name for each in reader}


def wait_for(condition):
    """Wait until it is so; False if it takes too long."""
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def savers():
    """How many threads save."""
    return sum(thread.name == "cookietin-autosave" for thread in threading.enumerate())


def test_change_is_saved_after_the_interval(make):
    """Nobody has to think of it."""
    jar = make(autosave=SOON)

    jar.store_response(URL, [FIELD])

    assert wait_for(lambda: names_in_file(jar) == {"a"})


def test_many_changes_are_saved_before_the_interval_ends(make):
    """A burst is not left in memory for the rest of half a minute."""
    jar = make(autosave=Autosave(interval=3600, operations=3))

    jar.store_response(URL, [f"{name}=1; Max-Age=9000" for name in "abc"])

    assert wait_for(lambda: names_in_file(jar) == {"a", "b", "c"})


def test_thread_ends_when_nothing_is_unsaved(make):
    """A thousand idle jars need no thousand threads."""
    jar = make(autosave=SOON)
    jar.store_response(URL, [FIELD])

    assert wait_for(lambda: savers() == 0)
    assert names_in_file(jar) == {"a"}


def test_what_others_did_is_not_saved_again(make):
    """Two jars with autosave would otherwise write to one another for ever."""
    jar, other = make(autosave=NEVER), make()
    other.store_response(URL, [FIELD])
    other.sync()

    jar.sync()

    assert savers() == 0


def test_flush_writes_what_changed_and_nothing_else(make):
    """It costs no write where nothing has changed."""
    jar = make()
    jar.store_response(URL, [FIELD])
    jar.flush()
    before = os.stat(jar.filename).st_ino

    jar.flush()

    assert names_in_file(jar) == {"a"}
    assert os.stat(jar.filename).st_ino == before


def test_with_statement_saves_after_an_exception_too(make):
    """What was received before it went wrong was received."""
    jar = make(autosave=NEVER)

    with contextlib.suppress(KeyError), jar:
        jar.store_response(URL, [FIELD])
        raise KeyError

    assert names_in_file(jar) == {"a"}
    assert jar.autosave is None


def test_closed_jar_saves_no_more_and_may_be_closed_again(make):
    """Who goes on with a closed jar has to save it."""
    jar = make(autosave=Autosave(interval=3600, operations=1))
    jar.close()
    jar.store_response(URL, [FIELD])

    jar.autosave = None

    assert names_in_file(jar) == set()
    assert savers() == 0
    jar.close()
    assert names_in_file(jar) == {"a"}


def test_jar_without_a_file_name_can_be_closed():
    """`with` works for every jar with files; there is nothing to write."""
    with MozillaCookieJar() as jar:
        jar.store_response(URL, [FIELD])

    assert len(jar) == 1


@pytest.mark.parametrize(
    "made_of",
    [
        pytest.param(lambda jar: jar.copy(), id="copy"),
        pytest.param(copy.copy, id="copy.copy"),
        pytest.param(copy.deepcopy, id="copy.deepcopy"),
        pytest.param(lambda jar: pickle.loads(pickle.dumps(jar)), id="pickle"),
    ],
)
def test_copy_saves_nothing_by_itself(made_of, make):
    """Clients copy the jar for each request."""
    jar = make(autosave=Autosave(interval=3600, operations=1))

    made = made_of(jar)
    made.store_response(URL, [FIELD])

    assert made.autosave is None
    assert savers() == 0


def test_error_is_logged_without_values_and_raised_by_flush(make, tmp_path, caplog):
    """A full disk at night must show in the morning, and a try later must succeed."""
    jar = make(autosave=SOON)
    with open(jar.filename, "w") as file:
        file.write("garbage\n")
    jar.store_response(URL, ["a=s3cr3t; Max-Age=9000"])

    assert wait_for(lambda: "stays unsaved" in caplog.text)
    assert "s3cr3t" not in caplog.text
    with pytest.raises(OSError, match="expected"):
        jar.flush()
    os.unlink(jar.filename)
    assert wait_for(lambda: names_in_file(jar) == {"a"})


def test_jar_that_is_dropped_with_changes_is_saved(make, tmp_path):
    """A program that forgets its jar does not lose what was received."""
    jar = MozillaCookieJar(str(tmp_path / "dropped"), autosave=SOON)
    jar.store_response(URL, [FIELD])
    reader = MozillaCookieJar(jar.filename)

    del jar

    assert wait_for(lambda: names_in_file(reader) == {"a"})


def test_open_jar_takes_autosave(make):
    """It is given where the jar is made."""
    first = make()
    first.store_response(URL, [FIELD])
    first.save()

    jar = open_jar(first.filename, format=type(first)._cookietin_format.name, lenient=False)
    jar.autosave = NEVER

    assert repr(jar.autosave) == "Autosave(interval=3600, operations=512)"
    jar.close()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"interval": 0}, ValueError, id="no time at all"),
        pytest.param({"interval": float("nan")}, ValueError, id="no number"),
        pytest.param({"interval": "30"}, TypeError, id="interval as text"),
        pytest.param({"operations": 0}, ValueError, id="after no operation"),
        pytest.param({"operations": 1.5}, TypeError, id="half an operation"),
    ],
)
def test_autosave_that_makes_no_sense_is_refused(arguments, error):
    """At the door, not in a thread half a minute later."""
    with pytest.raises(error):
        Autosave(**arguments)


@pytest.mark.parametrize(
    ("jar", "when", "error"),
    [
        pytest.param(MozillaCookieJar(), NEVER, ValueError, id="jar without a file name"),
        pytest.param(MozillaCookieJar("unused"), 30, TypeError, id="a number of seconds"),
    ],
)
def test_autosave_that_cannot_work_is_refused(jar, when, error):
    """The same."""
    with pytest.raises(error):
        jar.autosave = when


def test_refused_autosave_leaves_the_old_one(make):
    """The door comes before any change."""
    jar = make(autosave=NEVER)

    with pytest.raises(TypeError):
        jar.autosave = 30

    assert jar.autosave is NEVER


def test_other_autosave_takes_over_what_is_unsaved(make):
    """Who shortens the interval means the changes that wait, too."""
    jar = make(autosave=NEVER)
    jar.store_response(URL, [FIELD])

    jar.autosave = SOON

    assert wait_for(lambda: names_in_file(jar) == {"a"})


def test_closed_jar_in_a_database_saves_no_more(tmp_path):
    """It would open its file again behind the program's back."""
    with open_jar(str(tmp_path / "jar.sqlite"), format="sqlite", autosave=SOON) as jar:
        jar.store_response(URL, [FIELD])

    assert isinstance(jar, SQLiteCookieJar)
    assert jar.autosave is None
    assert wait_for(lambda: savers() == 0)


def in_child(act):
    """Do something in a child process, and end it as the interpreter ends; whether that went well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads and forks are what is tested
        pid = os.fork()
    if pid == 0:
        signal.alarm(20)
        with contextlib.suppress(BaseException):
            act()
            save_all()
            os._exit(0)
        os._exit(1)
    return lambda: os.waitpid(pid, 0)[1] == 0


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@needs_fork
def test_fork_waits_for_a_thread_that_has_the_lock(make):
    """The child has no such thread: a lock that it took along would never be released."""
    jar = make(autosave=NEVER)
    has_it = threading.Event()

    def hold():
        with jar._cookies_lock.plain:
            has_it.set()
            time.sleep(0.1)

    thread = threading.Thread(target=hold)
    thread.start()
    has_it.wait()

    went_well = in_child(lambda: jar.store_response(URL, [FIELD]))

    thread.join()
    assert went_well()
    assert names_in_file(jar) == {"a"}


@needs_fork
def test_fork_does_not_wait_for_threads_that_are_told(make):
    """The child has no such thread either, whose turn would never end."""
    jar = make(autosave=NEVER)
    is_told, ends = threading.Event(), threading.Event()
    subscription = jar.subscribe(lambda change: (is_told.set(), ends.wait()))
    thread = threading.Thread(target=jar.store_response, args=(URL, [FIELD]))
    thread.start()
    is_told.wait()

    went_well = in_child(lambda: (ends.set(), jar.store_response(URL, ["b=1; Max-Age=9000"])))

    assert went_well()
    ends.set()
    thread.join()
    subscription.close()
    assert names_in_file(jar) == {"a", "b"}


@needs_fork
def test_child_does_not_save_what_its_parent_is_saving(make, monkeypatch):
    """It would bring back, hours later, what the parent has changed again since."""
    jar = make(autosave=Autosave(interval=3600, operations=1))
    saves, goes_on, save = threading.Event(), threading.Event(), type(jar).save

    def slow_save(jar, *arguments):
        saves.set()
        goes_on.wait()
        save(jar, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(type(jar), "save", slow_save)
        jar.store_response(URL, [FIELD])
        saves.wait()
        reading, writing = os.pipe()

        went_well = in_child(lambda: (goes_on.set(), os.close(writing), os.read(reading, 1)))

        goes_on.set()
        assert wait_for(lambda: savers() == 0)
    jar.store_response(URL, ["a=; Max-Age=0"])
    jar.flush()
    os.close(writing)
    assert went_well()
    os.close(reading)
    assert names_in_file(jar) == set()


def test_a_file_that_is_only_read_cannot_be_saved_by_itself(tmp_path):
    """It would fail at every interval, and nobody would see."""
    path = tmp_path / "dump"
    path.write_text("HTTP/1.1 200 OK\nSet-Cookie: a=1; Domain=shop.test; Path=/\n\n")

    with pytest.raises(io.UnsupportedOperation, match="curl files are only read"):
        open_jar(path, "curl", autosave=Autosave())
