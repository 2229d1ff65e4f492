"""The pages of the client. Those of people and posts elsewhere come before `/@{name}`, which would take them."""

from fedinote.web.client import (
    accounts,
    announced,
    conversations,
    lists,
    live,
    notifications,
    people,
    posts,
    reports,
    search,
    tags,
    timelines,
)

ROUTES = (
    *timelines.ROUTES,
    *announced.ROUTES,
    *lists.ROUTES,
    *tags.ROUTES,
    *notifications.ROUTES,
    *conversations.ROUTES,
    *search.ROUTES,
    *people.ROUTES,
    *posts.ROUTES,
    *accounts.ROUTES,
    *reports.ROUTES,
    *live.ROUTES,
)
