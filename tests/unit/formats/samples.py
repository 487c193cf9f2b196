"""Files of cookies as their programs write them, and what the tests of formats share."""

from __future__ import annotations

import io
from typing import Any

from cookietin.cookiejar import Cookie
from cookietin.formats import Choice, registry
from cookietin.formats.reading import Reading, Writing

NOW = 1_767_225_600
EVERY = Choice(session=True, ended=True, now=NOW)

JSON = """{"format":"cookietin","version":1,"cookies":[
{"domain":".shop.test","path":"/","name":"sid","value":"s3cret"}
]}
"""

PLAYWRIGHT = """{
  "cookies": [
    {
      "name": "sid",
      "value": "s3cret",
      "domain": "shop.test",
      "path": "/",
      "expires": -1,
      "httpOnly": true,
      "secure": true,
      "sameSite": "Lax"
    },
    {
      "name": "cart",
      "value": "Gr\\u00fcn",
      "domain": ".shop.test",
      "path": "/cart",
      "expires": 1798761600.25,
      "httpOnly": false,
      "secure": true,
      "sameSite": "None",
      "partitionKey": "https://top.test",
      "_crHasCrossSiteAncestor": true
    }
  ],
  "origins": [
    {"origin": "https://shop.test", "localStorage": [{"name": "theme", "value": "dark"}]}
  ]
}
"""

# Of Network.getCookies; Puppeteer's `page.cookies()` has the same fields.
PUPPETEER = """[
  {
    "name": "sid", "value": "s3cret", "domain": "shop.test", "path": "/", "expires": -1, "size": 9,
    "httpOnly": true, "secure": true, "session": true, "sameSite": "Lax", "priority": "Medium",
    "sameParty": false, "sourceScheme": "Secure", "sourcePort": 443
  },
  {
    "name": "cart", "value": "Gr\u00fcn", "domain": ".shop.test", "path": "/cart",
    "expires": 1798761600.25, "size": 9, "httpOnly": false, "secure": true, "session": false,
    "sameSite": "None", "priority": "Medium", "sameParty": false, "sourceScheme": "Secure",
    "sourcePort": 443,
    "partitionKey": {"topLevelSite": "https://top.test", "hasCrossSiteAncestor": true}
  }
]
"""

ELECTRON = """[
  {"name": "sid", "value": "s3cret", "domain": "shop.test", "hostOnly": true, "path": "/",
   "secure": true, "httpOnly": true, "session": true, "sameSite": "lax"},
  {"name": "cart", "value": "Gr\u00fcn", "domain": ".shop.test", "hostOnly": false, "path": "/cart",
   "secure": true, "httpOnly": false, "session": false, "expirationDate": 1798761600.25,
   "sameSite": "no_restriction", "partitionKey": "https://top.test"}
]
"""

SELENIUM = """[{"domain": "shop.test", "httpOnly": true, "name": "sid", "path": "/",
"sameSite": "Lax", "secure": true, "value": "s3cret"},
{"domain": ".shop.test", "expiry": 1798761600, "httpOnly": false, "name": "cart",
"path": "/cart", "sameSite": "None", "secure": true, "value": "Gr\u00fcn"}]"""

# Cookie-Editor's first, EditThisCookie's second.
EXTENSION = """[
    {
        "domain": "shop.test",
        "hostOnly": true,
        "httpOnly": true,
        "name": "sid",
        "path": "/",
        "sameSite": "lax",
        "secure": true,
        "session": true,
        "storeId": null,
        "value": "s3cret"
    },
{
    "domain": ".shop.test",
    "expirationDate": 1798761600.25,
    "hostOnly": false,
    "httpOnly": false,
    "name": "cart",
    "partitionKey": {"topLevelSite": "https://top.test"},
    "path": "/cart",
    "sameSite": "no_restriction",
    "secure": true,
    "session": false,
    "storeId": "0",
    "value": "Gr\u00fcn",
    "id": 2
}
]"""

# Formats whose cookies have the fields of browsers.
OF_BROWSERS = {
    "playwright": PLAYWRIGHT,
    "puppeteer": PUPPETEER,
    "electron": ELECTRON,
    "selenium": SELENIUM,
    "extension": EXTENSION,
}


def made(**changes: Any) -> Cookie:
    """A plain session cookie, but for some attributes."""
    cookie = Cookie(
        0, "sid", "1", None, False, ".shop.test", True, False, "/", True, False, None, True,
        None, None, {},
    )  # fmt: skip
    for attribute, value in changes.items():
        setattr(cookie, attribute, value)
    return cookie


def state(cookie: Any) -> dict[str, Any]:
    """All attributes of a cookie."""
    return {**vars(cookie), "_rest": dict(cookie._rest)}


def written(
    format: str, *cookies: Any, beside: dict[str, Any] | None = None
) -> tuple[str, list[str]]:
    """The text of a file, and why cookies were left out of it."""
    stream, left_out = io.BytesIO(), []
    writing = Writing(EVERY, lambda cookie, why: left_out.append(why), Cookie, beside)
    registry.named(format).write(stream, cookies, writing)
    return stream.getvalue().decode(), left_out


def loaded(format: str, text: str | bytes, *, lenient: bool = False) -> tuple[list[Any], Reading]:
    """The cookies of a file, and what its reading has noted."""
    octets = text if isinstance(text, bytes) else text.encode()
    reading = Reading("cookies", EVERY, Cookie, lenient=lenient)
    return list(registry.named(format).read(io.BytesIO(octets), reading)), reading
