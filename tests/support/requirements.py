"""Which optional groups of tests must run: named in FEDINOTE_REQUIRE, a missing one is then a failure, not a skip."""

import os


def required(group: str) -> bool:
    return group in os.environ.get("FEDINOTE_REQUIRE", "").split(",")
