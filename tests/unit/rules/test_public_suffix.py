"""Public suffixes: the official vectors, every kind of source, and what may go wrong."""

from __future__ import annotations

import copy
import importlib.util
import io
import pathlib
import pickle
import re
import socket
import subprocess
import sys
import threading
import time

import publicsuffix2
import publicsuffixlist
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules import public_suffix
from cookietin.rules.hosts import canonical_host, is_numeric
from cookietin.rules.public_suffix import SHIPPED, PublicSuffixes

VECTORS = pathlib.Path(publicsuffixlist.__file__).with_name("test_psl.txt")
LIST = pathlib.Path(publicsuffixlist.PSLFILE)

RULES = [
    "// VERSION: 2027-01-01_UTC\n",
    "\n",
    "test\n",
    "co.test  // two labels\n",
    "*.wild.test\n",
    "!open.wild.test\n",
    "Upper.TEST\n",
    "\u516c\u53f8.test\n",
]
SMALL = PublicSuffixes(RULES)


def official_vectors() -> list[object]:
    vector = re.compile(r"checkPublicSuffix\('([^']*)', (?:null|'([^']*)')\);")
    found = [vector.fullmatch(line) for line in VECTORS.read_text("utf-8").splitlines()]
    rows = [(match[1], match[2]) for match in found if match is not None]
    return [
        pytest.param(*row, id=f"{row[0]} has {row[1]}".encode("unicode_escape").decode())
        for row in rows
    ]


def test_official_vectors_are_found() -> None:
    """A vector file in another form must not pass as no vectors."""
    assert len(official_vectors()) > 70


@pytest.mark.parametrize(("host", "expected"), official_vectors())
def test_official_vector(host: str, expected: str | None) -> None:
    """publicsuffix.org says what the registrable domain of a host is."""
    assert SHIPPED.registrable_domain(host) == expected


@pytest.mark.parametrize(
    ("host", "suffix", "registrable"),
    [
        pytest.param("a.b.shop.test", "test", "shop.test", id="rule of one label"),
        pytest.param("a.shop.co.test", "co.test", "shop.co.test", id="longest rule wins"),
        pytest.param("co.test", "co.test", None, id="suffix itself"),
        pytest.param("test", "test", None, id="top-level domain"),
        pytest.param("a.b.x.wild.test", "x.wild.test", "b.x.wild.test", id="wildcard"),
        pytest.param("x.wild.test", "x.wild.test", None, id="child of a wildcard's parent"),
        pytest.param("wild.test", "wild.test", None, id="parent of a wildcard"),
        pytest.param("a.open.wild.test", "wild.test", "open.wild.test", id="below an exception"),
        pytest.param("open.wild.test", "wild.test", "open.wild.test", id="exception itself"),
        pytest.param("a.b.upper.test", "upper.test", "b.upper.test", id="rule in upper case"),
        pytest.param("a.b.unknown", "unknown", "b.unknown", id="unknown top-level domain"),
        pytest.param("unknown", "unknown", None, id="unknown top-level domain itself"),
        pytest.param("localhost", "localhost", None, id="localhost"),
        pytest.param("A.Shop.CO.Test", "co.test", "shop.co.test", id="any case"),
        pytest.param("a.shop.co.test.", "co.test.", "shop.co.test.", id="trailing dot is kept"),
        pytest.param("co.test.", "co.test.", None, id="suffix with a trailing dot"),
        pytest.param(
            "a.b.\u516c\u53f8.test", "\u516c\u53f8.test", "b.\u516c\u53f8.test", id="U-labels"
        ),
        pytest.param("a.b.xn--55qx5d.test", "xn--55qx5d.test", "b.xn--55qx5d.test", id="A-labels"),
        pytest.param(
            "\u98df.xn--55qx5d.test", "xn--55qx5d.test", "\u98df.xn--55qx5d.test", id="both"
        ),
        pytest.param(
            "a\u3002b\u3002\u516c\u53f8\uff0etest\uff61",
            "\u516c\u53f8.test.",
            "b.\u516c\u53f8.test.",
            id="other full stops",
        ),
        pytest.param("127.0.0.1", "127.0.0.1", None, id="IPv4 address"),
        pytest.param("010.0.0.1", "010.0.0.1", None, id="what ends in a number"),
        pytest.param("[::1]", "[::1]", None, id="IPv6 address"),
        pytest.param(".test", ".test", None, id="leading dot"),
        pytest.param("a..test", "a..test", None, id="empty label"),
        pytest.param("", "", None, id="nothing"),
    ],
)
def test_host_has_suffix_and_registrable_domain(
    host: str, suffix: str, registrable: str | None
) -> None:
    """The algorithm of publicsuffix.org, answered in the labels of the question."""
    assert SMALL.public_suffix(host) == suffix
    assert SMALL.registrable_domain(host) == registrable
    canonical = canonical_host(host)
    if canonical is not None:
        is_suffix = registrable is None and not is_numeric(canonical)
        assert SMALL.is_public_suffix(host) is SMALL.is_suffix(canonical) is is_suffix
        assert SMALL.site_of(canonical) == canonical_host(registrable or canonical)
    else:
        assert not SMALL.is_public_suffix(host)


