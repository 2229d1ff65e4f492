"""The table of pages for writing, and for the app that can be installed."""

from fedinote.web.compose import files, helping, installing, planned, pushes, writing

ROUTES = (
    *writing.ROUTES,
    *files.ROUTES,
    *helping.ROUTES,
    *planned.ROUTES,
    *pushes.ROUTES,
    *installing.ROUTES,
)
