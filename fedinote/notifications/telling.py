"""Writing notifications. One statement decides who is told, by what they may see and want, and writes it.

A notification is made only for people who live here, and only when they may see the post; never for what they did
themselves, nor across a block, a mute that hides notifications, a muted conversation or a suspension. Then the
person's policy judges it: what it filters goes to the requests, and neither streams nor push messages tell it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.infra.app import App
from fedinote.notifications import policy, requests, subscriptions
from fedinote.policy import domains
from fedinote.posts import visibility

FROM_ONESELF = ("poll", "severed_relationships", "moderation_warning")
"""The kinds that have the recipient itself as sender (a poll: its author's own)."""
# Two lists side by side: the new notifications' ids, and the people they are for.
_PEOPLE = {
    "sqlite": "(SELECT i.value AS id, c.value AS account_id FROM json_each(?) i JOIN json_each(?) c ON c.key = i.key)",
    "postgresql": "unnest(?::bigint[], ?::bigint[])",
}
_VISIBLE = visibility.condition("p", 0)[0].replace("?", "a.id")
# What a person's own relations keep away; moderators get reports from anybody.
_WELCOME = f"""
  NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = s.id AND b.target_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = a.id AND m.target_id = s.id AND m.hide_notifications
    AND (m.expires_at IS NULL OR m.expires_at > ?))
  AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = a.id AND d.domain = s.domain)
  AND (p.id IS NULL OR ({_VISIBLE} AND NOT EXISTS (
    SELECT 1 FROM conversation_mutes cm WHERE cm.account_id = a.id AND cm.conversation_id = p.conversation_id)))
"""  # noqa: S608
_TELL = """
INSERT INTO notifications (id, account_id, kind, from_account_id, post_id, subject, created_at, filtered)
SELECT t.id, t.account_id, t.kind, t.sender_id, t.post_id, t.subject, t.created_at, t.verdict = 1 FROM (
SELECT n.id AS id, a.id AS account_id, CAST(? AS TEXT) AS kind, s.id AS sender_id, p.id AS post_id,
  CAST(? AS TEXT) AS subject, CAST(? AS BIGINT) AS created_at, {verdict} AS verdict
FROM {people} AS n {columns} JOIN accounts a ON a.id = n.account_id AND a.domain = ''
  JOIN accounts s ON s.id = ? LEFT JOIN posts p ON p.id = ? {policy}
WHERE a.suspended_at IS NULL AND a.deleted_at IS NULL AND s.suspended_at IS NULL AND (s.id <> a.id OR {itself})
  AND {welcome}) t
WHERE t.verdict < 2
ON CONFLICT DO NOTHING RETURNING id, account_id, filtered,
  EXISTS (SELECT 1 FROM push_subscriptions u WHERE u.account_id = notifications.account_id) AS pushed
"""


@dataclass(frozen=True, slots=True)
class News:
    """What to tell: `kind` (Mastodon's type), who did it, and the post that it is about.

    `subject` tells apart what may happen between the same two people more than once: the post's id by default.
    """

    kind: str
    from_id: int
    post_id: int | None = None
    subject: str = ""


async def tell(app: App, news: News, people: Sequence[int]) -> None:
    """Tell those of `people` who should know and were not told yet; and their clients, once it is committed."""
    if not people or await _cut_off(app, news.from_id):
        return
    administrative = news.kind.startswith("admin.")
    judged, judging = policy.verdict(app, news.kind)
    sql = _TELL.format(
        people=_PEOPLE[app.db.dialect],
        columns="(id, account_id)" if app.db.dialect == "postgresql" else "",
        itself="TRUE" if news.kind in FROM_ONESELF else "FALSE",
        welcome="TRUE" if administrative else _WELCOME,
        verdict=judged,
        policy=policy.JOIN if judging else "",
    )
    ids = [app.ids.next() for _ in people]
    subject = news.subject or (str(news.post_id) if news.post_id else "")
    params = [news.kind, subject, app.now(), *judging, ids, list(people), news.from_id, news.post_id]
    if not administrative:
        params.append(app.now())
    rows = await app.db.returning(sql, *params)
    if news.kind in requests.KINDS and (kept := [row["account_id"] for row in rows if row["filtered"]]):
        await requests.note(app, news.from_id, kept)
    told = [row for row in rows if not row["filtered"]]
    stream(app, [(row["account_id"], row["id"]) for row in told])
    await subscriptions.queue(app, news.kind, [(row["account_id"], row["id"]) for row in told if row["pushed"]])


async def _cut_off(app: App, account_id: int) -> bool:
    """Tell whether the sender's domain is suspended; the list is in memory when there is one."""
    domain = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", account_id)
    return bool(domain) and await domains.suspended(app, domain)


def stream(app: App, told: Sequence[tuple[int, int]]) -> None:
    """Publish new notifications, pairs (account, notification), on the channel `user:<account>` after the commit."""

    def send() -> None:
        for account_id, notification_id in told:
            app.bus.publish(f"user:{account_id}", msgspec.json.encode(["notification", notification_id]))

    if told:
        app.db.after_commit(send)
