"""What the arguments of the commands have in common.

Rules of this file:
- The same option means the same in every command of this directory.
- Arguments that make no sense end the command with code 2 and say what would.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from .measure import Settings

ROUNDS, _SAMPLE_SECONDS = 7, 0.1
QUICK_ROUNDS, _QUICK_SAMPLE_SECONDS = 3, 0.03


def parser(command: str, description: str | None) -> argparse.ArgumentParser:
    """Return a parser with `--rounds`, `--only`, `--json` and `--quick`."""
    made = argparse.ArgumentParser(prog=f"python -m {command}", description=description)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("--rounds", type=positive, help=f"default {ROUNDS}, quick {QUICK_ROUNDS}")
    made.add_argument("--only", metavar="W1,W2", help="codes or their beginnings: W2.1000,W3")
    made.add_argument("--json", type=Path, help="write every sample to this file")
    made.add_argument("--quick", action="store_true", help="smaller sizes, fewer rounds")
    return made


def settings(options: argparse.Namespace) -> Settings:
    """Read how long and how often from the common options."""
    return Settings(
        rounds=options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS),
        sample_seconds=_QUICK_SAMPLE_SECONDS if options.quick else _SAMPLE_SECONDS,
        quick=options.quick,
    )


def positive(text: str) -> int:
    """Read a number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def module(parser: argparse.ArgumentParser, name: str) -> ModuleType:
    """Import a module by its name."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        parser.error(f"cannot import {name!r}: {error}; is the package installed or on PYTHONPATH?")


def chosen(parser: argparse.ArgumentParser, only: str | None, codes: Sequence[str]) -> list[str]:
    """Return the codes that `--only` asks for, all without it."""
    if not only:
        return list(codes)
    wanted = [word.strip().lower() for word in only.split(",") if word.strip()]
    for word in wanted:
        if not any(_begins(code, word) for code in codes):
            groups = ", ".join(dict.fromkeys(code.partition(".")[0] for code in codes))
            parser.error(f"--only {word!r}: no such case; {groups}, or a code of the table")
    return [code for code in codes if any(_begins(code, word) for word in wanted)]


def _begins(code: str, word: str) -> bool:
    return f"{code.lower()}.".startswith(f"{word}.")
