"""Posts and what people do to them. A boost is a post of its own with `reblog_of`."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Post(Model):
    """A post or a boost. `content` is safe HTML, `source` what a local author typed.

    Snapshots for rendering without joins: `mentions` [{id, username, acct, url}], `tags` [{name}],
    `emojis` [{shortcode, url, static_url}], `application` {name, website}. `visibility`: public, unlisted, private
    (followers), direct. `content_map`/`summary_map` {language: text} where the author wrote in several languages.
    `in_reply_to_uri` is kept while the parent is unknown here.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="posts")
    account_id: int
    uri = fields.CharField(2048, unique=True)
    url = fields.CharField(2048, null=True)
    local = fields.BooleanField(default=False)
    object_type = fields.CharField(32, default="Note")
    visibility = fields.CharField(16)
    content = fields.TextField(default="")
    source = fields.TextField(default="")
    spoiler_text = fields.TextField(default="")
    sensitive = fields.BooleanField(default=False)
    language = fields.CharField(35, null=True)
    content_map = JsonField(null=True)
    summary_map = JsonField(null=True)
    in_reply_to: fields.ForeignKeyNullableRelation["Post"] = fields.ForeignKeyField(
        "fedinote.Post", related_name="replies", null=True, on_delete=fields.SET_NULL
    )
    in_reply_to_id: int | None
    in_reply_to_account_id = fields.BigIntField(null=True)
    in_reply_to_uri = fields.CharField(2048, null=True)
    conversation_id = fields.BigIntField()
    reblog_of: fields.ForeignKeyNullableRelation["Post"] = fields.ForeignKeyField(
        "fedinote.Post", related_name="reblogs", null=True, on_delete=fields.CASCADE
    )
    reblog_of_id: int | None
    mentions = JsonField(default=list)
    tags = JsonField(default=list)
    emojis = JsonField(default=list)
    application = JsonField(null=True)
    media_count = fields.SmallIntField(default=0)
    replies_count = fields.BigIntField(default=0)
    reblogs_count = fields.BigIntField(default=0)
    favourites_count = fields.BigIntField(default=0)
    created_at = TimeField()
    edited_at = TimeField(null=True)

    class Meta:
        table = "posts"
        indexes = (
            ("account", "id"),
            ("in_reply_to",),
            ("in_reply_to_uri",),
            ("conversation_id",),
            ("visibility", "id"),
            ("local", "visibility", "id"),
            ("url",),
        )
        unique_together = (("reblog_of", "account"),)


class PostMention(Model):
    """A post is addressed to an account; `silent` when it is addressed but not named in the text."""

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="mentioned")
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="mentioned_in"
    )
    account_id: int
    silent = fields.BooleanField(default=False)

    class Meta:
        table = "post_mentions"
        unique_together = (("post", "account"),)
        indexes = (("account", "post"),)


class Tag(Model):
    """A hashtag: `name` folded, `display` as first written."""

    id = fields.BigIntField(primary_key=True, generated=False)
    name = fields.CharField(255, unique=True)
    display = fields.CharField(255)
    created_at = TimeField()

    class Meta:
        table = "tags"


class PostTag(Model):
    """A post carries a tag."""

    id = fields.BigIntField(primary_key=True)
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("fedinote.Tag", related_name="posts")
    tag_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="tagged")
    post_id: int

    class Meta:
        table = "post_tags"
        unique_together = (("tag", "post"),)
        indexes = (("post",),)


class Favourite(Model):
    """An account likes a post. `uri` is the Like activity's id."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="favourites")
    account_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="favourites")
    post_id: int
    uri = fields.CharField(2048, unique=True)
    created_at = TimeField()

    class Meta:
        table = "favourites"
        unique_together = (("account", "post"),)
        indexes = (("post",), ("account", "id"))


class Bookmark(Model):
    """An account keeps a post, privately."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="bookmarks")
    account_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="bookmarks")
    post_id: int
    created_at = TimeField()

    class Meta:
        table = "bookmarks"
        unique_together = (("account", "post"),)
        indexes = (("post",), ("account", "id"))


