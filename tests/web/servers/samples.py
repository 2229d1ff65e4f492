"""Something to look at behind each page about servers: a block, a file, a list."""

from fedinote.infra.app import App
from fedinote.moderation.lists import sources
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.servers import domain_imports, domains
from fedinote.moderation.servers.domains import Terms


async def sample(app: App, path: str) -> int:
    """Make what a page is about, and return its id."""
    if path.startswith("/admin/domains/imports/"):
        return await domain_imports.begin(app, "block", "list.csv", b"bad.example\n", by=None)
    if path.startswith("/admin/lists/"):
        return await sources.add(app, Wanted("csv", "https://lists.example/x.csv", "A list"), by=None)
    made = (await domains.block(app, "far.example", Terms(), by=None)).block
    assert made is not None
    return made.id
