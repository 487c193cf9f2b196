"""Examples that need a client, run wherever it is installed, in whatever version."""

import doctest
import importlib.util
import warnings

import pytest
from page_blocks import ROOT
from page_examples import FLAGS, Examples, pages_with_skips

from cookietin.integrations.versions import OLDEST


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in pages_with_skips()],
)
def test_page_says_what_happens(page):
    """Its examples print what stands below them."""
    examples = Examples(page)

    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as in the reader's program
        examples.run()

    assert not examples.failed, examples.failed
    if examples.skipped:
        pytest.skip(f"ran without the blocks that need: {', '.join(set(examples.skipped))}")


@pytest.mark.parametrize("client", sorted(OLDEST))
def test_docstrings_of_an_integration_say_what_happens(client, client_module):
    """pytest leaves these modules out of its own run, since their clients may be absent."""
    client_module(client)
    if importlib.util.find_spec(f"cookietin.integrations.{client}") is None:
        pytest.skip("this build has no such integration")
    module = importlib.import_module(f"cookietin.integrations.{client}")

    result = doctest.testmod(module, optionflags=FLAGS)

    assert result.failed == 0
