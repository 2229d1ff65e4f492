"""Cards, trends, suggestions and embeds against the published description of the API."""

from typing import Any

from fedinote.timelines import trends
from tests.api.test_schema import entity_problem
from tests.api.test_statuses import write
from tests.api.test_trends import ADMIN, URL, link, people

__all__ = ["entity_problem"]


async def test_every_entity_of_discovery_fits_its_description(app, town, entity_problem, monkeypatch, stranger):
    ann, bo, cy = await people(town, "ann", "bo", "cy")
    staff = await town.person("mona", scopes=ADMIN, role="moderator")
    await link(app, monkeypatch, ann, bo)
    await app.db.execute("UPDATE preview_cards SET author_id = ?, author_name = ''", cy.account_id)
    post = await write(ann, f"#tea {URL}")
    await write(bo, "#tea")
    for one in (bo, cy):
        await one.post(f"/api/v1/statuses/{post['id']}/favourite")
    await trends.refresh(app)
    found: list[tuple[str, Any]] = [
        ("Status", (await cy.get("/api/v1/trends/statuses")).json[0]),
        ("PreviewCard", (await cy.get(f"/api/v1/statuses/{post['id']}/card")).json),
        ("PreviewCardAuthor", (await cy.get(f"/api/v1/statuses/{post['id']}/card")).json["authors"][0]),
        ("TrendsLink", (await stranger.get("/api/v1/trends/links")).json[0]),
        ("Tag", (await stranger.get("/api/v1/trends/tags")).json[0]),
        ("AdminTag", (await staff.get("/api/v1/admin/trends/tags")).json[0]),
        ("Suggestion", (await cy.get("/api/v2/suggestions")).json[0]),
        ("Account", (await cy.get("/api/v1/directory")).json[0]),
        ("OEmbedResponse", (await stranger.get("/api/oembed", {"url": post["url"]})).json),
    ]
    assert {name: problems for name, body in found if (problems := entity_problem(name, body))} == {}
