"""The end of an account, here or elsewhere. What it made goes afterwards, in a job of `posts.purging`."""

from fedinote.events import AccountDeleted
from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import Forbidden, NotFound

# The row stays, so that nobody ever takes the name or the id; nothing that the person wrote stays in it.
_EMPTY = """
UPDATE accounts SET deleted_at = ?, suspended_at = COALESCE(suspended_at, ?), display_name = '', note = '',
  note_source = '', fields = '[]', emojis = '[]', also_known_as = '[]', avatar_remote = '', header_remote = '',
  avatar_description = '', header_description = '', attribution_domains = NULL,
  moved_to_uri = NULL, followers_count = 0, following_count = 0, discoverable = FALSE, indexable = FALSE
WHERE id = ? AND deleted_at IS NULL RETURNING uri, domain
"""


async def delete(app: App, account_id: int) -> bool:
    """Delete an account for good; False when it is gone already. Emits AccountDeleted.

    From this moment nobody sees it or what it wrote: its relations end, a local one's sessions and tokens too, and a
    remote one's keys are forgotten. A local one keeps its key, with which others verify the Delete that they get.
    Raises `NotFound`, `Forbidden` for the server's own actor and `Conflict` for the last owner.
    """
    async with app.db.transaction():
        row = await app.db.row(
            f"SELECT actor_type, domain, deleted_at FROM accounts WHERE id = ?{app.db.lock}",  # noqa: S608
            account_id,
        )
        if row is None:
            raise NotFound
        if row["domain"] == "" and row["actor_type"] == "Application":
            raise Forbidden("The server's own actor cannot be deleted")
        gone = await app.db.returning(_EMPTY, app.now(), app.now(), account_id)
        if not gone:
            return False
        uri, local = gone[0]["uri"], gone[0]["domain"] == ""
        await app.db.write(
            *_parted(account_id),
            *([] if local else _keys(account_id)),
            ("INSERT INTO tombstones (uri, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (uri, app.now())),
        )
        await app.emit(AccountDeleted(account_id, local, uri))
    return True


def _keys(account_id: int) -> list[Query]:
    return [
        (f"DELETE FROM {table} WHERE account_id = ?", (account_id,))  # noqa: S608  two fixed names
        for table in ("account_keys", "assertion_keys")
    ]


def _parted(account_id: int) -> list[Query]:
    """Give the statements that end all follows, and count them out on the other sides."""
    return [
        (
            "UPDATE accounts SET followers_count = followers_count - 1 WHERE followers_count > 0 AND id IN"
            " (SELECT target_id FROM follows WHERE follower_id = ? AND accepted)",
            (account_id,),
        ),
        (
            "UPDATE accounts SET following_count = following_count - 1 WHERE following_count > 0 AND id IN"
            " (SELECT follower_id FROM follows WHERE target_id = ? AND accepted)",
            (account_id,),
        ),
        ("DELETE FROM follows WHERE follower_id = ? OR target_id = ?", (account_id, account_id)),
    ]