@pytest.mark.parametrize(
    "suffix",
    [
        "pages.dev",
        "vercel.app",
        "netlify.app",
        "myshopify.com",
        "github.io",
        "s3.amazonaws.com",
        "co.uk",
        "foo.ck",
    ],
)
def test_shipped_list_knows(suffix: str) -> None:
    """Tenants of today's hosting must not set cookies for each other."""
    assert SHIPPED.is_public_suffix(suffix)
    assert SHIPPED.registrable_domain(f"a.tenant.{suffix}") == f"tenant.{suffix}"


@pytest.mark.parametrize("host", ["amazonaws.com", "www.ck", "city.kawasaki.jp", "example.com"])
def test_shipped_list_does_not_take_for_a_suffix(host: str) -> None:
    """`publicsuffix2.get_tld` does for the first: it takes the way to a rule for one."""
    assert not SHIPPED.is_public_suffix(host)


def test_shipped_list_says_its_version() -> None:
    """Who wonders about an answer asks how old the list is."""
    assert re.fullmatch(r"20\d\d-\d\d-\d\d_\S+", SHIPPED.version or "")


ORACLE = publicsuffixlist.PublicSuffixList()
LISTED = [
    line.split()[0] for line in LIST.read_text("utf-8").splitlines() if line and line[:2] != "//"
]
LABEL = st.one_of(
    st.text("ab0-", min_size=1, max_size=3),
    st.sampled_from(["www", "city", "com", "compute", "xn--55qx5d", "amazonaws", "jp"]),
)


@given(
    st.lists(LABEL, max_size=3),
    st.sampled_from(LISTED),
    st.integers(0, 2),
    st.sampled_from(["", "."]),
)
@example(["a"], "*.kawasaki.jp", 1, "")
@example(["a"], "!city.kawasaki.jp", 0, "")
@example([], "*.ck", 1, "")
def test_shipped_list_agrees_with_publicsuffixlist(
    labels: list[str], rule: str, cut: int, dot: str
) -> None:
    """Oracle: the look-up of publicsuffixlist, over the same list but by other code."""
    tail = rule.removeprefix("!").replace("*", "wild").split(".")
    host = ".".join(labels + (tail[cut:] or tail))
    canonical = canonical_host(host)
    if canonical is None or is_numeric(canonical):
        return

    assert SHIPPED.public_suffix(canonical + dot) == f"{ORACLE.publicsuffix(canonical)}{dot}"
    registrable = ORACLE.privatesuffix(canonical)
    expected = None if registrable is None else registrable + dot
    assert SHIPPED.registrable_domain(canonical + dot) == expected
    assert SHIPPED.site_of(canonical + dot) == (expected or canonical + dot)


