"""Where the files that belong to the product lie: beside the package in a checkout, inside it when installed."""

from pathlib import Path

import fedinote


def folder(name: str) -> Path:
    """Return the folder `migrations` or `static`."""
    package = Path(fedinote.__file__).resolve().parent
    inside = package / "_data" / name
    return inside if inside.is_dir() else package.parent / name
