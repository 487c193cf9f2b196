"""What README.md shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_code_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word, and prints what its comment says."""
    monkeypatch.chdir(tmp_path)
    (code,) = [text for language, text in BLOCKS if language == "python"]

    exec(compile(code, "README.md", "exec"), {})

    printed = capsys.readouterr().out
    assert printed.startswith("<Decision 'sid' set> DOMAIN_MISMATCH: The host does not ")
    assert (tmp_path / "shop-cookies.txt").stat().st_mode & 0o777 == 0o600


def test_first_two_commands_are_the_promised_ones() -> None:
    """One line each: the main job, and the tests."""
    commands = [text.strip() for language, text in BLOCKS if language == "sh"]

    assert commands[:2] == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/python -m cookietin demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]
