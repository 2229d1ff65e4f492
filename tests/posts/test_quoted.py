"""How a quote stands for one viewer."""

from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.posts import quoted
from fedinote.relations import blocks
from tests.support.people import person

Row = dict[str, Any]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"state": "pending", "author_id": 7, "quoted_id": 1}, "pending"),
        ({"state": "accepted", "author_id": None, "quoted_id": None}, "deleted"),
        ({"state": "accepted", "author_id": 7, "quoted_id": 2}, "unauthorized"),
        ({"state": "accepted", "author_id": 8, "quoted_id": 1}, "muted_account"),
        ({"state": "accepted", "author_id": 7, "quoted_id": 1}, "accepted"),
    ],
)
def test_what_may_not_be_seen_is_as_if_it_were_never_agreed_to(row: Row, expected: str) -> None:
    assert quoted.state_of(row, {1}, {8: "muted_account"}) == expected


async def test_a_block_counts_for_more_than_a_mute(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    await blocks.mute(app, alice.account_id, bob.account_id)
    await blocks.mute(app, alice.account_id, carol.account_id)
    await app.db.execute(
        "INSERT INTO blocks (id, account_id, target_id, uri, created_at) VALUES (?, ?, ?, 'x', ?)",
        app.ids.next(), alice.account_id, carol.account_id, app.now(),
    )  # fmt: skip
    found = await quoted.unwanted(app, alice.account_id, [bob.account_id, carol.account_id])
    assert found == {bob.account_id: "muted_account", carol.account_id: "blocked_account"}
    assert await quoted.unwanted(app, None, [bob.account_id]) == {}
