"""The table of the pages that anybody can see first. `FEEDS` go before ActivityPub, see `feeds`."""

from fedinote.web.explore import about, engines, exploring, feeds, front, hashtags

FEEDS = feeds.ROUTES
ROUTES = (
    *front.ROUTES,
    *exploring.ROUTES,
    *about.ROUTES,
    *engines.ROUTES,
    *hashtags.ROUTES,
)
