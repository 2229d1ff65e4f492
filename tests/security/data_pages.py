"""Which page of boards and of one's own data shows which post to whom; a part of the matrix of `test_leaks_pages`."""

from collections.abc import Callable, Mapping

from tests.security.stage import Post, Stage, Viewer

Asked = tuple[str, int | None, list[Post]]


def _open(stage: Stage, viewer: Viewer) -> list[Post]:
    """All posts of the stage are on the board; those that are for everybody are shown."""
    return [post for post in stage.posts if post.open and viewer.sees(post)]


def _board(stage: Stage, viewer: Viewer) -> list[Asked]:
    return [
        (f"/@follower/boards/{stage.board_id}", 200, _open(stage, viewer)),
        (f"/@alice/boards/{stage.board_id}", 404, []),
    ]


def _edit(stage: Stage, viewer: Viewer) -> list[Asked]:
    mine = viewer.name == "follower"
    status = 303 if not viewer.somebody else 200 if mine else 404
    return [(f"/boards/{stage.board_id}/edit", status, _open(stage, viewer) if mine else [])]


def _add(stage: Stage, viewer: Viewer) -> list[Asked]:
    asked: list[Asked] = []
    for post in stage.posts:
        status = 303 if not viewer.somebody else 200 if viewer.sees(post) else 404
        asked.append((f"/boards/add?post={post.id}", status, [post] if status == 200 else []))
    return asked


def _nothing(path: str) -> Callable[[Stage, Viewer], list[Asked]]:
    return lambda _, __: [(path, None, [])]


WEB: Mapping[str, Callable[[Stage, Viewer], list[Asked]]] = {
    "/@{name}/boards": _nothing("/@follower/boards"),
    "/@{name}/boards/{id}": _board,
    "/boards": _nothing("/boards"),
    "/boards/new": _nothing("/boards/new"),
    "/boards/add": _add,
    "/boards/{id}/edit": _edit,
    "/posts/{id}/boards": _nothing("/posts/1/boards"),
    "/settings/delete": _nothing("/settings/delete"),
    "/settings/export": _nothing("/settings/export"),
    "/settings/export/archive": _nothing("/settings/export/archive"),
    "/settings/export/{kind}.csv": _nothing("/settings/export/bookmarks.csv"),
    "/settings/import": _nothing("/settings/import"),
    "/settings/import/{id}/failures.csv": _nothing("/settings/import/1/failures.csv"),
    "/settings/migration": _nothing("/settings/migration"),
}
