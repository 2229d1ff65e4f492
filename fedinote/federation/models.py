"""What came in, what goes out, and how other servers are doing."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class ReceivedActivity(Model):
    """An activity that was verified at the door, once by (signer's host, id); the body goes when it is done.

    `object_id` is what it is about; `outcome` says in words why it had no effect, None while it waits or when it had.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    signer_host = fields.CharField(255)
    activity_id = fields.CharField(2048)
    signer = fields.CharField(2048)
    object_id = fields.CharField(2048, null=True)
    body = fields.TextField(null=True)
    outcome = fields.TextField(null=True)
    received_at = TimeField()

    class Meta:
        table = "received_activities"
        unique_together = (("signer_host", "activity_id"),)
        indexes = (("received_at",), ("object_id",))


class OutgoingActivity(Model):
    """An activity of ours, stored once, whatever number of inboxes it goes to."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account_id = fields.BigIntField()
    body = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "outgoing_activities"


class Approval(Model):
    """Consent of a post's author to an answer, like or boost (`kind` reply, like, announce) of `account`.

    `interaction_uri` is the id of the answer or activity, `request_uri` that of the request, `authorization_uri` the
    proof that the author's server serves (None: it is ours, named by the row's id). `state`: pending, accepted,
    rejected.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(16)
    interaction_uri = fields.CharField(2048, unique=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="approvals")
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="approvals")
    account_id: int
    state = fields.CharField(16)
    request_uri = fields.CharField(2048, null=True)
    authorization_uri = fields.CharField(2048, null=True)
    created_at = TimeField()

    class Meta:
        table = "interaction_approvals"
        indexes = (("request_uri",), ("post",), ("account",))


class Delivery(Model):
    """One activity to one inbox. `order_key` keeps what concerns one object in order for that inbox.

    Rows are deleted when delivered. `dead_at` is set when it was given up. `parting`: the last words to a server that
    is blocked, which nothing else may reach any more.
    """

    id = fields.BigIntField(primary_key=True)
    outgoing: fields.ForeignKeyRelation[OutgoingActivity] = fields.ForeignKeyField(
        "fedinote.OutgoingActivity", related_name="deliveries"
    )
    outgoing_id: int
    inbox = fields.CharField(2048)
    host = fields.CharField(255)
    order_key = fields.CharField(2048, default="")
    parting = fields.BooleanField(default=False, db_default=False)
    attempts = fields.IntField(default=0)
    next_at = TimeField()
    lease_until = TimeField(null=True)
    error = fields.TextField(null=True)
    dead_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "deliveries"
        unique_together = (("outgoing", "inbox"),)
        indexes = (("host", "next_at"), ("dead_at", "next_at"), ("inbox", "order_key"))


class DeliveryLog(Model):
    """How an attempt to deliver ended. `about` is the delivery's order key, `activity` type and id of what was sent."""

    id = fields.BigIntField(primary_key=True)
    about = fields.CharField(2048)
    activity = fields.CharField(2200)
    host = fields.CharField(255)
    inbox = fields.CharField(2048)
    at = TimeField()
    said = fields.TextField()

    class Meta:
        table = "delivery_log"
        indexes = (("about",), ("at",))


class Host(Model):
    """Another server as we know it. `failures` counts in a row; `unavailable_at` after seven days with failures.

    `signature_scheme` is how it takes signed requests where that is not the draft, as confirmed at `scheme_at`.
    `stopped_at`: somebody who runs this server stopped deliveries to it, until they go on. `first_failed_at` is the
    first failure in a row, `error` the last one. `software` is what its NodeInfo said, at `software_at`.
    """

    host = fields.CharField(255, primary_key=True)
    failures = fields.IntField(default=0)
    failure_days = fields.IntField(default=0)
    last_failure_day = fields.IntField(default=0)
    retry_at = TimeField(null=True)
    unavailable_at = TimeField(null=True)
    last_seen_at = TimeField(null=True)
    signature_scheme = fields.CharField(16, null=True)
    scheme_at = TimeField(null=True)
    stopped_at = TimeField(null=True)
    first_failed_at = TimeField(null=True)
    error = fields.TextField(null=True)
    software = fields.CharField(64, null=True)
    software_at = TimeField(null=True)

    class Meta:
        table = "hosts"


class Refresh(Model):
    """A thread or a profile that was completed from other servers, or is being completed: once in a while for each.

    One of `post` (the top of the thread) and `account` is set. `found` counts what was stored because of it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="refreshes", null=True
    )
    post_id: int | None
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="refreshes", null=True
    )
    account_id: int | None
    started_at = TimeField()
    finished_at = TimeField(null=True)
    found = fields.IntField(default=0)

    class Meta:
        table = "refreshes"
        unique_together = (("post",), ("account",))


class ClientActivity(Model):
    """An activity that a client posted to an outbox and that is kept nowhere else: Update, Delete, Undo, Add, Remove.

    Its author can read it again at the address that was given; nobody else can.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="client_activities"
    )
    account_id: int
    body = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "client_activities"
        indexes = (("account", "id"),)


class Relay(Model):
    """A relay that this server subscribed to. `kind` is mastodon or litepub, `state` pending, accepted or rejected.

    `actor_uri` and `followers_url` are known from the start for litepub, from the answer on for mastodon.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(16)
    state = fields.CharField(16)
    inbox_url = fields.CharField(2048, unique=True)
    actor_uri = fields.CharField(2048, default="")
    followers_url = fields.CharField(2048, default="")
    follow_uri = fields.CharField(2048)
    created_at = TimeField()
    answered_at = TimeField(null=True)

    class Meta:
        table = "relays"
        indexes = (("actor_uri",), ("follow_uri",))


class PostReader(Model):
    """An account of another server, mostly that server's own actor, which fetched a post of ours by its signature."""

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="readers")
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="read_posts")
    account_id: int
    created_at = TimeField()

    class Meta:
        table = "post_readers"
        unique_together = (("post", "account"),)
        indexes = (("account",),)


class Sample(Model):
    """A figure at a time, for plots (`federation.figures`). `span`: hour or day, which begins `at`."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(32)
    span = fields.CharField(8)
    at = TimeField()
    value = fields.BigIntField()

    class Meta:
        table = "samples"
        unique_together = (("name", "span", "at"),)
        indexes = (("span", "at"),)
