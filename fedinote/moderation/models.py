"""The audit log: one row for each decision, a person's or a rule's."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class AuditEntry(Model):
    """`actor` did `action` to the target; no actor means a rule or the command line (`detail.via` says which)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    actor: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="decisions", null=True, on_delete=fields.SET_NULL
    )
    actor_id: int | None
    action = fields.CharField(64)
    target_type = fields.CharField(32)
    target = fields.CharField(2048)
    detail = JsonField(default=dict)
    created_at = TimeField()

    class Meta:
        table = "audit_log"
        indexes = (("target_type", "target"), ("actor",))


class Report(Model):
    """A complaint about an account and some of its posts. `category`: spam, legal, violation, other.

    `uri` is the id of a remote Flag, which may be about several accounts: one report for each. `forwarded`: a copy
    goes to the account's own server. `action_taken_at` is set when it was resolved. `languages`: what its posts and
    its comment are in, " es zh " (primary subtags between spaces), as far as that is known.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_made"
    )
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_about"
    )
    target_id: int
    post_ids = JsonField(default=list)
    rule_ids = JsonField(default=list)
    category = fields.CharField(16, default="other")
    comment = fields.TextField(default="")
    forwarded = fields.BooleanField(default=False)
    uri = fields.CharField(2048, null=True)
    languages = fields.CharField(255, default="", db_default="")
    assigned_to_id = fields.BigIntField(null=True)
    action_taken_at = TimeField(null=True)
    action_taken_by_id = fields.BigIntField(null=True)
    created_at = TimeField()

    class Meta:
        table = "reports"
        unique_together = (("uri", "target"),)
        indexes = (("action_taken_at", "id"), ("target",))


class Announcement(Model):
    """What the staff tells everybody here. `content` is safe HTML, `source` what was typed.

    Shown from `shown_from` (None: its making) until `ends_at`; `starts_at` is when what it tells of begins. `all_day`:
    of both only the dates count. Snapshots for rendering: `mentions`, `tags`, `emojis` as in posts, `statuses`
    [{id, url}].
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    source = fields.TextField()
    content = fields.TextField()
    mentions = JsonField(default=list)
    tags = JsonField(default=list)
    emojis = JsonField(default=list)
    statuses = JsonField(default=list)
    starts_at = TimeField(null=True)
    ends_at = TimeField(null=True)
    all_day = fields.BooleanField(default=False)
    shown_from = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "announcements"


class AnnouncementRead(Model):
    """A person has put an announcement away."""

    id = fields.BigIntField(primary_key=True)
    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "fedinote.Announcement", related_name="reads"
    )
    announcement_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="announcement_reads"
    )
    account_id: int

    class Meta:
        table = "announcement_reads"
        unique_together = (("announcement", "account"),)
        indexes = (("account",),)


class AnnouncementEmoji(Model):
    """An emoji that somebody has put to an announcement; it stays when the last one took it back.

    `name` is a Unicode emoji or the shortcode of one of ours, `key` the same without presentation selectors.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "fedinote.Announcement", related_name="emoji"
    )
    announcement_id: int
    key = fields.CharField(255)
    name = fields.CharField(255)

    class Meta:
        table = "announcement_emojis"
        unique_together = (("announcement", "key"),)


class AnnouncementReaction(Model):
    """A person reacted to an announcement with one of its emoji."""

    id = fields.BigIntField(primary_key=True)
    emoji: fields.ForeignKeyRelation[AnnouncementEmoji] = fields.ForeignKeyField(
        "fedinote.AnnouncementEmoji", related_name="reactions"
    )
    emoji_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="announcement_reactions"
    )
    account_id: int

    class Meta:
        table = "announcement_reactions"
        unique_together = (("emoji", "account"),)
        indexes = (("account",),)


class HouseRule(Model):
    """A rule of the house. `id` is its number, from 1 on, which reports name: it stays, whatever becomes of the order.

    `translations`: {tag: {text, hint}}. `removed_at`: it holds no more, and is kept for the reports that name it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    position = fields.IntField()
    text = fields.TextField()
    hint = fields.TextField(default="")
    translations = JsonField(default=dict)
    removed_at = TimeField(null=True)

    class Meta:
        table = "house_rules"


