"""Boards: collections of posts that people show in public, in an order of their own."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class Board(Model):
    """A board of somebody here. `uri` is the collection as others fetch it, `url` its page.

    `cover_post` is the post whose picture stands for the board; None: the first one that has a picture.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="boards")
    account_id: int
    uri = fields.CharField(2048, unique=True)
    url = fields.CharField(2048)
    title = fields.CharField(200)
    description = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    cover_post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="covered_boards", null=True, on_delete=fields.SET_NULL
    )
    cover_post_id: int | None
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "boards"
        indexes = (("account", "id"), ("cover_post",))


class BoardItem(Model):
    """A post is on a board. The smallest `position` comes first; positions may be negative, and have gaps."""

    id = fields.BigIntField(primary_key=True, generated=False)
    board: fields.ForeignKeyRelation[Board] = fields.ForeignKeyField("fedinote.Board", related_name="items")
    board_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="on_boards")
    post_id: int
    position = fields.BigIntField()
    created_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "board_items"
        unique_together = (("board", "post"),)
        indexes = (("board", "position", "id"), ("post",))


class BoardRefusal(Model):
    """An author does not want to be on a board: the owner cannot put a post of theirs there again."""

    id = fields.BigIntField(primary_key=True)
    board: fields.ForeignKeyRelation[Board] = fields.ForeignKeyField("fedinote.Board", related_name="refusals")
    board_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="board_refusals"
    )
    account_id: int
    created_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "board_refusals"
        unique_together = (("board", "account"),)
        indexes = (("account",),)
