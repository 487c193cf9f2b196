"""Files of JSON: told apart by their content, bounded, and opened as the right jar."""

from __future__ import annotations

import errno
import io
import json
import tracemalloc
from importlib.util import find_spec
from typing import Any

import pytest
from samples import EVERY, JSON, NOW, OF_BROWSERS, made, written

from cookietin.cookiejar import (
    Cookie,
    CookieSkippedWarning,
    FormatCookieJar,
    JSONCookieJar,
    LoadError,
    open_jar,
)
from cookietin.errors import FormatError
from cookietin.formats import Choice, json_text, registry
from cookietin.formats.reading import Reading, Writing

SAMPLES = {"json": JSON, **OF_BROWSERS}


@pytest.fixture(autouse=True)
def _only_formats_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {name: module for name, module in registry._OURS.items() if find_spec(module)}
    monkeypatch.setattr(registry, "_OURS", there)


# Without anything that only one of them has.
SESSION = made(name="a", value="b")


@pytest.mark.parametrize("format", SAMPLES)
@pytest.mark.parametrize("head", ["whole", "cut off", "compact", "with a BOM"])
def test_file_of_its_program_is_told(format: str, head: str) -> None:
    text = SAMPLES[format]
    if head == "cut off":
        text = text[: text.index("s3cret") + 400]
    elif head == "compact":
        text = json.dumps(json.loads(text), separators=(",", ":"))

    found = registry.sniff(text.encode("utf-8-sig" if head == "with a BOM" else "utf-8"))

    assert found == format


@pytest.mark.parametrize("format", SAMPLES)
def test_file_of_ours_is_told(format: str) -> None:
    """With session cookies alone, too."""
    text, _ = written(format, SESSION)

    assert registry.sniff(text.encode()) == format


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[]", None, id="empty list, which may be of any"),
        pytest.param("{}", None, id="empty object"),
        pytest.param("[[{}]]", None, id="no cookies"),
        pytest.param('[{"a": 1}]', None, id="list of other objects"),
        pytest.param('{"log": {"entries": []}}', None, id="other object"),
        pytest.param('{"cookies": []}', "playwright", id="no cookies, in an object"),
        pytest.param('{"origins": []}', "playwright", id="origins alone"),
        pytest.param('{"cookies": [], "format": "cookietin"}', "json", id="format at the end"),
        pytest.param(
            '[{"name": "a", "value": "{\\"format\\":\\"cookietin\\"}", "domain": "a.test"}]',
            "selenium",
            id="another format in a value",
        ),
        pytest.param(
            '{"cookies": [{"name":"a","value":"b","domain":"c","expires":-1,"size":2}]}',
            "puppeteer",
            id="answer of the protocol",
        ),
        pytest.param("{" + '"\\"' * 20_000, None, id="text without an end"),
        pytest.param("[{" * 30_000, None, id="nested without an end"),
        pytest.param("]}:,", None, id="no beginning"),
        pytest.param('{"a"}]', None, id="closed twice"),
    ],
)
def test_file_is_told_by_its_names(text: str, expected: str | None) -> None:
    head = text.encode()
    if expected is None and text in ('{"log": {"entries": []}}',):
        assert not any(registry.named(name).sniff(head) for name in SAMPLES)
    else:
        assert registry.sniff(head) == expected


@pytest.mark.parametrize("format", SAMPLES)
def test_file_is_opened_and_saved_in_its_format(format: str, tmp_path: Any) -> None:
    file = tmp_path / "cookies"
    file.write_text(SAMPLES[format], encoding="utf-8")

    jar = open_jar(file)
    jar.save()
    again = open_jar(file)

    assert isinstance(jar, JSONCookieJar if format == "json" else FormatCookieJar)
    assert (jar.format, again.format, jar.load_report.format) == (format, format, format)
    assert [repr(cookie) for cookie in again] == [repr(cookie) for cookie in jar]


@pytest.mark.parametrize("format", SAMPLES)
def test_choice_is_kept_in_both_directions(format: str) -> None:
    """RFC 2965 has cookies that end at a moment and are to be discarded before."""
    sent = [
        made(name="session"),
        made(name="ended", expires=NOW, discard=False),
        made(name="both", expires=NOW, discard=True),
        made(name="later", expires=NOW + 1, discard=False),
    ]
    module = registry.named(format)
    choice = Choice(session=True, ended=False, now=NOW)
    chosen, every = io.BytesIO(), io.BytesIO()

    module.write(chosen, sent, Writing(choice, lambda *_: None, Cookie))
    module.write(every, sent, Writing(EVERY, lambda *_: None, Cookie))

    saved = module.read(io.BytesIO(chosen.getvalue()), Reading("cookies", EVERY, Cookie))
    taken = module.read(io.BytesIO(every.getvalue()), Reading("cookies", choice, Cookie))
    assert [cookie.name for cookie in saved] == ["session", "later"]
    assert [cookie.name for cookie in taken] == ["session", "later"]


