"""Posts that their author brought along from another account."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class ImportedPost(Model):
    """Where a post of somebody here comes from. Of one original there is one post of an account at most.

    `original_visibility` is what it was there: it may be narrower here, never wider.
    """

    post: fields.OneToOneRelation[Post] = fields.OneToOneField(
        "fedinote.Post", related_name="imported", primary_key=True
    )
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="imported_posts"
    )
    account_id: int
    original_uri = fields.CharField(2048)
    original_url = fields.CharField(2048, default="")
    original_visibility = fields.CharField(16)
    created_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "imported_posts"
        unique_together = (("account", "original_uri"),)