class FirstStep(Model):
    """A step of setting the server up that somebody has done or put aside (`state`: "done", "skipped")."""

    name = fields.CharField(32, primary_key=True)
    state = fields.CharField(16)
    at = TimeField()

    class Meta:
        table = "first_steps"


class Statement(Model):
    """Why something was decided about an account (a statement of reasons). It stays when the account is deleted.

    `action` as in Mastodon's AccountWarning, or "delete". `text` is what the subject is told, in `language`, and binds;
    `rule_ids` are numbers of house rules; `automated`: no person decided (`rule` is the moderators' rule that did).
    `lifted_at`: it holds no more (`lifted_why`: "undone" or "appeal"). `purge_at`: a suspension becomes final then.
    `translated` is the text as it was sent in the member's language (`translated_to`), by the engine `translated_by`.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="statements", null=True, on_delete=fields.SET_NULL
    )
    account_id: int | None
    local = fields.BooleanField()
    action = fields.CharField(32)
    text = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    translated = fields.TextField(default="", db_default="")
    translated_to = fields.CharField(35, null=True)
    translated_by = fields.CharField(255, default="", db_default="")
    rule_ids = JsonField(default=list)
    category = fields.CharField(16, default="other")
    automated = fields.BooleanField(default=False)
    rule_id = fields.BigIntField(null=True)
    report_id = fields.BigIntField(null=True)
    post_ids = JsonField(default=list)
    moderator_id = fields.BigIntField(null=True)
    created_at = TimeField()
    lifted_at = TimeField(null=True)
    lifted_by_id = fields.BigIntField(null=True)
    lifted_why = fields.CharField(16, default="")
    purge_at = TimeField(null=True)

    class Meta:
        table = "statements"
        indexes = (("account", "action"), ("created_at",), ("purge_at",))


class Appeal(Model):
    """Somebody asks to decide again. `state`: open, lifted (the decision was undone), upheld, or ended.

    It ends with the account that made it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    statement: fields.OneToOneRelation[Statement] = fields.OneToOneField("fedinote.Statement", related_name="appeal")
    statement_id: int
    state = fields.CharField(8, default="open")
    created_at = TimeField()
    decided_at = TimeField(null=True)
    decided_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "appeals"
        indexes = (("state", "id"),)


class AppealMessage(Model):
    """One turn in the thread of an appeal. `author` None: the account is gone; `by_staff` tells which side."""

    id = fields.BigIntField(primary_key=True, generated=False)
    appeal: fields.ForeignKeyRelation[Appeal] = fields.ForeignKeyField("fedinote.Appeal", related_name="messages")
    appeal_id: int
    author: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="appeal_messages", null=True, on_delete=fields.SET_NULL
    )
    author_id: int | None
    by_staff = fields.BooleanField()
    text = fields.TextField()
    language = fields.CharField(35, null=True)
    created_at = TimeField()

    class Meta:
        table = "appeal_messages"
        indexes = (("appeal", "id"),)


class ReportNote(Model):
    """What a moderator wrote to a report: for the staff, or (`to_reporter`) for whoever reported, if they live here."""

    id = fields.BigIntField(primary_key=True, generated=False)
    report: fields.ForeignKeyRelation[Report] = fields.ForeignKeyField("fedinote.Report", related_name="notes")
    report_id: int
    author_id = fields.BigIntField(null=True)
    text = fields.TextField()
    to_reporter = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "report_notes"
        indexes = (("report", "id"),)


class AccountRemark(Model):
    """What a moderator keeps in mind about an account, for the staff alone; it goes with the account."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="remarks")
    account_id: int
    author_id = fields.BigIntField(null=True)
    text = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "account_remarks"
        indexes = (("account", "id"),)


class BatchItem(Model):
    """One thing of many that were decided at once (`batch`), with what is needed to take that back.

    `what`: held (`ref` is the number of the held post, `post_id` what it became) or account (`ref` is its id).
    `content` is a held post that was dropped, as JSON, for a day; `statement_id` what an account was told.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    batch = fields.BigIntField()
    what = fields.CharField(8)
    deed = fields.CharField(16)
    ref = fields.BigIntField()
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="batch_items")
    account_id: int
    post_id = fields.BigIntField(null=True)
    statement_id = fields.BigIntField(null=True)
    uri = fields.CharField(2048, default="")
    content = fields.TextField(default="")
    created_at = TimeField(db_index=True)
    undone_at = TimeField(null=True)

    class Meta:
        table = "batch_items"
        indexes = (("batch", "id"),)


