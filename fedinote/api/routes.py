"""The table of the client API: every route, from the modules that answer them."""

from fedinote.api import accounts, instance, media, misc, oauth, polls, search, statuses

ROUTES = (
    *accounts.ROUTES,
    *instance.ROUTES,
    *media.ROUTES,
    *misc.ROUTES,
    *oauth.ROUTES,
    *polls.ROUTES,
    *search.ROUTES,
    *statuses.ROUTES,
)
