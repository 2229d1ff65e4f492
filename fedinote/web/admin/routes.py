"""The table of the pages of those who run the server. Each route is made by `guard.get` or `guard.post`.

A page is in the navigation (templates/admin/_frame.html) as soon as its route is here, for those who may open it.
"""

from fedinote.web import traces
from fedinote.web.admin import (
    accounts,
    announcements,
    dashboard,
    doctor,
    emoji,
    engine,
    engines,
    glossary,
    hosts,
    invitations,
    media,
    queues,
    relays,
    rules,
    settings,
    texts,
    topics,
    welcome,
)
from fedinote.web.desk import routes as desk
from fedinote.web.servers import routes as servers

ROUTES = (
    *welcome.ROUTES,
    *settings.ROUTES,
    *engine.ROUTES,
    *rules.ROUTES,
    *texts.ROUTES,
    *invitations.ROUTES,
    *announcements.ROUTES,
    *emoji.ROUTES,
    *topics.ROUTES,
    *glossary.ROUTES,
    *relays.ROUTES,
    *dashboard.ROUTES,
    *accounts.ROUTES,
    *desk.STAFF,
    *queues.ROUTES,
    *servers.ROUTES,
    *hosts.ROUTES,
    *doctor.ROUTES,
    *engines.ROUTES,
    *traces.ROUTES,
    *media.ROUTES,
)
