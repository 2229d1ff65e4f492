"""Posts and what people do to them. A boost is a post of its own with `reblog_of`."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Post(Model):
    """A post or a boost. `content` is safe HTML, `source` what a local author typed.

    Snapshots for rendering without joins: `mentions` [{id, username, acct, url}], `tags` [{name}],
    `emojis` [{shortcode, url, static_url}], `application` {name, website}. `visibility`: public, unlisted, private
    (followers), direct, local (everybody here, and nobody elsewhere), held (nobody, until a moderator has looked:
    `posts.withdrawn`). `content_map`/`summary_map` {language: text} are
    the versions in other languages than `language` where there are any; `translations` {language: {…}} says who made
    them, see `posts.languages`.
    `shown_language` is the tag by which readers are offered a translation, where that is not `language`, which is what
    the author stated: the text is in another one, or ("mul") in several (`text.language.offered`).
    `in_reply_to_uri` is kept while the parent is unknown here. `…_elsewhere` is how many more its own server counts
    than are known here. `context_uri` is the collection of the conversation, `audience_uri` the group it is in.
    `is_quote`: there is a Quote of this post's; `quotes_count` counts the accepted quotes of it. `quote_policy`: who
    may quote it, in the bits of `posts.approvals` (None: the author did not say). `interaction_rules`: who may answer,
    like and boost it, where another server's author does not let everybody.
    `card_id`: the preview card of its first link, once there is one to show (`previews.cards`).
    `translated_at`: when a translation was last attached or taken off; the post itself is not edited by that.
    `machine_translation`: which engines may be given its words, a value of `accounts.wishes.MachineTranslation`; the
    stricter of the post's and its author's holds.
    `imported_from`: its author brought it along from this address (`posts.history`); "" where that is not proven.
    `cleared_at`: a moderator released it; rules leave the version of that moment alone.
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
    shown_language = fields.CharField(35, null=True)
    content_map = JsonField(null=True)
    summary_map = JsonField(null=True)
    translations = JsonField(null=True)
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
    reactions_count = fields.BigIntField(default=0, db_default=0)
    replies_elsewhere = fields.BigIntField(null=True)
    reblogs_elsewhere = fields.BigIntField(null=True)
    favourites_elsewhere = fields.BigIntField(null=True)
    context_uri = fields.CharField(2048, null=True)
    audience_uri = fields.CharField(2048, null=True)
    is_quote = fields.BooleanField(null=True)
    quotes_count = fields.BigIntField(default=0, db_default=0)
    quote_policy = fields.SmallIntField(null=True)
    interaction_rules = JsonField(null=True)
    card_id = fields.BigIntField(null=True)
    machine_translation = fields.CharField(16, default="any", db_default="any")
    imported_from = fields.CharField(2048, null=True)
    created_at = TimeField()
    edited_at = TimeField(null=True)
    translated_at = TimeField(null=True)
    cleared_at = TimeField(null=True)

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


class Quote(Model):
    """A post quotes another one. `state`: pending, accepted, rejected, revoked, deleted (FEP-044f).

    `quoted` is None while the quoted post is not known here, and once it is gone. `legacy`: it came by an older
    property that knows no consent. `stamp_uri` is the QuoteAuthorization that the quoting side names, or ours when the
    quoted author lives here; `request_uri` the id of the QuoteRequest. `checked_at`: when the stamp was last seen.
    """

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("fedinote.Post", related_name="quote", primary_key=True)
    post_id: int
    quoted: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="quoted_by", null=True, on_delete=fields.SET_NULL
    )
    quoted_id: int | None
    quoted_uri = fields.CharField(2048)
    state = fields.CharField(16, default="pending")
    legacy = fields.BooleanField(default=False)
    stamp_uri = fields.CharField(2048, null=True)
    request_uri = fields.CharField(2048, null=True)
    checked_at = TimeField(null=True)

    class Meta:
        table = "quotes"
        indexes = (("quoted", "state", "post"), ("stamp_uri",), ("request_uri",), ("state", "checked_at"))


class PostMention(Model):
    """A post is addressed to an account; `silent` when it is addressed but not named in the text.

    `blind` (never without `silent`): nobody but the author may learn of it, as of `bto` and `bcc`.
    """

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="mentioned")
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="mentioned_in"
    )
    account_id: int
    silent = fields.BooleanField(default=False)
    blind = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "post_mentions"
        unique_together = (("post", "account"),)
        indexes = (("account", "post"),)


class Tag(Model):
    """A hashtag: `name` folded, `display` as first written.

    What the staff decided of it: `usable` in posts here, `trendable`, `listable` in searches. None: nobody decided.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    name = fields.CharField(255, unique=True)
    display = fields.CharField(255)
    usable = fields.BooleanField(null=True)
    trendable = fields.BooleanField(null=True)
    listable = fields.BooleanField(null=True)
    reviewed_at = TimeField(null=True)
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


class Reaction(Model):
    """An account reacts to a post with an emoji. `uri` is the id of the Like or EmojiReact.

    `name` is the Unicode emoji as it was sent, or the name of a custom one: `tea` for ours, `tea@host` for others',
    which have their picture in `url` and `static_url`. `key` is the name without presentation selectors.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="reactions")
    account_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="reactions")
    post_id: int
    key = fields.CharField(400)
    name = fields.CharField(400)
    url = fields.TextField(null=True)
    static_url = fields.TextField(null=True)
    uri = fields.CharField(2048, unique=True)
    created_at = TimeField()

    class Meta:
        table = "reactions"
        unique_together = (("account", "post", "key"),)
        indexes = (("post", "key"),)


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
    content_map = JsonField(null=True)
    summary_map = JsonField(null=True)
    translations = JsonField(null=True)
    media = JsonField(default=list)
    poll = JsonField(null=True)
    emojis = JsonField(default=list)
    created_at = TimeField()

    class Meta:
        table = "post_edits"
        indexes = (("post",),)


class Poll(Model):
    """A question with a post. `options` is [{title, votes}], `translations` {language: [title]} in the same order."""

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.OneToOneRelation[Post] = fields.OneToOneField("fedinote.Post", related_name="poll")
    post_id: int
    options = JsonField()
    translations = JsonField(null=True)
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
    """The URI of an object that was deleted: it never comes back, and it answers 410 when it was ours.

    `former_type` is the type that it had (Note, Question), None where nobody knows it any more.
    """

    uri = fields.CharField(2048, primary_key=True)
    former_type = fields.CharField(32, null=True)
    created_at = TimeField()

    class Meta:
        table = "tombstones"


class CustomEmoji(Model):
    """A picture for a :shortcode:, ours (`domain` = "") or another server's.

    `disabled_at`: it stays where it was used, and cannot be used any more.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    shortcode = fields.CharField(255)
    domain = fields.CharField(255, default="")
    uri = fields.CharField(2048, null=True)
    url = fields.TextField()
    static_url = fields.TextField()
    category = fields.CharField(255, null=True)
    visible = fields.BooleanField(default=True)
    disabled_at = TimeField(null=True)
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
        indexes = (("tag",),)


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
