"""Push subscriptions, and what a push message says. https://docs.joinmastodon.org/entities/WebPushSubscription/"""

from dataclasses import dataclass
from typing import Any

from fedinote.api.entities import reactions
from fedinote.api.entities.accounts import accounts
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.keys import VAPID_PUBLIC
from fedinote.notifications.queries import Notice
from fedinote.notifications.subscriptions import Subscription
from fedinote.text.html import to_text
from fedinote.translation import marks
from fedinote.translation.preferences import Mode

MAX_TEXT = 140
"""How many characters of a post are sent, as in Mastodon; the message is encrypted for the client alone."""
_MAX_NAME = 100
_TITLES = {
    "mention": "{name} mentioned you",
    "status": "{name} just posted",
    "reblog": "{name} boosted your post",
    "follow": "{name} is now following you",
    "follow_request": "{name} asks to follow you",
    "favourite": "{name} favourited your post",
    "poll": "A poll by {name} has ended",
    "update": "{name} edited a post",
    "quote": "{name} quoted your post",
    "quoted_update": "{name} edited a post that you quoted",
    "reaction": "{name} reacted to your post",
    "translation_suggestion": "{name} suggests a translation of your post",
    "answer_refused": "{name} did not agree to your answer",
    "severed_relationships": "Some of your follow relationships ended",
    "moderation_warning": "You have received a moderation warning",
    "admin.sign_up": "{name} signed up",
    "admin.report": "{name} filed a report",
}
_WITHOUT_TEXT = ("severed_relationships", "moderation_warning", "admin.report")


def subscription(app: App, one: Subscription) -> dict[str, Any]:
    """Return a WebPushSubscription; its id is a number, as in Mastodon."""
    return {
        "id": one.id,
        "endpoint": one.target.endpoint,
        "standard": one.target.standard,
        "alerts": dict(one.alerts),
        "policy": one.policy,
        "server_key": app.secrets[VAPID_PUBLIC],
    }


@dataclass(frozen=True, slots=True)
class Translated:
    """What is kept of a post in the language of whom the message is for, and how that person reads it."""

    made: Row
    mode: Mode


async def payload(app: App, notice: Notice, post: Row | None, translated: Translated | None = None) -> dict[str, Any]:
    """Return what a message tells of a notification, but for the token and the language; empty for a lost account.

    `post` is the row of its post, with content and spoiler_text; what is `translated` says so, and by whom. The id is
    a number, as in Mastodon.
    """
    found = await accounts(app, [notice.from_account_id])
    if not found:
        return {}
    person = found[0]
    if post is not None:
        text = _said(post) if translated is None else _translation(_said(post), translated)
    else:
        text = "" if notice.kind in _WITHOUT_TEXT else to_text(person["note"])
    name = _shortened(person["display_name"] or person["username"], _MAX_NAME)
    return {
        "notification_id": notice.id,
        "notification_type": reactions.as_asked({"type": notice.kind}, ())["type"],
        "icon": person["avatar_static"],
        "title": _TITLES[notice.kind].format(name=name),
        "body": _shortened(text, MAX_TEXT),
    }


def _said(post: Row) -> str:
    return post["spoiler_text"] or to_text(post["content"])


def _translation(original: str, translated: Translated) -> str:
    """Return the translation with who made it, after the beginning of the original where that is read as well."""
    made = translated.made
    mark = marks.plain(target=made["target"], source=made["source"], engine=made["engine"], kind=made["kind"])
    end = f" ({_shortened(mark, _MAX_NAME)})"
    text = _said(made)
    if translated.mode is Mode.APPEND:
        text = f"{_shortened(original, (MAX_TEXT - len(end)) // 2 - 1)}\n{text}"
    return _shortened(text, MAX_TEXT - len(end)) + end


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
