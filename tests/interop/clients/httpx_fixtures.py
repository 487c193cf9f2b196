"""Clients of httpx and httpx2 for tests, sync and async: the client's own, and those of the integration.

A test module gives the fixtures `httpx` (the client) and `ours` (the integration).
"""

import asyncio
import contextvars

import pytest

SHOP, OTHER, SAFE = "http://shop.test/", "http://other.test/", "https://shop.test/"


class Clients:
    """Of either kind; `run` waits for what its methods return."""

    kind = ""

    @pytest.fixture
    def run(self):
        raise NotImplementedError

    @pytest.fixture
    def settings(self, site):
        """How a client reaches the loopback proxy, and nothing else."""
        return {
            "proxy": site.proxy,
            "verify": site.tls,
            "trust_env": False,
            "follow_redirects": True,
            "timeout": 20,
        }

    @pytest.fixture
    def plain(self, httpx, settings, closing):
        """Makes a client of httpx."""
        return lambda **more: closing(getattr(httpx, self.kind)(**{**settings, **more}))

    @pytest.fixture
    def make(self, ours, settings, closing):
        """Makes a client of the integration; one with a transport goes through no proxy."""

        def make(*arguments, **more):
            reached = {"follow_redirects": True} if "transport" in more else settings
            return closing(getattr(ours, self.kind)(*arguments, **{**reached, **more}))

        return make

    @pytest.fixture
    def closing(self, run):
        """Closes clients when the test is over."""
        opened = []

        def add(client):
            opened.append(client)
            return client

        yield add
        for client in opened:
            run(client.close() if self.kind == "Client" else client.aclose())


class SyncClients(Clients):
    kind = "Client"

    @pytest.fixture
    def run(self):
        return lambda result: result


class AsyncClients(Clients):
    kind = "AsyncClient"

    @pytest.fixture
    def run(self):
        with asyncio.Runner() as runner:

            def wait(result):
                # As a caller's task: with the block that runs now.
                return runner.run(result, context=contextvars.copy_context())

            yield wait
