"""What follows within posts: a poll that ends gets its closing job."""

from fedinote.events import PostEdited, PostPublished
from fedinote.infra.app import App
from fedinote.posts import polls


async def on_post_published(app: App, event: PostPublished) -> None:
    """Plan the end of the post's poll, if it has one."""
    await polls.plan_close(app, event.post_id)


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Plan the end of a new poll; one that is planned already stays."""
    await polls.plan_close(app, event.post_id)