class Pin(Model):
    """A post that its author features on the profile."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="pins")
    account_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="pins")
    post_id: int
    created_at = TimeField()

    class Meta:
        table = "pins"
        unique_together = (("account", "post"),)
        indexes = (("post",),)


class ConversationMute(Model):
    """A person wants no more notifications from a conversation."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="conversation_mutes"
    )
    account_id: int
    conversation_id = fields.BigIntField()

    class Meta:
        table = "conversation_mutes"
        unique_together = (("account", "conversation_id"),)


class PostEdit(Model):
    """A former version of a post, the first one included; the newest is the post itself."""

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="edits")
    post_id: int
    content = fields.TextField()
    spoiler_text = fields.TextField()
    sensitive = fields.BooleanField()
    language = fields.CharField(35, null=True)
    media = JsonField(default=list)
    poll = JsonField(null=True)
    emojis = JsonField(default=list)
    created_at = TimeField()

    class Meta:
        table = "post_edits"
        indexes = (("post",),)


class Poll(Model):
    """A question with a post. `options` is [{title, votes}]."""

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.OneToOneRelation[Post] = fields.OneToOneField("fedinote.Post", related_name="poll")
    post_id: int
    options = JsonField()
    multiple = fields.BooleanField(default=False)
    hide_totals = fields.BooleanField(default=False)
    expires_at = TimeField(null=True)
    voters_count = fields.BigIntField(default=0)

    class Meta:
        table = "polls"


class PollVote(Model):
    """One choice (index into the options) of one voter."""

    id = fields.BigIntField(primary_key=True)
    poll: fields.ForeignKeyRelation[Poll] = fields.ForeignKeyField("fedinote.Poll", related_name="votes")
    poll_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="poll_votes")
    account_id: int
    choice = fields.SmallIntField()

    class Meta:
        table = "poll_votes"
        unique_together = (("poll", "account", "choice"),)
        indexes = (("account",),)


class IdempotencyKey(Model):
    """A key that a client sent with a post, so that a repeated request makes no second post."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="idempotency_keys"
    )
    account_id: int
    key = fields.CharField(255)
    post_id = fields.BigIntField()
    created_at = TimeField()

    class Meta:
        table = "idempotency_keys"
        unique_together = (("account", "key"),)


class Tombstone(Model):
    """The URI of an object that was deleted: it never comes back, and it answers 410 when it was ours."""

    uri = fields.CharField(2048, primary_key=True)
    created_at = TimeField()

    class Meta:
        table = "tombstones"


class CustomEmoji(Model):
    """A picture for a :shortcode:, ours (`domain` = "") or another server's."""

    id = fields.BigIntField(primary_key=True, generated=False)
    shortcode = fields.CharField(255)
    domain = fields.CharField(255, default="")
    uri = fields.CharField(2048, null=True)
    url = fields.TextField()
    static_url = fields.TextField()
    category = fields.CharField(255, null=True)
    visible = fields.BooleanField(default=True)
    updated_at = TimeField()

    class Meta:
        table = "custom_emojis"
        unique_together = (("shortcode", "domain"),)


class FeaturedTag(Model):
    """A hashtag that a person shows on the own profile."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="featured_tags"
    )
    account_id: int
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("fedinote.Tag", related_name="featured_by")
    tag_id: int
    created_at = TimeField()

    class Meta:
        table = "featured_tags"
        unique_together = (("account", "tag"),)


class ScheduledPost(Model):
    """A post that will be published at `due`. `params` is the draft; `idempotency_key` the client's, if it sent one."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="scheduled_posts"
    )
    account_id: int
    params = JsonField()
    due = TimeField()
    idempotency_key = fields.CharField(255, null=True)
    created_at = TimeField()

    class Meta:
        table = "scheduled_posts"
        unique_together = (("account", "idempotency_key"),)
        indexes = (("account", "due"),)
