"""The table of pages, from the modules that answer them. Files below /static are served by `files`."""

from fedinote.web import auth, front, sign_up

ROUTES = (
    *front.ROUTES,
    *auth.ROUTES,
    *sign_up.ROUTES,
)