@pytest.mark.parametrize("format", SAMPLES)
def test_cookie_with_nonsense_for_an_expiry_costs_no_other(format: str, tmp_path: Any) -> None:
    jar = FormatCookieJar(tmp_path / "cookies", format=format)
    jar.set_cookie(made(name="odd"))
    jar.set_cookie(made(name="sound"))
    next(iter(jar)).expires = "soon"  # type: ignore[assignment]

    with pytest.warns(CookieSkippedWarning, match="'odd' of '.shop.test' was not saved"):
        jar.save()

    assert [cookie.name for cookie in open_jar(tmp_path / "cookies")] == ["sound"]


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        pytest.param(b"{", "bigger than 1 MiB", id="may be JSON"),
        pytest.param(b"\0", "line 1: expected JSON", id="is none"),
        pytest.param(b" " * 70_000 + b"{", "line 1: expected JSON", id="begins with many blanks"),
    ],
)
@pytest.mark.parametrize("format", SAMPLES)
def test_big_file_is_refused_before_it_is_read(
    format: str, start: bytes, problem: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "MOST_OCTETS", MEGABYTE)
    monkeypatch.setattr(json_text, "MOST_AT_ONCE", MEGABYTE)
    file = tmp_path / "cookies"
    with open(file, "wb") as stream:
        stream.write(start)
        stream.truncate(64 * MEGABYTE)
    jar = FormatCookieJar(file, format=format)
    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match=problem):
            jar.load()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < MEGABYTE


@pytest.mark.parametrize("format", SAMPLES)
def test_file_that_could_not_be_read_again_is_not_written(
    format: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A jar has no limit; a file that is too big to be loaded would have lost all."""
    jar = FormatCookieJar(tmp_path / "cookies", format=format)
    jar.set_cookie(made(name="old", value="1"))
    jar.save()
    monkeypatch.setattr(json_text, "MOST_OCTETS", 50_000)
    monkeypatch.setattr(json_text, "MOST_AT_ONCE", 50_000)
    for number in range(1000):
        jar.set_cookie(made(name=f"n{number}", value="v" * 50))

    with pytest.raises(OSError, match="could not be read again") as caught:
        jar.save()

    assert caught.value.errno == errno.EFBIG
    assert [cookie.name for cookie in open_jar(tmp_path / "cookies", format)] == ["old"]
    assert len(list(tmp_path.iterdir())) == 1


def test_many_cookies_on_lines_are_not_parsed_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million cookies are a legitimate file of ours; a list of a hundred million nothings is none."""
    monkeypatch.setattr(json_text, "MOST_AT_ONCE", 1000)
    lines = ",\n".join(['{"domain":"a.test","path":"/","name":"n","value":"v"}'] * 100)
    first = '{"format":"cookietin","version":1,"cookies":[\n'

    def read(text: str) -> list[Any]:
        reading = Reading("jar.json", EVERY, Cookie)
        return list(registry.named("json").read(io.BytesIO(text.encode()), reading))

    assert len(read(f"{first}{lines}\n]}}\n")) == 100
    with pytest.raises(FormatError, match="a cookie on each line"):
        read(f"{first}{'{},' * 1000}0]}}")


def with_entries(format: str, *entries: str) -> str:
    """A file of ours with entries more."""
    text, _ = written(format, SESSION)
    return text.replace("\n]", "".join(f",\n{entry}" for entry in entries) + "\n]", 1)


UNREADABLE = '{"name":"odd","value":"s3cret","domain":7,"path":"/"}'


@pytest.mark.filterwarnings("ignore::cookietin.cookiejar.CookieSkippedWarning")
@pytest.mark.parametrize("format", SAMPLES)
def test_entries_that_could_not_be_read_are_written_again(format: str, tmp_path: Any) -> None:
    """A newer browser may have written them; saving over its file must not lose them."""
    file = tmp_path / "file"
    file.write_text(with_entries(format, UNREADABLE, "[1.5,null]"))
    jar = open_jar(file, format)

    jar.save()
    jar.save(tmp_path / "other")

    assert file.read_text() == with_entries(format, UNREADABLE, "[1.5,null]")
    assert (tmp_path / "other").read_text() == with_entries(format)


@pytest.mark.filterwarnings("ignore::cookietin.cookiejar.CookieSkippedWarning")
@pytest.mark.parametrize("format", SAMPLES)
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param('{"name":"a","name":"b"}', id="a field twice"),
        pytest.param("NaN", id="no number"),
        pytest.param(f'"{"x" * (1 << 20)}"', id="too long"),
    ],
)
def test_entries_that_cannot_be_kept_are_not_overwritten(
    format: str, entry: str, tmp_path: Any
) -> None:
    """They would come back as something else, or not at all."""
    file = tmp_path / "file"
    file.write_text(with_entries(format, entry))
    jar = open_jar(file, format)

    with pytest.raises(io.UnsupportedOperation, match="save under another name"):
        jar.save()

    assert file.read_text() == with_entries(format, entry)


def test_member_beside_the_cookies_may_have_any_name(tmp_path: Any) -> None:
    """One that was called "unread" was lost."""
    text = with_entries("playwright").replace('"origins":[]', '"origins":[],\n"unread":"mail"')
    file = tmp_path / "file"
    file.write_text(text)
    jar = open_jar(file, "playwright", lenient=False)

    jar.save()

    assert file.read_text() == text
