"""Preview cards, one for each address that posts link to, and which posts link to it."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class PreviewCard(Model):
    """What the page at `link` (as posts have it, without fragment) says of itself; `url` is where it says it is.

    `state`: waiting (not asked yet), ready, nothing (there is no page, or nothing to show of it). `host` is the one
    that answered. `kind`: link, photo, video. `html` is an iframe that we wrote, or "". `creator` is the handle that
    the page names as its author in the fediverse, `author_id` that account once it named the page's domain in turn. It
    is no foreign key: a card belongs to the posts that have it, and stays when its author goes.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    link = fields.CharField(2048, unique=True)
    state = fields.CharField(16, default="waiting")
    url = fields.CharField(2048)
    host = fields.CharField(255, default="")
    kind = fields.CharField(16, default="link")
    title = fields.TextField(default="")
    description = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    author_name = fields.TextField(default="")
    author_url = fields.TextField(default="")
    creator = fields.CharField(512, default="")
    author_id = fields.BigIntField(null=True)
    provider_name = fields.TextField(default="")
    provider_url = fields.TextField(default="")
    html = fields.TextField(default="")
    embed_url = fields.TextField(default="")
    width = fields.IntField(default=0)
    height = fields.IntField(default=0)
    image = fields.TextField(null=True)
    image_description = fields.TextField(default="")
    published_at = TimeField(null=True)
    fetched_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "preview_cards"
        indexes = (("url",),)


class PostLink(Model):
    """The first link of a post, whether or not there is anything to show of it."""

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("fedinote.Post", related_name="link", primary_key=True)
    post_id: int
    card: fields.ForeignKeyRelation[PreviewCard] = fields.ForeignKeyField("fedinote.PreviewCard", related_name="posts")
    card_id: int

    class Meta:
        table = "post_links"
        indexes = (("card", "post"),)
