"""httpx: `cookietin.integrations.httpx`, sync and async."""

import importlib

import pytest
from httpx_checks import ASYNC_SCRIPT, SCRIPT, AsyncChecks, SyncChecks


@pytest.fixture(scope="module")
def httpx(client_module):
    return client_module("httpx")


@pytest.fixture(scope="module")
def ours(httpx):
    return importlib.import_module("cookietin.integrations.httpx")


class TestClient(SyncChecks):
    script = SCRIPT.format(client="httpx")


class TestAsyncClient(AsyncChecks):
    script = ASYNC_SCRIPT.format(client="httpx")
