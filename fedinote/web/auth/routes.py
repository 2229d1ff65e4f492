"""The table of the pages for getting in and out."""

from fedinote.web.auth import confirming, consent, passwords, signing_in, signing_up

ROUTES = (
    *signing_in.ROUTES,
    *signing_up.ROUTES,
    *confirming.ROUTES,
    *passwords.ROUTES,
    *consent.ROUTES,
)
