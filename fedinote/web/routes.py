"""The table of pages, from the modules that answer them. Files below /static are served by `files`."""

from fedinote.web import (
    about,
    auth,
    demo,
    embeds,
    front,
    interaction,
    posts,
    profiles,
    sign_up,
    tags,
    texts,
    traces,
    translation,
)

ROUTES = (
    *front.ROUTES,
    *about.ROUTES,
    *auth.ROUTES,
    *demo.ROUTES,
    *sign_up.ROUTES,
    *interaction.ROUTES,
    *tags.ROUTES,
    *texts.ROUTES,
    *traces.ROUTES,
    *profiles.ROUTES,
    *posts.ROUTES,
    *embeds.ROUTES,
    *translation.ROUTES,
)
