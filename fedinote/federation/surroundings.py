"""What a post's own server says round about it: how it is liked and answered there, its conversation, its group."""

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import actors, fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError

MOST = 1_000_000_000
"""What a server may claim to have counted; more is no count."""


def group_of(app: App, post: vocab.Post) -> str | None:
    """Return the id of the group that a post was made in (FEP-1b12: `audience`); None when it names none."""
    named = (uri for uri in post.audience if not is_public(uri) and not fetching.is_ours(app, uri))
    return next((uri for uri in named if vocab.web_uri(uri)), None)


async def meet_group(app: App, post: vocab.Post, budget: Budget) -> None:
    """Make the group of a post known here, so that answers to the post can be sent to it; failing does no harm."""
    uri = group_of(app, post)
    if uri is None or uri in post.authors:
        return
    try:
        await actors.resolve(app, uri, budget)
    except FediNoteError:
        return


async def keep(app: App, post_id: int, post: vocab.Post, *, new: bool = False) -> None:
    """Write down what the origin of a remote post tells; what it does not tell stays as it was.

    Counts are kept as how many more there are than we know of, so that what is known later adds to them. Of a `new`
    post those of zero need not be written.
    """
    texts = {"context_uri": conversation_of(post), "audience_uri": group_of(app, post)}
    told = {name: value for name, value in texts.items() if value is not None}
    totals = {"favourites": post.likes_count, "reblogs": post.shares_count, "replies": post.replies_count}
    least = 1 if new else 0
    counts = {name: total for name, total in totals.items() if total is not None and least <= total <= MOST}
    if not told and not counts:
        return
    changes = [*(f"{name} = ?" for name in told), *(_more(name) for name in counts)]
    await app.db.execute(
        f"UPDATE posts SET {', '.join(changes)} WHERE id = ? AND local = FALSE",  # noqa: S608  fixed names
        *told.values(),
        *(total for total in counts.values() for _ in range(2)),
        post_id,
    )


def _more(name: str) -> str:
    """Return the assignment that keeps how many more there are than the total (twice a parameter); NULL for none."""
    total = "CAST(? AS BIGINT)"
    return f"{name}_elsewhere = CASE WHEN {total} > {name}_count THEN {total} - {name}_count END"


def conversation_of(post: vocab.Post) -> str | None:
    """Return the id of the collection of a post's conversation (FEP-7888), where it may be one; else None.

    Only on the origin of the post itself: who began a conversation owns it. What an answer says of a collection
    elsewhere is nobody's word; our own answers would repeat it, and send all who read them there.
    """
    context = vocab.web_uri(post.context)
    if context is None or len(context) > 2048:
        return None
    return context if same_origin(context, post.id) else None
