"""Which addresses are on the list: by network, by version, by severity, and as long as the block lasts."""

from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.policy import ip_blocks


async def block(app: App, network: str, severity: str = "no_access", hours: int | None = None) -> None:
    until = None if hours is None else app.now() + timedelta(hours=hours)
    await app.db.execute(
        "INSERT INTO ip_blocks (id, network, severity, comment, expires_at, created_at, changed_at)"
        " VALUES (?, ?, ?, '', ?, ?, ?)",
        app.ids.next(),
        network,
        severity,
        until,
        app.now(),
        app.now(),
    )
    ip_blocks.forget(app)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        (" 192.0.2.7/24 ", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
    ],
)
def test_a_network_has_one_spelling(written: str, stored: str) -> None:
    assert str(ip_blocks.parse(written)) == stored


@pytest.mark.parametrize(
    "text",
    ["", "spam.example", "192.0.2", "192.0.2.7/33", "1.2.3.4/-1", "fe80::1%eth0", "1" * 200, "192.0.2.0/24/8", "%"],
)
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        ip_blocks.parse(text)


async def test_an_empty_list_holds_nobody(app: App) -> None:
    assert not await ip_blocks.any_there(app)
    assert await ip_blocks.severity(app, "192.0.2.7") is None
    await ip_blocks.admit(app, "192.0.2.7")


async def test_a_block_covers_its_network_and_nothing_else(app: App) -> None:
    await block(app, "192.0.2.0/25")
    await block(app, "2001:db8::/32", "sign_up_block")
    inside = [await ip_blocks.severity(app, one) for one in ("192.0.2.0", "192.0.2.127", "2001:db8:ffff::1")]
    assert inside == ["no_access", "no_access", "sign_up_block"]
    for outside in ("192.0.2.128", "192.0.1.255", "2001:db9::1", "::c000:201", "unix:", "local", ""):
        assert await ip_blocks.severity(app, outside) is None, outside
    with pytest.raises(Forbidden):
        await ip_blocks.admit(app, "192.0.2.1")
    await ip_blocks.admit(app, "2001:db8::1")  # may come in, and not sign up


async def test_of_several_blocks_the_severest_counts(app: App) -> None:
    await block(app, "192.0.0.0/8", "sign_up_requires_approval")
    await block(app, "192.0.2.7/32", "sign_up_block")
    assert await ip_blocks.severity(app, "192.0.2.7") == "sign_up_block"
    assert await ip_blocks.severity(app, "192.0.2.8") == "sign_up_requires_approval"
    await block(app, "192.0.2.0/24", "no_access")
    assert await ip_blocks.severity(app, "192.0.2.7") == "no_access"


async def test_a_block_ends_by_itself(app: App) -> None:
    await block(app, "192.0.2.7/32", hours=1)
    assert await ip_blocks.severity(app, "192.0.2.7") == "no_access"
    app.clock.shift(3601)
    assert await ip_blocks.severity(app, "192.0.2.7") is None


async def test_a_change_by_another_process_is_seen_after_ten_seconds_by_one_small_query(app: App) -> None:
    assert await ip_blocks.severity(app, "192.0.2.7") is None
    kept = app.caches[ip_blocks.CACHE]
    await block(app, "192.0.2.7/32")
    app.caches[ip_blocks.CACHE] = kept  # as in a process that was not told
    assert await ip_blocks.severity(app, "192.0.2.7") is None
    app.clock.shift(11)
    assert await ip_blocks.severity(app, "192.0.2.7") == "no_access"
    compiled = app.caches[ip_blocks.CACHE]
    app.clock.shift(11)
    before = app.db.statements
    for _ in range(5):
        await ip_blocks.severity(app, "192.0.2.7")
    assert app.db.statements == before + 1
    assert app.caches[ip_blocks.CACHE] is compiled, "an unchanged list is not compiled anew"
