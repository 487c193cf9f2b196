"""docs/reference/comparison.md says what jars do; here they are asked, and the page is held to it."""

import contextlib
import re
import warnings

import comparison_once
import pytest
from comparison_clients import PEERS, AbsentError, played_with_policies
from comparison_page import PAGE, cells, footnotes
from comparison_questions import QUESTIONS

_FOOTNOTE = re.compile(r"\[\^([\w-]+)\]")
# The other tables: each "yes" and "no" of theirs is backed by a footnote or by a test below.
_POLICY = {
    "set": "asks a policy of yours which cookies come",
    "return": "asks a policy of yours which cookies go",
}
# That a package is no part of a language needs no source.
_OBVIOUS = "comes with the language"


def said(question, peer):
    """What a cell says, without its footnotes and stars."""
    return _FOOTNOTE.sub("", cells()[question][peer]).strip("* ")


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_does_what_its_column_says(site, peer):
    """All questions at once, since some peers take long to start."""
    with contextlib.ExitStack() as stack:
        try:
            play = stack.enter_context(PEERS[peer](site))
        except AbsentError as error:
            pytest.skip(str(error))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "http.cookiejar bug!"
            answers = {
                question.text: question.answer(play(question.visits)) for question in QUESTIONS
            }

    assert answers == {question.text: said(question.text, peer) for question in QUESTIONS}


@pytest.mark.parametrize(
    "peer", ["http.cookiejar", "requests", "httpx", "httpx2", "cookietin", "with browser rules"]
)
def test_a_policy_is_asked_when_its_column_says_so(site, peer):
    """A policy that mutes one cookie, on the way in and on the way out."""
    try:
        answers = played_with_policies(peer, site)
    except AbsentError as error:
        pytest.skip(str(error))

    assert answers == {which: said(text, peer) for which, text in _POLICY.items()}


@pytest.mark.parametrize("peer", comparison_once.ASK)
def test_cookies_of_one_request_go_as_the_column_says(site, peer):
    """With the stored ones, and not with the next request."""
    try:
        answer = comparison_once.answer(peer, site)
    except AbsentError as error:
        pytest.skip(str(error))

    assert answer == said("sends cookies with one request beside the stored ones", peer)


def test_every_cell_has_a_test_or_a_source():
    """A cell that nobody can look up is an opinion."""
    tested = {question.text for question in QUESTIONS} | {_OBVIOUS, *_POLICY.values()}

    bare = [
        (row, column)
        for row, columns in cells().items()
        for column, cell in columns.items()
        if row not in tested and not _FOOTNOTE.search(cell) and cell != "?"
    ]

    assert bare == []


def test_every_footnote_is_there_and_used():
    """A mark without a note is no source."""
    marks = {
        label
        for columns in cells().values()
        for cell in columns.values()
        for label in _FOOTNOTE.findall(cell)
    }

    assert marks == set(footnotes())


def test_every_question_has_its_row():
    """And no row of the first two tables is without its question."""
    text = PAGE.read_text("utf-8")
    tables = text[text.index("## Rules") : text.index("## For programs")]

    rows = re.findall(r"^\| (.+?) \|", tables, re.MULTILINE)

    assert [row for row in rows if row != "a jar that"] == [q.text for q in QUESTIONS]
