"""Making topics of the starter list: at set-up, or whenever somebody who may edit topics wants more of them."""

from collections.abc import Iterable

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.house import topics as keeping
from fedinote.timelines import starters, topics
from fedinote.timelines.topics import Topic


async def apply(app: App, by: int | None, slugs: Iterable[str]) -> list[Topic]:
    """Make the starter topics of these slugs and return them; those that are here already stay as they are.

    `by` is the moderator, None at the command line. A hashtag that belongs to another topic already stays there; where
    none is left, no topic is made. Repeating it changes nothing. Raises Invalid for a slug that is not on the list.
    """
    known = {one.slug: one for one in starters.everything(app)}
    wanted = list(dict.fromkeys(slugs))
    for slug in wanted:
        if slug not in known:
            raise Invalid(f"Validation failed: There is no starter topic called {slug[:64]}")
    made = []
    async with app.db.transaction():
        here = {one.slug: one for one in await topics.everything(app)}
        taken = {tag.name for one in here.values() for tag in one.tags}
        for slug in wanted:
            free = [name for name in known[slug].hashtags if name.lower() not in taken]
            if slug not in here and free:
                found = await keeping.create(app, by, slug, free, titles=known[slug].titles)
                taken |= {tag.name for tag in found.tags}
                made.append(found)
    return made
