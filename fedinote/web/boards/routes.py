"""The table of the pages of boards."""

from fedinote.web.boards import adding, keeping, looking

ROUTES = (*adding.ROUTES, *keeping.ROUTES, *looking.ROUTES)
