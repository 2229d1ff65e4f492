"""The table of pages, from the modules that answer them. Files below /static are served by `files`."""

from fedinote.web import (
    collections,
    contributing,
    demo,
    embeds,
    interaction,
    posts,
    profiles,
    translation,
    videos,
)
from fedinote.web.admin import routes as admin
from fedinote.web.auth import routes as auth
from fedinote.web.boards import routes as boards
from fedinote.web.client import routes as client
from fedinote.web.compose import routes as compose
from fedinote.web.data import routes as data
from fedinote.web.desk import routes as desk
from fedinote.web.explore import routes as explore
from fedinote.web.settings import routes as settings
from fedinote.web.transparency import routes as transparency

ROUTES = (
    *compose.ROUTES,
    *explore.ROUTES,
    *auth.ROUTES,
    *admin.ROUTES,
    *boards.ROUTES,
    *collections.ROUTES,
    *demo.ROUTES,
    *interaction.ROUTES,
    *client.ROUTES,
    *profiles.ROUTES,
    *posts.ROUTES,
    *embeds.ROUTES,
    *translation.ROUTES,
    *videos.ROUTES,
    *data.ROUTES,
    *settings.ROUTES,
    *desk.MEMBERS,
    *transparency.ROUTES,
    *contributing.ROUTES,
)
