"""`python -m cookietin`."""

from __future__ import annotations

import sys

from cookietin.cli import main

if __name__ == "__main__":
    sys.exit(main())
