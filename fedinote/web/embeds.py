"""A public post in a frame on somebody else's website: no scripts, no cookies, nothing to click but links out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.web import browser, posts
from fedinote.web.client.items import items
from fedinote.web.pages import app_of, page, render
from fedinote.web.profiles import PUBLIC_HEADERS

# All pages but this one refuse to be framed. Everything else is stricter than elsewhere: it needs no scripts.
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors *"
)


async def embed(request: Request) -> Response:
    """GET /@{name}/{id}/embed: a public or unlisted post of ours; the same 404 for all others.

    Whoever frames it shows it to their visitors: it is the same for members and for everybody else.
    """
    app = app_of(request)
    found = await posts.public(app, request)
    answer = render(
        app,
        "notes/embed.html",
        headers={**PUBLIC_HEADERS, "Content-Security-Policy": _CSP},
        words=browser.words_of(request),
        post=found,
        item=(await items(app, [found.id], None, context="thread"))[0],
        address=app.url(found.link),
    )
    del answer.headers["X-Frame-Options"]
    return answer


ROUTES = (Route("/@{name}/{post_id}/embed", page(embed), methods=["GET"]),)