class OwnLookUp:
    """What somebody may bring along."""

    def __init__(self, answer: str | None = "co.test") -> None:
        self.answer = answer
        self.asked: list[str] = []

    def public_suffix(self, host: str) -> str | None:
        self.asked.append(host)
        return self.answer


@pytest.fixture
def list_file(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "list.dat"
    path.write_text("".join(RULES), encoding="utf-8")
    return path


def small_sources() -> list[object]:
    text = "".join(RULES)
    return [
        pytest.param(lambda: RULES, id="lines"),
        pytest.param(lambda: (line.strip() for line in RULES), id="generator of lines"),
        pytest.param(lambda: io.StringIO(text), id="open file"),
        pytest.param(lambda: publicsuffix2.PublicSuffixList(RULES, idna=True), id="publicsuffix2"),
        pytest.param(
            lambda: publicsuffix2.PublicSuffixList(RULES, idna=False),
            id="publicsuffix2 with U-labels",
        ),
        pytest.param(lambda: publicsuffixlist.PublicSuffixList(RULES), id="publicsuffixlist"),
        pytest.param(
            lambda: publicsuffixlist.PublicSuffixList(RULES, accept_unknown=False),
            id="publicsuffixlist that accepts no unknown ones",
        ),
        pytest.param(lambda: SMALL, id="another PublicSuffixes"),
    ]


@pytest.mark.parametrize("source", small_sources())
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("a.b.test", "b.test", id="rule"),
        pytest.param("a.b.co.test.", "b.co.test.", id="rule with a comment"),
        pytest.param("a.b.upper.test", "b.upper.test", id="rule in upper case"),
        pytest.param("a.b.x.wild.test", "b.x.wild.test", id="wildcard"),
        pytest.param("a.open.wild.test", "open.wild.test", id="exception"),
        pytest.param("a.b.\u516c\u53f8.test", "b.\u516c\u53f8.test", id="U-labels"),
        pytest.param("a.b.unknown", "b.unknown", id="unknown top-level domain"),
        pytest.param("unknown", None, id="unknown top-level domain itself"),
    ],
)
def test_all_sources_answer_alike(source: object, host: str, expected: str | None) -> None:
    """Whose code knows the list must not matter to who gets a cookie."""
    suffixes = PublicSuffixes(source())  # type: ignore[operator]

    assert suffixes.registrable_domain(host) == expected


@pytest.mark.parametrize("kind", [str, pathlib.Path, pathlib.Path.open])
def test_file_is_read(kind: object, list_file: pathlib.Path) -> None:
    """An own list, by its name or opened."""
    source = kind(list_file)  # type: ignore[operator]

    suffixes = PublicSuffixes(source)

    if hasattr(source, "close"):
        source.close()  # it was read at once
    assert suffixes.registrable_domain("a.b.co.test") == "b.co.test"
    assert suffixes.version == "2027-01-01_UTC"


def test_file_may_begin_with_a_byte_order_mark(list_file: pathlib.Path) -> None:
    """Editors on Windows leave one, which would make the first comment a rule."""
    list_file.write_text("".join(RULES), encoding="utf-8-sig")

    assert PublicSuffixes(list_file).registrable_domain("a.b.co.test") == "b.co.test"


