"""The table of the pages about one's own data."""

from fedinote.web.data import exporting, importing, leaving, migrating

ROUTES = (*exporting.ROUTES, *importing.ROUTES, *migrating.ROUTES, *leaving.ROUTES)
