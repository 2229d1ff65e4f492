"""The audit log: what is kept of a decision, and of what rules did."""

from fedinote.api.paging import Paging
from fedinote.events import PolicyApplied
from fedinote.infra.app import App
from fedinote.moderation import audit
from fedinote.policy import pipeline
from fedinote.policy.base import Subject
from tests.policy.test_domains import block
from tests.relations.people import person, recorded


async def test_a_decision_keeps_who_what_and_when(app: App) -> None:
    alice = await person(app, "alice")
    await audit.record(
        app, actor_id=alice, action="domain.block", target_type="domain", target="x.example", detail={"reason": "spam"}
    )
    (entry,) = await audit.page(app, Paging(10).sql)
    assert (entry.actor_id, entry.action, entry.target_type, entry.target) == (
        alice,
        "domain.block",
        "domain",
        "x.example",
    )
    assert entry.detail == {"reason": "spam"}
    assert abs((entry.created_at - app.now()).total_seconds()) < 60


async def test_the_log_outlives_whom_it_names(app: App) -> None:
    alice = await person(app, "alice")
    await audit.record(app, actor_id=alice, action="x.y", target_type="account", target=7)
    await app.db.execute("DELETE FROM accounts WHERE id = ?", alice)
    (entry,) = await audit.page(app, Paging(10).sql)
    assert (entry.actor_id, entry.target) == (None, "7")


async def test_pages_go_by_action_beginning_and_target(app: App) -> None:
    for action, target in (("domain.block", "a"), ("domain.unblock", "a"), ("domain.block", "b"), ("domains.x", "a")):
        await audit.record(app, actor_id=None, action=action, target_type="domain", target=target)

    async def found(limit: int = 10, **query: object) -> list[tuple[str, str]]:
        return [(one.action, one.target) for one in await audit.page(app, Paging(limit).sql, **query)]  # type: ignore[arg-type]

    assert await found(action="domain.block") == [("domain.block", "b"), ("domain.block", "a")]
    assert await found(action="domain.") == [("domain.block", "b"), ("domain.unblock", "a"), ("domain.block", "a")]
    assert await found(target=("domain", "b")) == [("domain.block", "b")]
    assert await found(limit=1) == [("domains.x", "a")]


async def test_what_a_rule_does_is_one_row_however_often_the_post_is_offered(app: App) -> None:
    app.reactions = {PolicyApplied: (audit.on_policy_applied,)}
    await block(app, "far.example")
    author = await person(app, "far", "far.example")
    subject = Subject("post", author, "far.example", text="secret words", uri="https://far.example/1")
    for _ in range(3):
        assert (await pipeline.check(app, subject)).rejected
    (entry,) = await audit.page(app, Paging(10).sql)
    assert (entry.actor_id, entry.action, entry.target_type, entry.target) == (
        None,
        "policy.reject",
        "post",
        "https://far.example/1",
    )
    assert entry.detail == {
        "via": "policy",
        "policy": "domains",
        "reason": "the domain far.example is blocked",
        "account": str(author),
    }
    row = await app.db.row("SELECT * FROM audit_log")
    assert row is not None
    for column in ("action", "target_type", "target", "detail"):
        assert "secret" not in row[column]


async def test_another_post_or_another_reason_is_another_row(app: App) -> None:
    for policy, uri in (("domains", "https://x/1"), ("mentions", "https://x/1"), ("mentions", "https://x/2")):
        await audit.on_policy_applied(app, PolicyApplied(policy, "reject", "because", "post", 1, uri))
    assert len(await audit.page(app, Paging(10).sql)) == 3


async def test_what_was_not_published_yet_is_noted_with_its_author(app: App) -> None:
    alice = await person(app, "alice")
    await audit.on_policy_applied(app, PolicyApplied("phrases", "reject", "because", "post", alice, ""))
    (entry,) = await audit.page(app, Paging(10).sql)
    assert (entry.target_type, entry.target) == ("account", str(alice))


async def test_what_is_rolled_back_leaves_no_row(app: App) -> None:
    recorded(app)
    try:
        async with app.db.transaction():
            await audit.record(app, actor_id=None, action="x.y", target_type="account", target=1)
            raise KeyError
    except KeyError:
        assert not await app.db.rows("SELECT id FROM audit_log")