class ListSource(Model):
    """A shared list of servers that is read again and again. `kind`: csv or fires.

    `ceiling` is the most severe that it may ask for; `automatic`: its recommendations are put into force by
    themselves; `days` after which what it put there ends unless it says so again (None: never). `cursor` is where the
    next reading begins (FIRES); `problem` why the last one failed.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(8)
    url = fields.CharField(2048, unique=True)
    title = fields.CharField(200)
    ceiling = fields.CharField(16, default="silence")
    automatic = fields.BooleanField(default=False)
    days = fields.IntField(null=True)
    cursor = fields.CharField(2048, default="")
    problem = fields.TextField(default="")
    read_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "list_sources"


class ListEntry(Model):
    """What a source says of a server. `state`: draft, applied, refused, retracted (said no more), ended (too old).

    `block_id`: the block that stands for it, `terms` as it was made. `advisory`: a warning only. `accepted`: the source
    vouches for the server. `seen_at`: when the source last said it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    source: fields.ForeignKeyRelation[ListSource] = fields.ForeignKeyField(
        "fedinote.ListSource", related_name="entries"
    )
    source_id: int
    domain = fields.CharField(255)
    severity = fields.CharField(16)
    reject_media = fields.BooleanField(default=False)
    reject_reports = fields.BooleanField(default=False)
    reason = fields.TextField(default="")
    labels = JsonField(default=list)
    advisory = fields.BooleanField(default=False)
    accepted = fields.BooleanField(default=False)
    key = fields.CharField(2048, default="")
    state = fields.CharField(16, default="draft")
    block_id = fields.BigIntField(null=True)
    terms = JsonField(null=True)
    created_at = TimeField()
    seen_at = TimeField()
    expires_at = TimeField(null=True)

    class Meta:
        table = "list_entries"
        unique_together = (("source", "domain"),)
        indexes = (("state", "id"), ("domain",), ("expires_at",))


class DomainChange(Model):
    """One change of the list of blocked or of allowed servers, so that it can be undone.

    `listing`: block or allow; `before` and `after` are the terms (None: not on the list). Changes made at one go have
    the same `batch`; `cause` says where they come from ("" by hand, a file, a list, an undoing).
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    batch = fields.BigIntField()
    listing = fields.CharField(8)
    domain = fields.CharField(255)
    before = JsonField(null=True)
    after = JsonField(null=True)
    cause = fields.CharField(250, default="")
    actor_id = fields.BigIntField(null=True)
    created_at = TimeField()
    undone_at = TimeField(null=True)

    class Meta:
        table = "domain_changes"
        indexes = (("batch",), ("domain", "id"), ("created_at",))


class DomainImport(Model):
    """A file with servers that somebody handed in, and goes through. `listing`: block or allow."""

    id = fields.BigIntField(primary_key=True, generated=False)
    listing = fields.CharField(8)
    name = fields.CharField(200)
    actor_id = fields.BigIntField(null=True)
    working = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "domain_imports"
        indexes = (("created_at",),)


class DomainImportRow(Model):
    """A line of such a file. `state`: new, done, left (put aside), failed, bad (not understood; `text` is the line)."""

    id = fields.BigIntField(primary_key=True)
    of_import: fields.ForeignKeyRelation[DomainImport] = fields.ForeignKeyField(
        "fedinote.DomainImport", related_name="lines"
    )
    of_import_id: int
    line = fields.IntField()
    domain = fields.CharField(255, default="")
    terms = JsonField(null=True)
    state = fields.CharField(8, default="new")
    problem = fields.TextField(default="")
    text = fields.TextField(default="")

    class Meta:
        table = "domain_import_rows"
        indexes = (("of_import", "state", "line"),)
