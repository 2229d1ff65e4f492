"""All policies together: what they tell, how changes add up, and what an accepted post costs."""

from datetime import timedelta

from fedinote.events import PolicyApplied
from fedinote.infra.app import App
from fedinote.infra.clock import Clock
from fedinote.policy import pipeline
from fedinote.policy.base import Subject
from fedinote.posts import publishing
from fedinote.posts.drafts import Mention, NewMedia, NewPost
from tests.policy.test_domains import block
from tests.relations.people import change, person, recorded
from tests.support.people import configure


def note(author_id: int, uri: str = "https://far.example/posts/1", mentions: tuple[Mention, ...] = ()) -> NewPost:
    media = (NewMedia(kind="image", url="https://far.example/cat.png", media_type="image/png"),)
    return NewPost(
        author_id=author_id,
        visibility="public",
        content="<p>secret words</p>",
        created_at=Clock().now() - timedelta(minutes=1),
        uri=uri,
        mentions=mentions,
        media=media,
    )


async def test_a_rejection_is_told_once_with_reason_and_address_and_without_text(app: App) -> None:
    await block(app, "far.example")
    record = recorded(app)
    author = await person(app, "far", "far.example")
    assert await publishing.store(app, note(author)) is None
    assert record.events == [
        PolicyApplied(
            "domains", "reject", "the domain far.example is blocked", "post", author, "https://far.example/posts/1"
        )
    ]


async def test_changes_of_several_policies_add_up_and_each_is_told(app: App) -> None:
    await block(app, "far.example", "silence", reject_media=True)
    configure(app, "moderation", max_mentions=1, mention_flood="limit")
    author = await person(app, "far", "far.example")
    await change(app, author, sensitized_at=app.now())
    record = recorded(app)
    subject = Subject("post", author, "far.example", mentions=2, has_media=True, uri="https://far.example/posts/1")
    verdict = await pipeline.check(app, subject)
    assert (verdict.outcome, verdict.changes) == ("change", {"media": (), "mentions": (), "sensitive": True})
    assert verdict.policy == "domains, mentions, senders"
    told = [event for event in record.events if isinstance(event, PolicyApplied)]
    assert [(event.policy, event.outcome) for event in told] == [
        ("domains", "change"),
        ("mentions", "change"),
        ("senders", "change"),
    ]


async def test_after_a_rejection_no_other_policy_is_asked_or_told(app: App) -> None:
    await block(app, "far.example")
    configure(app, "moderation", max_mentions=1)
    record = recorded(app)
    author = await person(app, "far", "far.example")
    verdict = await pipeline.check(app, Subject("post", author, "far.example", mentions=50, has_media=True))
    assert (verdict.outcome, verdict.policy) == ("reject", "domains")
    assert record.names() == ["PolicyApplied"]


async def test_a_stored_post_has_lost_the_media_of_its_domain_and_is_still_there(app: App) -> None:
    await block(app, "far.example", "noop", reject_media=True)
    author = await person(app, "far", "far.example")
    post_id = await publishing.store(app, note(author))
    row = await app.db.row("SELECT media_count FROM posts WHERE id = ?", post_id)
    assert row is not None
    assert row["media_count"] == 0
    assert not await app.db.rows("SELECT id FROM media")


async def test_a_limited_flood_is_stored_and_nobody_is_mentioned(app: App) -> None:
    configure(app, "moderation", max_mentions=1, mention_flood="limit")
    author = await person(app, "far", "far.example")
    people = [await person(app, name) for name in ("alice", "bob")]
    mentions = tuple(Mention(one, str(one), str(one), "https://x.example") for one in people)
    post_id = await publishing.store(app, note(author, mentions=mentions))
    assert post_id is not None
    assert not await app.db.rows("SELECT account_id FROM post_mentions")
    assert not await app.db.rows("SELECT id FROM notifications")


async def test_an_accepted_post_of_this_server_costs_no_query_and_tells_nothing(app: App) -> None:
    author = await person(app, "alice")
    await pipeline.check(app, Subject("post", author, "far.example"))  # reads the list of domains
    record = recorded(app)
    before = app.db.statements
    for domain in ("", "far.example"):
        verdict = await pipeline.check(app, Subject("post", author, domain, text="<p>Hello</p>", mentions=3))
        assert verdict.outcome == "accept"
    assert app.db.statements == before
    assert record.events == []
