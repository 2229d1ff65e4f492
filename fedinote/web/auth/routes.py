"""The table of the pages for getting in and out."""

from fedinote.web.auth import confirming, consent, locked, passwords, signing_in, signing_up

ROUTES = (
    *signing_in.ROUTES,
    *signing_up.ROUTES,
    *confirming.ROUTES,
    *locked.ROUTES,
    *passwords.ROUTES,
    *consent.ROUTES,
)
