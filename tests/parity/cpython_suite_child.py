"""Runs the interpreter's own cookie tests against a substitute for http.cookiejar.

Started by test_cpython_suite.py, once per substitute, in a temporary folder.

Rules of this file:
- Nothing of CPython's files is copied: the tests come from the running interpreter.
- The substitute takes its place before any test is imported, and identity proves that it has.
- Prints one line of JSON; whether that is good or bad is for the caller to say.
"""

import http
import http.cookiejar
import importlib
import importlib.util
import inspect
import json
import sys
import unittest

# Names that the tests import, so that a substitute which was not seen cannot go unnoticed.
WITNESSES = ("CookieJar", "DefaultCookiePolicy", "LWPCookieJar", "MozillaCookieJar", "http2time")


def fresh_copy(name):
    """The standard library's module, executed a second time under another name."""
    spec = importlib.util.spec_from_file_location(name, http.cookiejar.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_without_secure_check():
    """A module that sends Secure cookies over http: the tests have to notice."""
    module = fresh_copy("copy_without_secure_check")
    module.DefaultCookiePolicy.return_ok_secure = lambda self, cookie, request: True
    return module


def copy_without_a_name():
    """A module that lacks a function of http.cookiejar: the tests cannot be imported."""
    module = fresh_copy("copy_without_a_name")
    del module.http2time
    return module


MADE_HERE = {
    "copy": lambda: fresh_copy("copy_of_http_cookiejar"),
    "copy without secure check": copy_without_secure_check,
    "copy without a name": copy_without_a_name,
}


def put_in_place(substitute):
    """Makes every later import of http.cookiejar yield the substitute."""
    sys.modules["http.cookiejar"] = substitute
    http.cookiejar = substitute


def flat(suite):
    """The single tests of a suite, which may hold suites."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flat(item)
        else:
            yield item


def mentions_cookies(test):
    """Whether a test of a file about other things has to do with cookies."""
    method = getattr(type(test), test.id().rpartition(".")[2], None)
    return method is not None and "cookie" in inspect.getsource(method).lower()


def run(tests):
    """Runs tests in silence and tells what became of each."""
    result = unittest.TestResult()
    unittest.TestSuite(tests).run(result)
    return {
        "run": result.testsRun,
        "failures": {test.id(): text for test, text in result.failures},
        "errors": {test.id(): text for test, text in result.errors},
        "skipped": {test.id(): reason for test, reason in result.skipped},
    }


def main(name):
    """Reports, for the substitute `name`, the outcome of each of CPython's test modules."""
    substitute = MADE_HERE[name]() if name in MADE_HERE else importlib.import_module(name)
    put_in_place(substitute)

    from test import test_http_cookiejar, test_urllib2, test_urllib2_localnet

    load = unittest.TestLoader().loadTestsFromModule
    strangers = [
        witness
        for witness in WITNESSES
        if getattr(test_http_cookiejar, witness) is not getattr(substitute, witness)
    ]
    if test_urllib2.urllib.request.http.cookiejar is not substitute:
        strangers.append("urllib.request")
    report = {
        "strangers": strangers,
        "test_http_cookiejar": run(flat(load(test_http_cookiejar))),
        "test_urllib2": run(filter(mentions_cookies, flat(load(test_urllib2)))),
        "test_urllib2_localnet": run(filter(mentions_cookies, flat(load(test_urllib2_localnet)))),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
