"""Puts a module in the place of http.cookiejar, then plays a script and prints what it found.

Started as `python -P run.py <module> <fresh|loaded> <script>` in a child process. `fresh` means that
nobody has imported the real http.cookiejar before the substitution, `loaded` that somebody has.
Each public function of the script is called with the `Web`; its result must be JSON.

Rules of this file:
- Until the substitute is in place, import nothing that imports http.cookiejar.
"""

import contextlib
import http
import importlib
import importlib.util
import inspect
import io
import json
import os
import sys
import tempfile
import traceback
import warnings
from urllib.parse import urlencode

SHOP = "http://shop.test/"


class Web:
    """What a script gets: the module in place, the loopback proxy, URLs that set cookies."""

    def __init__(self, module):
        self.module = module
        self.proxy = os.environ["http_proxy"]
        self.proxies = {"http": self.proxy, "https": self.proxy}
        self.folder = tempfile.mkdtemp(dir=os.environ["HOME"])

    @staticmethod
    def url(page, *set_cookies, to=None):
        asked = [("set-cookie", value) for value in set_cookies]
        asked += [("location", to)] if to else []
        return f"{page}?{urlencode(asked)}" if asked else page

    def file(self, name, *lines):
        """Path of a file with these lines; without lines, of a file yet to be written."""
        path = os.path.join(self.folder, name)
        if lines:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("\n".join(lines) + "\n")
        return path

    def cookie(self, name, value, domain, *, path="/", secure=False, expires=None):
        """A cookie of the module in place, made the way libraries make them: by keyword."""
        return self.module.Cookie(
            version=0,
            name=name,
            value=value,
            port=None,
            port_specified=False,
            domain=domain,
            domain_specified=domain.startswith("."),
            domain_initial_dot=domain.startswith("."),
            path=path,
            path_specified=True,
            secure=secure,
            expires=expires,
            discard=expires is None,
            comment=None,
            comment_url=None,
            rest={},
        )


def substitute(name, state):
    """Imports the module and puts it where `import http.cookiejar` looks."""
    assert "http.cookiejar" not in sys.modules
    if state == "loaded" or name == "http.cookiejar":
        importlib.import_module("http.cookiejar")
    module = importlib.import_module(name)
    sys.modules["http.cookiejar"] = module
    http.cookiejar = module
    return module


def play(path, web):
    """Results of the script's functions by name; what one of them raises is its result."""
    spec = importlib.util.spec_from_file_location("script", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    results = {}
    for name, function in inspect.getmembers(script, inspect.isfunction):
        if not name.startswith("_") and function.__module__ == "script":
            try:
                results[name] = function(web)
            except Exception:  # noqa: BLE001 - reported to the test that reads the output
                results[name] = {"raised": traceback.format_exc()}
    return results


def main():
    name, state, script = sys.argv[1:]
    warnings.filterwarnings("error", module=r"cookietin(\.|$)")
    warnings.filterwarnings("error", message="http.cookiejar bug")
    web = Web(substitute(name, state))
    chatter = io.StringIO()
    with contextlib.redirect_stdout(chatter):
        results = play(script, web)
    results["module_in_place"] = sys.modules["http.cookiejar"].__name__
    print(json.dumps(results))


if __name__ == "__main__":
    main()
