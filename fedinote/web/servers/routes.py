"""The table of the pages about other servers, each through the guard."""

from fedinote.web.servers import allowed, blocks, imports, lists

ROUTES = (*imports.ROUTES, *blocks.ROUTES, *allowed.ROUTES, *lists.ROUTES)
