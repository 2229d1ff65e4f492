"""Telling somebody what the staff decided about their account or posts, and why.

https://docs.joinmastodon.org/entities/AccountWarning/
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.events import AccountWarned, AppealAnswered
from fedinote.infra.app import App
from fedinote.notifications.telling import News, tell
from fedinote.text import language

KIND = "moderation_warning"
_TITLES = {
    "en": "You have received a moderation warning",
    "zh-Hans": "你收到了管理员的警告",
    "zh-Hant": "你收到了管理員的警告",
    "es": "Los moderadores te han enviado una advertencia",
    "ja": "モデレーターからの警告が届きました",
}
_BINDING = {
    "en": "Translated by a program. What binds is the original:",
    "zh-Hans": "以上由程序翻译，以原文为准：",
    "zh-Hant": "以上由程式翻譯，以原文為準：",
    "es": "Traducido por un programa. Lo que vale es el original:",
    "ja": "上はプログラムによる翻訳です。効力を持つのは次の原文です：",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """A decision as its subject is told. Times are epoch milliseconds.

    `translated` is the text in the language `translated_to`, "" where it was not translated.
    """

    id: int
    account_id: int
    action: str
    text: str
    post_ids: tuple[int, ...]
    created_at: int
    language: str | None = None
    translated: str = ""
    translated_to: str | None = None


async def on_account_warned(app: App, event: AccountWarned) -> None:
    """Keep what was decided, and tell the account (`moderation_warning`): the notification's subject is its id.

    A warning has the id of the statement of reasons behind it.
    """
    warning_id = event.statement_id
    await app.db.execute(
        "INSERT INTO account_warnings (id, account_id, action, text, post_ids, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        warning_id,
        event.account_id,
        event.action,
        event.text,
        msgspec.json.encode(list(event.post_ids)).decode(),
        app.now(),
    )
    await tell(app, News(KIND, event.account_id, subject=str(warning_id)), [event.account_id])


async def on_appeal_answered(app: App, event: AppealAnswered) -> None:
    """Tell the member again, at the top: the warning stands with its appeal, which was answered or decided."""
    subject = str(event.statement_id)
    await app.db.execute(
        "DELETE FROM notifications WHERE account_id = ? AND kind = ? AND subject = ?", event.account_id, KIND, subject
    )
    if event.statement_id in await by_id(app, [event.statement_id]):
        await tell(app, News(KIND, event.account_id, subject=subject), [event.account_id])


async def by_id(app: App, ids: Sequence[int]) -> dict[int, Warned]:
    """Return warnings by id; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(
        "SELECT w.id, w.account_id, w.action, w.text, w.post_ids, w.created_at, s.language, s.translated,"
        " s.translated_to FROM account_warnings w LEFT JOIN statements s ON s.id = w.id WHERE w.id IN_INTS(?)",
        list(ids),
    )
    return {
        row["id"]: Warned(
            row["id"],
            row["account_id"],
            row["action"],
            row["text"],
            tuple(msgspec.json.decode(row["post_ids"])),
            row["created_at"],
            row["language"],
            row["translated"] or "",
            row["translated_to"],
        )
        for row in rows
    }


def title(locale: str | None) -> str:
    """Return what a push message about a decision is called, in somebody's language; English for others."""
    return _TITLES[_offered(locale)]


def told(one: Warned) -> str:
    """Return the reasons for apps that show one text: the translation, that the original binds, and the original."""
    if not one.translated:
        return one.text
    return f"{one.translated}\n\n{_BINDING[_offered(one.translated_to)]}\n{one.text}"


def _offered(tag: str | None) -> str:
    return language.match(tag, tuple(_TITLES)) or "en" if tag else "en"
