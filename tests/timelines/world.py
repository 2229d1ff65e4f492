"""People and posts for the tests of timelines, notifications and streams: real verbs on a real database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedinote import events
from fedinote.infra import migrations
from fedinote.infra.app import App, Reaction
from fedinote.infra.clock import Clock
from fedinote.infra.db import Database
from fedinote.infra.ids import Ids
from fedinote.infra.orm import init_models
from fedinote.infra.outbound import Outbound
from fedinote.infra.postgresql import PostgresDatabase
from fedinote.infra.pubsub import Bus
from fedinote.infra.ratelimit import Limiter
from fedinote.infra.settings import Settings
from fedinote.infra.sqlite import SqliteDatabase
from fedinote.infra.storage import LocalStorage
from fedinote.notifications import reactions as notifications
from fedinote.posts import interactions, publishing
from fedinote.posts.drafts import Draft, Mention, NewPost
from fedinote.relations import follows
from fedinote.timelines import conversations, fanout, lists, live

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    events.PostPublished: (
        fanout.on_post_published,
        live.on_post_published,
        conversations.on_post_published,
        notifications.on_post_published,
    ),
    events.PostEdited: (live.on_post_edited, notifications.on_post_edited),
    events.PostDeleted: (live.on_post_deleted, notifications.on_post_deleted),
    events.Boosted: (fanout.on_boosted, live.on_boosted, notifications.on_boosted),
    events.Favourited: (notifications.on_favourited,),
    events.Unfavourited: (notifications.on_unfavourited,),
    events.FollowRequested: (notifications.on_follow_requested,),
    events.FollowAccepted: (notifications.on_follow_accepted, fanout.on_follow_accepted),
    events.FollowRejected: (notifications.on_unfollowed, fanout.on_unfollowed, lists.on_unfollowed),
    events.Unfollowed: (notifications.on_unfollowed, fanout.on_unfollowed, lists.on_unfollowed),
    events.PollClosed: (notifications.on_poll_closed,),
    events.ReportFiled: (notifications.on_report_filed,),
    events.AccountJoined: (notifications.on_account_joined,),
}


MODELS = tuple(f"fedinote.{n}.models" for n in "infra accounts auth relations media posts timelines notifications translation policy moderation federation".split())


def database(url: str, folder: Path) -> Database:
    """Give the engine for a PostgreSQL address, or for a SQLite file in the folder when it is empty."""
    return PostgresDatabase(url) if url else SqliteDatabase(folder / "db.sqlite")


async def build(db: Database, folder: Path, settings: Settings | None = None) -> App:
    """Open a database, make its tables and put an App around it."""
    await init_models(db.dialect, MODELS)
    await db.open()
    await migrations.migrate(db)
    clock = Clock()
    return App(
        settings=settings or Settings(),
        clock=clock,
        ids=Ids(clock),
        db=db,
        outbound=Outbound(user_agent="FediNote-test"),
        storage=LocalStorage(folder / "media"),
        bus=Bus(),
        limiter=Limiter(clock.now),
        reactions=REACTIONS,
    )


@dataclass
class World:
    """One instance with people in it, who are named by their handles."""

    app: App

    async def person(self, handle: str, **columns: Any) -> int:
        """Make an account, local (`ann`) or remote (`bob@far.example`); give its id."""
        name, _, domain = handle.partition("@")
        base = f"https://{domain}" if domain else self.app.settings.base
        values: dict[str, Any] = {
            "id": self.app.ids.next(),
            "username": name,
            "username_key": name,
            "domain": domain,
            "uri": f"{base}/users/{name}",
            "created_at": self.app.now(),
        }
        await self._insert("accounts", {**_account_defaults(), **values, **columns})
        return values["id"]

    async def _insert(self, table: str, values: Mapping[str, Any]) -> None:
        marks = ", ".join("?" for _ in values)
        await self.app.db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())

    async def follow(self, follower: int, target: int, **options: Any) -> None:
        """Let one follow the other, accepted at once."""
        await follows.request(self.app, follower, target, **options)
        await follows.accept(self.app, follower, target)

    async def block(self, account: int, target: int) -> None:
        """Store a block alone, without what the verb tidies up."""
        values = {"id": self.app.ids.next(), "account_id": account, "target_id": target, "created_at": self.app.now()}
        await self._insert("blocks", {**values, "uri": f"urn:block:{values['id']}"})

    async def mute(self, account: int, target: int, *, notifications: bool = True, until: Any = None) -> None:
        """Let one mute the other."""
        values = {"id": self.app.ids.next(), "account_id": account, "target_id": target, "created_at": self.app.now()}
        await self._insert("mutes", {**values, "hide_notifications": notifications, "expires_at": until})

    async def post(self, author: int, text: str = "hello", **options: Any) -> int:
        """Publish a local post through the verb."""
        return await publishing.publish(self.app, author, Draft(text, **options))

    async def arrives(self, author: int, **options: Any) -> int:
        """Store a remote post through the verb; give its id."""
        mentions = tuple(Mention(one, "x", "x", "https://x.example/") for one in options.pop("mentions", ()))
        values: dict[str, Any] = {
            "visibility": "public",
            "content": "<p>hello</p>",
            "created_at": self.app.now(),
            "uri": f"https://far.example/posts/{self.app.ids.next()}",
        }
        post_id = await publishing.store(
            self.app, NewPost(author_id=author, mentions=mentions, **{**values, **options})
        )
        assert post_id is not None
        return post_id

    async def boost(self, account: int, post_id: int, **options: Any) -> int:
        """Boost a post through the verb."""
        return await interactions.boost(self.app, account, post_id, **options)

    async def list_of(self, owner: int, *members: int, replies: str = "list", exclusive: bool = False) -> int:
        """Make a list with members."""
        made = await lists.create(self.app, owner, "list", replies_policy=replies, exclusive=exclusive)
        await lists.add(self.app, owner, made.id, members)
        return made.id


def _account_defaults() -> dict[str, Any]:
    texts = ("display_name", "note", "note_source", "avatar", "avatar_remote", "header", "header_remote")
    urls = ("inbox_url", "shared_inbox_url", "outbox_url", "followers_url", "following_url", "featured_url")
    flags = ("locked", "discoverable", "indexable", "hide_collections", "memorial")
    counts = ("followers_count", "following_count", "statuses_count")
    lists_ = ("fields", "emojis", "also_known_as")
    return {
        "actor_type": "Person",
        **dict.fromkeys(texts + urls, ""),
        **dict.fromkeys(flags, False),
        **dict.fromkeys(counts, 0),
        **dict.fromkeys(lists_, "[]"),
    }
