"""Classes of sessions as programs write them; in a module of their own, so that pickles find them.

Rules of this file:
- No client is imported: each class is made once for the client that a test has, and found here by name.
"""

from urllib.parse import urlsplit


def shop_session(client):
    """A session with a base URL, a token and a log; `requests` or `niquests` is the client."""

    class ShopSession(client.Session):
        __attrs__ = [*client.Session.__attrs__, "token", "log"]  # noqa: RUF012 - as programs write it

        def __init__(self, token):
            super().__init__()
            self.token, self.log = token, []

        def request(self, method, url, *arguments, **named):
            if url.startswith("/"):
                url = f"http://shop.test{url}"
            return super().request(method, url, *arguments, **named)

        def prepare_request(self, request):
            self.log.append(f"prepare {urlsplit(request.url).path}")
            return super().prepare_request(request)

        def send(self, request, **named):
            self.log.append("send")
            return super().send(request, **named)

    ShopSession.__module__, ShopSession.__qualname__ = __name__, f"ShopSession_{client.__name__}"
    return globals().setdefault(ShopSession.__qualname__, ShopSession)
