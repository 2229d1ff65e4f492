"""Taking along what one has, as CSV files in Mastodon's formats: downloads, uploads, and how an upload is getting on.

A part of FediNote's own; Mastodon has pages for it only.
"""

from typing import Any

from starlette.responses import Response

from fedinote.api.entities.values import moment, moment_or_none
from fedinote.api.routing import Answer, Call, Handler, Route, route
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.portability import exports, imports

_EXPORTS, _IMPORTS = "/api/fedinote/v1/exports", "/api/fedinote/v1/imports"
_READ = ("read:accounts",)
_SCOPES = {
    "follows": "follows",
    "blocks": "blocks",
    "mutes": "mutes",
    "lists": "lists",
    "bookmarks": "bookmarks",
    "domain_blocks": "blocks",
}
_MODES = {"merge": False, "overwrite": True}


def _file(kind: str, text: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{kind}.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _download(kind: str) -> Handler:
    async def download(call: Call) -> Any:
        return _file(kind, await exports.export(call.app, call.me.account_id, kind))

    return download


def _upload(kind: str) -> Handler:
    async def upload(call: Call) -> Any:
        mode = call.params.text("mode", "merge")
        if mode not in _MODES:
            raise Invalid("Validation failed: Mode must be merge or overwrite")
        file = call.params.file("file")
        data = file.data if file is not None else call.params.need("file").encode()
        made = await imports.start(call.app, call.me.account_id, kind, data, overwrite=_MODES[mode])
        return Answer(await _shown(call, made), 202)

    return upload


def _entity(row: Row) -> dict[str, Any]:
    begun = row["imported"] + row["failed"] > 0
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "mode": "overwrite" if row["overwrite"] else "merge",
        "state": "finished" if row["finished_at"] is not None else "running" if begun else "waiting",
        "total": row["total"],
        "imported": row["imported"],
        "failed": row["failed"],
        "created_at": moment(row["created_at"]),
        "finished_at": moment_or_none(row["finished_at"]),
    }


async def _shown(call: Call, import_id: int) -> dict[str, Any]:
    row = await imports.show(call.app, call.me.account_id, import_id)
    failed = await imports.failures(call.app, call.me.account_id, import_id, imports.SHOWN)
    return {**_entity(row), "failures": [{"row": list(one.cells), "error": one.error} for one in failed]}


async def index(call: Call) -> Any:
    """List the caller's imports of the last two weeks."""
    return [_entity(row) for row in await imports.of(call.app, call.me.account_id)]


async def show(call: Call) -> Any:
    """Return one import with the first 200 rows that failed, each with the reason."""
    return await _shown(call, call.id())


async def failures(call: Call) -> Any:
    """Return all rows that failed, as a file that can be uploaded again."""
    found = await imports.failures(call.app, call.me.account_id, call.id())
    row = await imports.show(call.app, call.me.account_id, call.id())
    return _file("failures", imports.written(row["kind"], found))


async def cancel(call: Call) -> Any:
    """Take an import back: what is done stays done."""
    await imports.cancel(call.app, call.me.account_id, call.id())
    return {}


def _by_kind() -> tuple[Route, ...]:
    found = []
    for kind, scope in _SCOPES.items():
        read, write = (f"read:{scope}",), (f"write:{scope}",)
        found.append(route("GET", f"{_EXPORTS}/{kind}.csv", _download(kind), auth="user", scopes=read))
        found.append(route("POST", f"{_IMPORTS}/{kind}", _upload(kind), auth="user", scopes=write, limit="imports"))
    return tuple(found)


ROUTES = (
    *_by_kind(),
    route("GET", _IMPORTS, index, auth="user", scopes=_READ),
    route("GET", f"{_IMPORTS}/{{id}}", show, auth="user", scopes=_READ),
    route("GET", f"{_IMPORTS}/{{id}}/failures.csv", failures, auth="user", scopes=_READ),
    route("DELETE", f"{_IMPORTS}/{{id}}", cancel, auth="user", scopes=("write:accounts",)),
)
