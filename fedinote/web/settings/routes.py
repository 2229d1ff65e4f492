"""The table of the settings' pages."""

from fedinote.web.settings import (
    filters,
    interface,
    invitations,
    notices,
    overview,
    people,
    privacy,
    profile,
    security,
    sessions,
    severed,
    translation,
    writing,
)

ROUTES = (
    *overview.ROUTES,
    *profile.ROUTES,
    *interface.ROUTES,
    *translation.ROUTES,
    *writing.ROUTES,
    *privacy.ROUTES,
    *notices.ROUTES,
    *filters.ROUTES,
    *people.ROUTES,
    *severed.ROUTES,
    *invitations.ROUTES,
    *security.ROUTES,
    *sessions.ROUTES,
)
