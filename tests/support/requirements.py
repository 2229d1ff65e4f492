"""Which optional groups of tests must run: named in FEDINOTE_REQUIRE, what is missing is a failure, not a skip.

`postgresql`: a PostgreSQL server's programs. `browser`: Chromium. `shared`: the folder of reference data beside the
repository (or where FEDINOTE_SHARED says). `libretranslate`: a LibreTranslate server that can be installed; its
fixture tells by itself. `interop`: the programs of others, from PyPI and npm; their fixtures tell too. `media`:
the package for video and sound.
"""

import importlib.util
import os
import shutil
from pathlib import Path

from tests.support import postgres

SHARED = Path(os.environ.get("FEDINOTE_SHARED") or Path(__file__).parents[3] / "shared")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def required(group: str) -> bool:
    """Whether a group must run."""
    return group in os.environ.get("FEDINOTE_REQUIRE", "").split(",")


def browser() -> str | None:
    """The program of a browser, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def films() -> bool:
    """Whether video and sound can be made and read here."""
    return importlib.util.find_spec("av") is not None


def missing() -> list[str]:
    """The groups that are required and cannot run here."""
    there = {
        "postgresql": postgres.available(),
        "browser": browser() is not None,
        "shared": SHARED.is_dir(),
        "media": films(),
    }
    return [group for group, present in there.items() if required(group) and not present]
