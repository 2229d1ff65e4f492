"""The page of a collection of accounts: whom somebody here recommends."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.relations import curation
from fedinote.web import cards
from fedinote.web.pages import NOTHING, app_of, page, render
from fedinote.web.profiles import headers_of, number


async def collection(request: Request) -> Response:
    """GET /collections/{id}: a collection of this server, with those in it who agreed."""
    app = app_of(request)
    row = await curation.visible(app, None, number(request.path_params["collection_id"]))
    if row["domain"]:
        raise NotFound(NOTHING)
    items = await curation.items(app, [row["id"]], None)
    found = await cards.people(app, [row["account_id"], *(item["account_id"] for item in items)])
    people = {one.id: one for one in found}
    return render(
        app,
        "collection.html",
        headers=headers_of(row["uri"]),
        collection=row,
        owner=people[row["account_id"]],
        people=[people[item["account_id"]] for item in items if item["account_id"] in people],
    )


ROUTES = (Route("/collections/{collection_id}", page(collection), methods=["GET"]),)
