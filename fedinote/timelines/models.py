"""What a person's own views are made of: home entries, lists, filters, followed tags, markers, conversations."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField
from fedinote.posts.models import Post, Tag


class HomeEntry(Model):
    """A post is in a person's home timeline. Written at fan-out."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="home_entries"
    )
    account_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="home_entries")
    post_id: int
    author_id = fields.BigIntField()

    class Meta:
        table = "home_entries"
        unique_together = (("account", "post"),)
        indexes = (("post",), ("account", "author_id"))


class AccountList(Model):
    """A list of accounts. `replies_policy`: followed, list, none. `exclusive` keeps its posts out of home."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="lists")
    account_id: int
    title = fields.CharField(256)
    replies_policy = fields.CharField(16, default="list")
    exclusive = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "lists"
        indexes = (("account",),)


class ListMember(Model):
    """An account is in a list."""

    id = fields.BigIntField(primary_key=True, generated=False)
    of_list: fields.ForeignKeyRelation[AccountList] = fields.ForeignKeyField(
        "fedinote.AccountList", related_name="members"
    )
    of_list_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="listed_in")
    account_id: int

    class Meta:
        table = "list_members"
        unique_together = (("of_list", "account"),)
        indexes = (("account",),)


class Filter(Model):
    """Words and posts that a person does not want to see. `context` is a list of places; `action`: warn, hide, blur."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="filters")
    account_id: int
    title = fields.CharField(256)
    context = JsonField()
    action = fields.CharField(16, default="warn")
    expires_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "filters"
        indexes = (("account",),)


class FilterKeyword(Model):
    """A word or phrase of a filter."""

    id = fields.BigIntField(primary_key=True, generated=False)
    of_filter: fields.ForeignKeyRelation[Filter] = fields.ForeignKeyField("fedinote.Filter", related_name="keywords")
    of_filter_id: int
    keyword = fields.CharField(512)
    whole_word = fields.BooleanField(default=True)

    class Meta:
        table = "filter_keywords"
        indexes = (("of_filter",),)


class FilterStatus(Model):
    """A single post that a filter names."""

    id = fields.BigIntField(primary_key=True, generated=False)
    of_filter: fields.ForeignKeyRelation[Filter] = fields.ForeignKeyField("fedinote.Filter", related_name="statuses")
    of_filter_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="filtered_by")
    post_id: int

    class Meta:
        table = "filter_statuses"
        unique_together = (("of_filter", "post"),)
        indexes = (("post",),)


class FollowedTag(Model):
    """A person follows a hashtag."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="followed_tags"
    )
    account_id: int
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("fedinote.Tag", related_name="followers")
    tag_id: int
    created_at = TimeField()

    class Meta:
        table = "followed_tags"
        unique_together = (("account", "tag"),)
        indexes = (("tag",),)


class Marker(Model):
    """How far a person has read a timeline (`home` or `notifications`)."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="markers")
    account_id: int
    timeline = fields.CharField(32)
    last_read_id = fields.BigIntField()
    version = fields.IntField(default=0)
    updated_at = TimeField()

    class Meta:
        table = "markers"
        unique_together = (("account", "timeline"),)


class Conversation(Model):
    """A person's view of a private exchange: who takes part, the newest post, whether it is unread.

    `participants` is the sorted list of the other accounts' ids.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="conversations"
    )
    account_id: int
    conversation_id = fields.BigIntField()
    participants = JsonField()
    last_post_id = fields.BigIntField(null=True)
    unread = fields.BooleanField(default=True)

    class Meta:
        table = "conversations"
        unique_together = (("account", "conversation_id"),)
        indexes = (("account", "last_post_id"), ("last_post_id",))


class Trend(Model):
    """A tag, a post or a link (`kind`: tag, post, link; `subject_id` its id) with its present score."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(8)
    subject_id = fields.BigIntField()
    score = fields.FloatField()

    class Meta:
        table = "trends"
        unique_together = (("kind", "subject_id"),)
        indexes = (("kind", "score"),)


class TrendReview(Model):
    """A decision about a post, a link (`subject`: the id as text) or a publisher of links (its host).

    `allowed` None: seen among the trends, and nobody decided.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(16)
    subject = fields.CharField(255)
    allowed = fields.BooleanField(null=True)
    reviewed_at = TimeField(null=True)

    class Meta:
        table = "trend_reviews"
        unique_together = (("kind", "subject"),)


class DismissedSuggestion(Model):
    """`account` does not want `target` suggested."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="dismissed_suggestions"
    )
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="dismissed_by")
    target_id: int

    class Meta:
        table = "dismissed_suggestions"
        unique_together = (("account", "target"),)
        indexes = (("target",),)


class Topic(Model):
    """Hashtags of several languages that mean the same, kept by moderators. `titles` {language: what to call it}."""

    id = fields.BigIntField(primary_key=True, generated=False)
    slug = fields.CharField(64, unique=True)
    titles = JsonField(default=dict)
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:
        table = "topics"


class TopicTag(Model):
    """A hashtag belongs to a topic. One tag is in one topic at most, so that a tag has one meaning to a reader."""

    id = fields.BigIntField(primary_key=True, generated=False)
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField("fedinote.Topic", related_name="tags")
    topic_id: int
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("fedinote.Tag", related_name="topics")
    tag_id: int

    class Meta:
        table = "topic_tags"
        unique_together = (("tag",),)
        indexes = (("topic",),)


class FollowedTopic(Model):
    """A person follows a topic; `expand`: timelines of its hashtags show the whole topic to that person."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="followed_topics"
    )
    account_id: int
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField("fedinote.Topic", related_name="followers")
    topic_id: int
    expand = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "followed_topics"
        unique_together = (("account", "topic"),)
        indexes = (("topic",),)
