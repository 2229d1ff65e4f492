"""The routes of the account of moderation."""

from starlette.routing import Route

from fedinote.web.pages import page
from fedinote.web.transparency import account

ROUTES = (Route("/about/moderation", page(account.show), methods=["GET"]),)
