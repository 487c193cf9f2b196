"""urllib.request.HTTPCookieProcessor: the client that http.cookiejar was written for."""


def test_opener_sees_no_difference(works_alike, urllib_client):
    """The old program, unchanged but for one import, must get the same pages."""
    works_alike(urllib_client)
