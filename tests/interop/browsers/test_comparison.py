"""The column of Chromium on docs/reference/comparison.md, which is that of Electron too."""

import time

import pytest
from comparison_page import cells
from comparison_questions import QUESTIONS

PATIENCE = 40
ELSEWHERE = "http://other.test/"


class Surfer:
    """Visits pages in the tab of a browser context that has the loopback server for everything."""

    def __init__(self, chromium, site):
        self._chromium, self._site = chromium, site
        self._context = chromium.ask(
            "Target.createBrowserContext", proxyServer=site.proxy, proxyBypassList="<-loopback>"
        )["browserContextId"]
        self._tab = chromium.tab(self._context)
        chromium.ask("Security.setIgnoreCertificateErrors", self._tab, ignore=True)

    def forget(self):
        """Remove all cookies."""
        self._chromium.ask("Storage.clearCookies", browserContextId=self._context)

    def visit(self, visit):
        """Go there as the visit says; the Cookie header that was sent."""
        url = self._site.url(visit.url, *visit.sets)
        if visit.partition is not None:
            self._open(visit.partition + "/")
            return self._script(visit.url, f"document.body.innerHTML = '<iframe src=\"{url}\">'")
        if visit.cross_site:
            self._open(ELSEWHERE)
            return self._script(visit.url, f"location.href = '{url}'")
        return self._open(url, visit.url)

    def _open(self, url, page=None):
        since = len(self._site.seen)
        self._chromium.ask("Page.navigate", self._tab, url=url)
        return self._cookie_of(page or url, since)

    def _script(self, page, script):
        since = len(self._site.seen)
        self._chromium.ask("Runtime.evaluate", self._tab, expression=script)
        return self._cookie_of(page, since)

    def _cookie_of(self, page, since):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for request in self._site.seen[since:]:
                if request.url == page:
                    return request.cookie
            time.sleep(0.01)
        raise AssertionError(f"nobody came to {page}: {self._site.seen[since:]}")


@pytest.fixture(scope="module")
def surfer(chromium, _loopback):
    return Surfer(chromium, _loopback)


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.text for question in QUESTIONS])
def test_chromium_is_as_the_page_says(surfer, site, question):
    """By what it sends over loopback."""
    surfer.forget()

    header = [surfer.visit(visit) for visit in question.visits][-1]

    assert question.answer(header) == cells()[question.text]["Electron"].split("[^")[0]
