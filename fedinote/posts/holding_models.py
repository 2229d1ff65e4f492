"""Posts that wait for a moderator."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class HeldPost(Model):
    """A post that a rule holds back, whole, as JSON of `posts.drafts.NewPost`. `uri` is None for one written here.

    `post` is the one that it is a new version of, None for a new one. `reason` is for moderators. `former`: the post
    itself was there and is out of sight (`posts.withdrawn`), it is the visibility that it had; `present`: and this is
    what it says, no newer version.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="held_posts")
    account_id: int
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="held_versions", null=True
    )
    post_id: int | None
    uri = fields.CharField(2048, null=True, unique=True)
    content = fields.TextField()
    reason = fields.TextField(default="")
    former = fields.CharField(16, default="", db_default="")
    present = fields.BooleanField(default=False, db_default=False)
    created_at = TimeField(db_index=True)

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "held_posts"
        indexes = (("account",), ("post",))
