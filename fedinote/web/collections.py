"""The page of a collection of accounts: whom somebody here recommends."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.relations import curation
from fedinote.web import browser, cards, shell
from fedinote.web.pages import NOTHING, page
from fedinote.web.profiles import headers_of, number


async def collection(request: Request) -> Response:
    """GET /collections/{id}: a collection of this server, with those in it who agreed."""
    here = await browser.visit(request)
    row = await curation.visible(here.app, None, number(request.path_params["collection_id"]))
    if row["domain"]:
        raise NotFound(NOTHING)
    items = await curation.items(here.app, [row["id"]], None)
    found = await cards.people(here.app, [row["account_id"], *(item["account_id"] for item in items)])
    people = {one.id: one for one in found}
    return await shell.show(
        request,
        here,
        "notes/collection.html",
        headers=headers_of(row["uri"], shared=here.person is None),
        collection=row,
        owner=people[row["account_id"]],
        people_of=[people[item["account_id"]] for item in items if item["account_id"] in people],
    )


ROUTES = (Route("/collections/{collection_id}", page(collection), methods=["GET"]),)
