"""The examples of a page, run as Sphinx runs them, without Sphinx: where a client is installed.

Sphinx runs all pages in one environment, which has not every client in every version.

Rules of this file:
- Order, flags and the set-up of each page are those of docs/conf.py and sphinx.ext.doctest.
"""

import ast
import contextlib
import doctest
import io
import re

from page_blocks import DOCS, EXAMPLES, blocks_of

FLAGS = doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1
_SKIP_IF = re.compile(r"^:skipif: (.*)\n+", re.MULTILINE)


def _of_conf(name):
    """A text that docs/conf.py gives to Sphinx."""
    for node in ast.parse((DOCS / "conf.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise LookupError(f"docs/conf.py has no {name}")


def pages_with_skips():
    """The pages on which a block depends on what is installed."""
    return [
        page
        for page in sorted(DOCS.rglob("*.md"))
        if any(
            block.language in EXAMPLES and _SKIP_IF.search(block.text) for block in blocks_of(page)
        )
    ]


class Examples:
    """
    The examples of one page.

    Attributes:
        skipped: The conditions of blocks that were passed over.
        failed: What went wrong, as doctest says it.
    """

    def __init__(self, page):
        self._blocks = [block for block in blocks_of(page) if block.language in EXAMPLES]
        self._names = {}
        self.skipped = []
        self.failed = ""

    def run(self):
        """Run them all, in a folder of their own."""
        exec(_of_conf("doctest_global_setup"), self._names)
        try:
            self._all("{testsetup}", self._execute)
            blocks = [block for block in self._blocks if "setup" not in block.language]
            for block, following in zip(blocks, [*blocks[1:], None], strict=True):
                text = self._wanted(block)
                if text is None:
                    continue
                if block.language == "{doctest}":
                    self._doctest(block, text)
                elif block.language == "{testcode}":
                    self._testcode(block, text, following)
            self._all("{testcleanup}", self._execute)
        finally:
            exec(_of_conf("doctest_global_cleanup"), self._names)

    def _all(self, language, run):
        for block in self._blocks:
            if block.language == language:
                text = self._wanted(block)
                if text is not None:
                    run(block, text)

    def _wanted(self, block):
        """The text of a block without its options; None if it is to be skipped."""
        condition = _SKIP_IF.match(block.text)
        if condition is None:
            return block.text
        if eval(condition[1], self._names):
            self.skipped.append(condition[1])
            return None
        return _SKIP_IF.sub("", block.text, count=1)

    def _execute(self, block, text):
        exec(compile(text, block.where, "exec"), self._names)

    def _doctest(self, block, text):
        test = doctest.DocTestParser().get_doctest(
            text, self._names, block.where, block.page, block.line
        )
        test.globs = self._names  # one for all blocks, not a copy
        said = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        if runner.run(test, out=said.write, clear_globs=False).failed:
            self.failed += said.getvalue()

    def _testcode(self, block, text, following):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self._execute(block, text)
        if following is not None and following.language == "{testoutput}":
            want, got = following.text, said.getvalue()
            if not doctest.OutputChecker().check_output(want, got, FLAGS):
                self.failed += f"{block.where}: expected\n{want}got\n{got}"
