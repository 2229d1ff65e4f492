"""Notifications: who should know what."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.auth.models import OAuthToken, Session
from fedinote.infra.orm import JsonField, TimeField
from fedinote.posts.models import Post


class Notification(Model):
    """Tells `account` what `from_account` did. `kind` is Mastodon's `type`: mention, status, reblog, follow, …

    `subject` makes it unique: the post's id as text, or "" where there is none. `filtered`: the person's policy keeps
    it apart, with the requests.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notifications"
    )
    account_id: int
    kind = fields.CharField(32)
    from_account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notified"
    )
    from_account_id: int
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="notifications", null=True
    )
    post_id: int | None
    subject = fields.CharField(32, default="")
    filtered = fields.BooleanField(default=False, db_default=False)
    created_at = TimeField()

    class Meta:
        table = "notifications"
        unique_together = (("account", "kind", "from_account", "subject"),)
        indexes = (("account", "id"), ("post",), ("from_account",))


class NotificationPolicy(Model):
    """Whose notifications a person wants, by kind of sender: 0 accept, 1 filter, 2 drop. No row: the defaults.

    `new_account_days`: up to which age an account is new.
    """

    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "fedinote.Account", related_name="notification_policy", primary_key=True
    )
    account_id: int
    for_not_following = fields.IntField(default=0)
    for_not_followers = fields.IntField(default=0)
    for_new_accounts = fields.IntField(default=0)
    for_private_mentions = fields.IntField(default=1)
    for_limited_accounts = fields.IntField(default=1)
    for_bots = fields.IntField(default=0)
    for_strangers = fields.IntField(default=0, db_default=0)
    new_account_days = fields.IntField(default=30, db_default=30)

    class Meta:
        table = "notification_policies"


class NotificationRequest(Model):
    """Somebody whose mentions or quotes were kept apart, and whom the person has not let in or dismissed yet."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notification_requests"
    )
    account_id: int
    from_account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="requested_notice"
    )
    from_account_id: int
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:
        table = "notification_requests"
        unique_together = (("account", "from_account"),)
        indexes = (("account", "id"), ("from_account",))


class NotificationPermission(Model):
    """Somebody whose notifications a person's policy lets through, since the person accepted the request."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notification_permissions"
    )
    account_id: int
    from_account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="permitted_notice"
    )
    from_account_id: int
    created_at = TimeField()

    class Meta:
        table = "notification_permissions"
        unique_together = (("account", "from_account"),)
        indexes = (("from_account",),)


class PushSubscription(Model):
    """Where a client wants its notifications pushed to (RFC 8030): one for each access token, or for each browser that
    is signed in (`session`), and gone with it.

    `id` is a small number, since clients read a JSON number. `alerts` is {type: bool}; `policy` all, followed,
    follower or none. `standard`: RFC 8291 and 8292, else their drafts. `sealed_token` is the access token, encrypted:
    clients are told it with each message ("" where there is a session). After failures nothing is sent before
    `retry_at`.
    """

    id = fields.BigIntField(primary_key=True)
    token: fields.OneToOneNullableRelation[OAuthToken] = fields.OneToOneField(
        "fedinote.OAuthToken", related_name="push_subscription", null=True
    )
    token_id: int | None
    session: fields.OneToOneNullableRelation[Session] = fields.OneToOneField(
        "fedinote.Session", related_name="push_subscription", null=True
    )
    session_id: str | None
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="push_subscriptions"
    )
    account_id: int
    endpoint = fields.TextField()
    p256dh = fields.CharField(128)
    auth = fields.CharField(64)
    standard = fields.BooleanField(default=False)
    alerts = JsonField()
    policy = fields.CharField(16, default="all")
    sealed_token = fields.TextField()
    failures = fields.IntField(default=0)
    retry_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "push_subscriptions"
        indexes = (("account",),)


class Severance(Model):
    """Follows of a local account that ended all at once by a decision about `target_name` (a domain or a handle).

    `kind` is Mastodon's: domain_block, user_domain_block, account_suspension.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="severances")
    account_id: int
    kind = fields.CharField(32)
    target_name = fields.CharField(2048)
    followers_count = fields.IntField()
    following_count = fields.IntField()
    created_at = TimeField()

    class Meta:
        table = "severances"
        indexes = (("account",),)


class SeveredFollow(Model):
    """One of the follows of a severance: `other` followed its account (side "follower") or was followed by it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    severance: fields.ForeignKeyRelation[Severance] = fields.ForeignKeyField(
        "fedinote.Severance", related_name="follows"
    )
    severance_id: int
    other: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="severed_from")
    other_id: int
    side = fields.CharField(9)
    reblogs = fields.BooleanField(default=True)
    notify = fields.BooleanField(default=False)
    languages = JsonField(null=True)

    class Meta:
        table = "severed_follows"
        unique_together = (("severance", "side", "other"),)
        indexes = (("other",),)


class AccountWarning(Model):
    """What was decided about a local account, as it is told; `action` as in its statement, `post_ids` may be gone."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="warnings")
    account_id: int
    action = fields.CharField(32)
    text = fields.TextField(default="")
    post_ids = JsonField(default=list)
    created_at = TimeField()

    class Meta:
        table = "account_warnings"
        indexes = (("account",),)
