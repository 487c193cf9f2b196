"""Examples that need a client, run wherever it is installed, in whatever version."""

import warnings

import pytest
from page_blocks import ROOT
from page_examples import Examples, pages_with_skips


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
