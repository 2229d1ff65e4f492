"""That docs/permissions.md is what the code and its tests say."""

from tests.docs import permissions
from tests.docs.pages import page
from tests.security.powers import LINES, served


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    """If not: `python -m tests.docs.permissions`."""
    text = page(permissions.NAME).text
    assert text.partition(permissions.BEGIN)[2].partition(permissions.END)[0].strip() == permissions.written()


def test_every_route_of_the_staff_is_in_the_table() -> None:
    text = page(permissions.NAME).text
    assert [name for name in served() if f"| {LINES[name].method} | `{LINES[name].path}` |" not in text] == []
