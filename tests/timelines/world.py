"""People and posts for the tests of timelines, notifications and streams: real verbs on a real database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fedinote.infra.app import App
from fedinote.posts import interactions, publishing
from fedinote.posts.drafts import Draft, Mention, NewPost
from fedinote.relations import follows
from fedinote.timelines import lists


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
            "inbox_url": f"{base}/users/{name}/inbox",
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
    urls = ("shared_inbox_url", "outbox_url", "followers_url", "following_url", "featured_url", "featured_tags_url")
    flags = ("locked", "discoverable", "indexable", "hide_collections", "memorial", "suspended_by_origin")
    counts = ("followers_count", "following_count", "statuses_count")
    lists_ = ("fields", "emojis", "also_known_as")
    return {
        "actor_type": "Person",
        **dict.fromkeys(texts + urls, ""),
        **dict.fromkeys(flags, False),
        **dict.fromkeys(counts, 0),
        **dict.fromkeys(lists_, "[]"),
    }
