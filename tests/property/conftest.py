"""Settings of the property tests: the same examples on every run, more of them on request.

HYPOTHESIS_PROFILE=thorough runs forty times as many, HYPOTHESIS_PROFILE=short half.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=4000)
settings.register_profile("short", settings.get_profile("default"), max_examples=50)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