def test_relative_file_name_means_today_s_directory(
    list_file: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read later than it is named."""
    monkeypatch.chdir(tmp_path)
    suffixes = PublicSuffixes(list_file.name)
    monkeypatch.chdir("/")

    assert suffixes.is_public_suffix("co.test")


def test_own_look_up_is_asked_once_for_canonical_hosts() -> None:
    """An object of the caller's gets the simplest question there is, and its answer is kept."""
    own = OwnLookUp()
    suffixes = PublicSuffixes(own)

    answers = [suffixes.registrable_domain("A.B\xfccher.CO.test.") for _ in range(3)]

    assert answers == ["b\xfccher.co.test."] * 3
    assert own.asked == ["a.xn--bcher-kva.co.test"]
    assert suffixes.version is None


@pytest.mark.parametrize("answer", [None, ""])
def test_own_look_up_that_knows_nothing_leaves_the_last_label(answer: str | None) -> None:
    """The rule "*" holds whoever is asked."""
    assert PublicSuffixes(OwnLookUp(answer)).registrable_domain("a.b.test") == "b.test"


def test_own_look_up_is_not_asked_for_addresses() -> None:
    """An address has no public suffix, whatever an object says."""
    own = OwnLookUp("0.1")
    suffixes = PublicSuffixes(own)

    assert suffixes.registrable_domain("10.0.0.1") is None
    assert suffixes.site_of("10.0.0.1") == "10.0.0.1"
    assert own.asked == []


def test_no_rules_at_all_leave_the_default_rule() -> None:
    """`PublicSuffixes(())` is how to say: top-level domains alone."""
    suffixes = PublicSuffixes(())

    assert suffixes.is_public_suffix("uk")
    assert suffixes.registrable_domain("a.co.uk") == "co.uk"
    assert suffixes.version is None


@pytest.mark.parametrize(
    "source",
    [7, 1.5, object(), b"list.dat", [b"test"], ["test", None]],
    ids=["number", "float", "object", "name in bytes", "lines in bytes", "a line that is none"],
)
def test_other_sources_are_refused_at_the_door(source: object) -> None:
    """A wrong argument shows where it is given, not at the first cookie."""
    with pytest.raises(TypeError, match=r"source: expected .* got \w+"):
        PublicSuffixes(source)  # type: ignore[arg-type]


def test_file_that_was_read_before_is_refused(list_file: pathlib.Path) -> None:
    """It gives no lines, which must not pass as a list without rules."""
    with open(list_file, encoding="utf-8") as stream:
        stream.read()
        with pytest.raises(ValueError, match="read before"):
            PublicSuffixes(stream)


@pytest.mark.parametrize("question", ["is_suffix", "site_of", "public_suffix"])
def test_missing_file_is_named(question: str, tmp_path: pathlib.Path) -> None:
    """Never an empty list in its place: every site could set cookies for all of co.uk."""
    suffixes = PublicSuffixes(tmp_path / "missing.dat")

    for _ in range(2):  # not remembered either
        with pytest.raises(FileNotFoundError, match=r"missing\.dat") as caught:
            getattr(suffixes, question)("shop.test")

        assert "publicsuffix.org" in "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(b"", r"list\.dat.*no rule found", id="empty"),
        pytest.param(b"// VERSION: 1\n// ac\n", r"list\.dat.*no rule found", id="comments alone"),
        pytest.param(b"<!DOCTYPE html>\n", r"list\.dat.*DOCTYPE.* is no rule", id="a web page"),
        pytest.param(b'{"com": 1}\n', r"list\.dat.* is no rule", id="JSON"),
        pytest.param(b"a.*.test\n", r"list\.dat.* is no rule", id="wildcard inside"),
        pytest.param(b"!test\n", r"list\.dat.* is no rule", id="exception of one label"),
        pytest.param(b"a..test\n", r"list\.dat.* is no rule", id="empty label"),
        pytest.param(b"co,test\n", r"list\.dat.* is no rule", id="comma"),
        pytest.param(b"caf\xe9.test\n", r"list\.dat.*UTF-8", id="another encoding"),
        pytest.param(b"\x1f\x8b\x08\x00\xff", r"list\.dat.*UTF-8", id="packed file"),
    ],
)
def test_file_that_is_no_list_is_named(text: bytes, message: str, tmp_path: pathlib.Path) -> None:
    """A captive portal's page is soon downloaded in place of the list."""
    path = tmp_path / "list.dat"
    path.write_bytes(text)

    with pytest.raises(ValueError, match=message):
        PublicSuffixes(path).is_public_suffix("co.test")


