"""Programs that read and write cookie files, and the jar whose files they are given."""

import shutil
import subprocess

import pytest

FUTURE = 4_000_000_000


@pytest.fixture
def tool(loopback_environment, tmp_path):
    """Runs a program through the loopback proxy and returns what it prints, or skips."""

    def run(name, *arguments):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        done = subprocess.run(
            [path, *arguments],
            env=loopback_environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def filled(subject, make_cookie):
    """Puts one cookie of each kind into a jar: what a shop's login leaves behind."""

    def fill(jar):
        for name, domain, options in (
            ("wide", ".shop.test", {"expires": FUTURE}),
            ("here", "shop.test", {"expires": FUTURE}),
            ("deep", ".shop.test", {"expires": FUTURE, "path": "/deep"}),
            ("safe", ".shop.test", {"expires": FUTURE, "secure": True}),
            ("hidden", ".shop.test", {"expires": FUTURE, "rest": {"HttpOnly": None}}),
            ("session", ".shop.test", {}),
            ("other", ".other.test", {"expires": FUTURE}),
        ):
            jar.set_cookie(make_cookie(subject, name, f"{name}-1", domain, **options))
        return jar

    return fill


@pytest.fixture
def pairs():
    """The pieces of a Cookie header, sorted: programs may order equal paths as they like."""

    def split(header):
        return sorted(header.split("; ")) if header else []

    return split
