"""httpx2: `cookietin.integrations.httpx2`, sync and async."""

import importlib

import pytest
from httpx_checks import ASYNC_SCRIPT, SCRIPT, AsyncChecks, SyncChecks
from integration_checks import skip_without

skip_without("httpx2")


@pytest.fixture(scope="module")
def httpx(client_module):
    return client_module("httpx2")


@pytest.fixture(scope="module")
def ours(httpx):
    return importlib.import_module("cookietin.integrations.httpx2")


class TestClient(SyncChecks):
    script = SCRIPT.format(client="httpx2")


class TestAsyncClient(AsyncChecks):
    script = ASYNC_SCRIPT.format(client="httpx2")
