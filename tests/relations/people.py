"""People and posts for tests, written straight into the tables; and a record of the events that verbs emit."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from fedinote.accounts.models import Account
from fedinote.infra.app import App
from fedinote.posts.models import Post, PostMention


async def person(app: App, name: str, domain: str = "", **values: Any) -> int:
    """Make an account, here or (with a domain) elsewhere; return its id."""
    uri = app.url(f"/users/{name}") if not domain else f"https://{domain}/users/{name}"
    made = await Account.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        username=name,
        username_key=name.lower(),
        domain=domain,
        uri=uri,
        created_at=app.now(),
        **values,
    )
    return made.id


async def change(app: App, account_id: int, **values: Any) -> None:
    """Change an account's row."""
    await Account.filter(id=account_id).using_db(app.db.orm).update(**values)


async def post(app: App, author_id: int, content: str, *mentioned: int, **values: Any) -> int:
    """Store a post by a local author; return its id. `mentioned` are accounts that it is addressed to."""
    post_id = values.pop("id", None) or app.ids.next()
    values.setdefault("conversation_id", post_id)
    await Post.create(
        using_db=app.db.orm,
        **{
            "id": post_id,
            "account_id": author_id,
            "uri": app.url(f"/posts/{post_id}"),
            "local": True,
            "visibility": "public",
            "content": content,
            "created_at": app.now(),
            **values,
        },
    )
    for account_id in mentioned:
        await PostMention.create(using_db=app.db.orm, post_id=post_id, account_id=account_id)
    return post_id


class Record:
    """Stands where the reactions are: keeps what is emitted, and may pass it on."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.then: dict[type, Callable[[App, Any], Awaitable[None]]] = {}

    def get(self, kind: type, default: object = ()) -> list[Callable[[App, Any], Awaitable[None]]]:
        """Answer as the table of reactions does."""
        return [self._keep, *([self.then[kind]] if kind in self.then else [])]

    async def _keep(self, app: App, event: object) -> None:
        assert app.db.in_transaction
        self.events.append(event)

    def names(self) -> list[str]:
        """Return the kinds of the events so far, and forget them."""
        names = [type(event).__name__ for event in self.events]
        self.events.clear()
        return names


def recorded(app: App) -> Record:
    """Put a record in the place of the app's reactions."""
    record = Record()
    app.reactions = cast("Any", record)  # of the table only `get` is used
    return record


async def counts(app: App, account_id: int) -> tuple[int, int]:
    """Return (followers, following) of an account as counted in its row."""
    row = await app.db.row("SELECT followers_count, following_count FROM accounts WHERE id = ?", account_id)
    assert row is not None
    return row["followers_count"], row["following_count"]
