"""The table of the pages of those who run the server. Each route is made by `guard.get` or `guard.post`."""

from starlette.routing import Route

ROUTES: tuple[Route, ...] = ()