def test_file_that_was_put_right_is_read(tmp_path: pathlib.Path, list_file: pathlib.Path) -> None:
    """A failure does not stay: a program that runs for months can be helped."""
    path = tmp_path / "later.dat"
    suffixes = PublicSuffixes(path)
    with pytest.raises(FileNotFoundError):
        suffixes.is_public_suffix("co.test")

    list_file.rename(path)

    assert suffixes.is_public_suffix("co.test")


def test_lines_without_a_rule_are_refused() -> None:
    """Only no lines at all mean no rules."""
    with pytest.raises(ValueError, match="no rule found"):
        PublicSuffixes(["// nothing here"]).is_public_suffix("test")


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there is no list, and the user has two ways out."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ImportError, match="publicsuffixlist"):
        PublicSuffixes().is_public_suffix("co.uk")


def test_threads_that_ask_at_once_read_the_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar is shared by threads, and the first requests of a program come together."""
    reads = []
    read = public_suffix._read

    def counted(source: object) -> object:
        reads.append(source)
        return read(source)  # type: ignore[arg-type]

    monkeypatch.setattr(public_suffix, "_read", counted)
    suffixes = PublicSuffixes()
    start = threading.Barrier(8)
    answers: list[object] = []

    def ask(number: int) -> None:
        start.wait()
        host = f"a{number}.shop.co.uk"
        answers.append((suffixes.site_of(host), suffixes.registrable_domain(host)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [("shop.co.uk", "shop.co.uk")] * 8
    assert len(reads) == 1


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """publicsuffix2 and publicsuffixlist can both fetch a list; nobody asks them to."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert PublicSuffixes().is_public_suffix("co.uk")


def test_list_is_not_read_before_it_is_needed() -> None:
    """A program that never meets a Domain attribute pays nothing."""
    code = (
        "import sys, cookietin.rules.public_suffix as p; p.PublicSuffixes();"
        "assert not {'publicsuffix2', 'publicsuffixlist', 'idna', 'ipaddress'} & set(sys.modules);"
        "p.SHIPPED.site_of('shop.test');"
        "assert 'publicsuffix2' in sys.modules and 'publicsuffixlist' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_shipped_list_stays_one(again: object) -> None:
    """Policies are copied and pickled; the list must not be loaded for each."""
    assert again(SHIPPED) is SHIPPED  # type: ignore[operator]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_rules_travel_along(again: object) -> None:
    """Lines that were given exist nowhere else."""
    suffixes = PublicSuffixes(iter(RULES))
    suffixes.is_public_suffix("co.test")

    twin = again(suffixes)  # type: ignore[operator]

    assert twin is not suffixes
    assert twin.registrable_domain("a.b.co.test") == "b.co.test"
    assert twin.version == suffixes.version == "2027-01-01_UTC"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(None, "PublicSuffixes()", id="shipped list"),
        pytest.param("/a/list.dat", "PublicSuffixes('/a/list.dat')", id="file"),
        pytest.param(RULES, "PublicSuffixes(<8 lines>)", id="lines"),
        pytest.param(OwnLookUp(), "PublicSuffixes(<OwnLookUp>)", id="object"),
    ],
)
def test_repr_is_short(source: object, expected: str) -> None:
    """Ten thousand rules in a log help nobody; and to be shown is no reason to be read."""
    assert repr(PublicSuffixes(source)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("a." * 200_000 + "co.test", "a.co.test", id="many labels"),
        pytest.param("a" * 500_000 + ".co.test", "a" * 500_000 + ".co.test", id="long label"),
    ],
)
def test_huge_host_is_answered(host: str, expected: str) -> None:
    """Nobody checks the length of what stands in a URL: the work must not grow with its square."""
    start = time.process_time()
    actual = SMALL.registrable_domain(host)

    assert actual == expected
    assert time.process_time() - start < 5


def test_answers_remembered_are_bounded() -> None:
    """A crawler meets millions of hosts."""
    for number in range(5000):
        SMALL.site_of(f"h{number}.test")

    assert SMALL.site_of.cache_info().currsize <= 4096  # type: ignore[attr-defined]
