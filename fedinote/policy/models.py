"""Rules about other servers, about addresses on the internet, and about e-mail addresses."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class DomainBlock(Model):
    """What is done with a domain and its subdomains. `severity`: noop, silence (limit), suspend.

    `followers_only`: public posts of there reach followers alone; `warning`: what is put before all of them.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    domain = fields.CharField(255, unique=True)
    severity = fields.CharField(16)
    reject_media = fields.BooleanField(default=False)
    reject_reports = fields.BooleanField(default=False)
    followers_only = fields.BooleanField(default=False, db_default=False)
    warning = fields.CharField(200, default="", db_default="")
    obfuscate = fields.BooleanField(default=False)
    private_comment = fields.TextField(default="")
    public_comment = fields.TextField(default="")
    expires_at: Any = TimeField(null=True)  # datetime | None
    created_at = TimeField()

    class Meta:
        table = "domain_blocks"
        indexes = (("expires_at",),)


class DomainAllow(Model):
    """A server that takes part where `federation.allow_list` is on. Its subdomains are servers of their own."""

    id = fields.BigIntField(primary_key=True, generated=False)
    domain = fields.CharField(255, unique=True)
    created_at = TimeField()

    class Meta:
        table = "domain_allows"


class ServerTrust(Model):
    """What was decided about a server that nobody here knew. `state`: known, or stranger (it never ages into one).

    `source_id`: the subscribed list that vouches for it; otherwise a moderator (`decided_by`) or the command line.
    """

    domain = fields.CharField(255, primary_key=True)
    state = fields.CharField(8)
    why = fields.CharField(200, default="")
    source_id = fields.BigIntField(null=True)
    decided_by = fields.BigIntField(null=True)
    decided_at = TimeField()

    class Meta:
        table = "server_trust"


class IpBlock(Model):
    """What people at some addresses may not do. `network` in CIDR notation, no bits set beyond the prefix.

    `severity`: sign_up_requires_approval, sign_up_block, no_access. `changed_at` tells other processes to look again.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    network = fields.CharField(64, unique=True)
    severity = fields.CharField(32)
    comment = fields.TextField(default="")
    expires_at: Any = TimeField(null=True)  # datetime | None
    created_at = TimeField()
    changed_at = TimeField()

    class Meta:
        table = "ip_blocks"
        indexes = (("changed_at",),)


class EmailDomainBlock(Model):
    """Nobody signs up with an e-mail address of this domain or one below it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    domain = fields.CharField(255, unique=True)
    created_at = TimeField()

    class Meta:
        table = "email_domain_blocks"


class EmailDomainAttempt(Model):
    """How often an e-mail domain's block refused one visitor on one day (days since 1970, UTC), kept for a week.

    `visitor` is a keyed hash of day and address: good for counting visitors of a day, and for nothing else.
    """

    id = fields.BigIntField(primary_key=True)
    block: fields.ForeignKeyRelation[EmailDomainBlock] = fields.ForeignKeyField(
        "fedinote.EmailDomainBlock", related_name="attempts"
    )
    block_id: int
    day = fields.IntField()
    visitor = fields.CharField(64)
    uses = fields.IntField(default=0)

    class Meta:
        table = "email_domain_attempts"
        unique_together = (("block", "day", "visitor"),)
        indexes = (("day",),)


class CanonicalEmailBlock(Model):
    """Nobody signs up with an e-mail address whose canonical form has this SHA-256 (hex).

    `account` is whose suspension made the block, and whose restoration ends it; None when a person typed the address.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    hash = fields.CharField(64, unique=True)
    account: Any = fields.ForeignKeyField(
        "fedinote.Account", related_name="email_blocks", null=True, on_delete=fields.SET_NULL
    )
    account_id: int | None
    created_at = TimeField()

    class Meta:
        table = "canonical_email_blocks"
        indexes = (("account",),)


class Rule(Model):
    """What a post must not say or do here. `kind` and its `terms` see `policy.rules`; `state`: draft, on, off.

    `spares`: from which level of trust on it leaves people alone (`policy.trust`), "" for nobody.

    `title` and `reason` may be shown to everybody, `note` is for moderators. `owner_id` is who answers for it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(16)
    terms = JsonField()
    action = fields.CharField(16)
    origin = fields.CharField(8, default="all")
    spares = fields.CharField(16, default="")
    state = fields.CharField(8, default="draft")
    title = fields.CharField(200)
    reason = fields.TextField(default="")
    note = fields.TextField(default="")
    owner_id = fields.BigIntField(null=True)
    expires_at = TimeField(null=True)
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:
        table = "rules"


class RuleHit(Model):
    """A rule caught a post: why, and what was done. `uri` is "" for what was not published."""

    id = fields.BigIntField(primary_key=True, generated=False)
    rule: fields.ForeignKeyRelation[Rule] = fields.ForeignKeyField("fedinote.Rule", related_name="hits")
    rule_id: int
    account_id = fields.BigIntField(db_index=True)
    uri = fields.CharField(2048, default="")
    action = fields.CharField(16)
    why = fields.CharField(500)
    created_at = TimeField()

    class Meta:
        table = "rule_hits"
        indexes = (("rule_id", "id"),)


class RuleMeasure(Model):
    """What a rule did to a post that was there already, once for each version of it (when that was written, epoch ms).

    `former` are the fields of the post that it replaced, as they were before. A post that it removed is not there.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    rule: fields.ForeignKeyRelation[Rule] = fields.ForeignKeyField("fedinote.Rule", related_name="measures")
    rule_id: int
    post: Any = fields.ForeignKeyField("fedinote.Post", related_name="rule_measures")
    post_id: int
    version = fields.BigIntField()
    action = fields.CharField(16)
    former = JsonField(default=dict)
    created_at = TimeField()
    undone_at = TimeField(null=True)

    class Meta:
        table = "rule_measures"
        unique_together = (("post", "rule", "version"),)
        indexes = (("rule", "id"),)


class RuleTrial(Model):
    """What a rule would have caught: its last trial. `version` is a hash of what it catches, which may have changed.

    `state`: running, done, failed. `reached` is the post after which it goes on, `found` what was found so far.
    """

    rule: fields.OneToOneRelation[Rule] = fields.OneToOneField("fedinote.Rule", related_name="trial", primary_key=True)
    rule_id: int
    version = fields.CharField(32)
    state = fields.CharField(8)
    days = fields.IntField()
    since = TimeField()
    reached = fields.BigIntField(default=0)
    found = JsonField()
    problem = fields.CharField(500, default="")
    started_at = TimeField()
    ended_at = TimeField(null=True)

    class Meta:
        table = "rule_trials"


class PictureSet(Model):
    """A named set of pictures that a rule may be about. `source` says where it is from.

    `version` counts all changes, `removals` those that took pictures out: what processes remember goes by them.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    name = fields.CharField(100, unique=True)
    source = fields.CharField(200, default="")
    reason = fields.CharField(500, default="")
    version = fields.IntField(default=0)
    removals = fields.IntField(default=0)
    created_at = TimeField()

    class Meta:
        table = "picture_sets"


class KnownPicture(Model):
    """A picture of a set, by its hash alone. `kind`: pdq (what it looks like) or sha256 (exactly this file)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    set: fields.ForeignKeyRelation[PictureSet] = fields.ForeignKeyField("fedinote.PictureSet", related_name="pictures")
    set_id: int
    kind = fields.CharField(8)
    hash = fields.CharField(64)
    label = fields.CharField(200, default="")
    source = fields.CharField(200, default="")
    reason = fields.CharField(500, default="")
    added_by = fields.BigIntField(null=True)
    created_at = TimeField()

    class Meta:
        table = "known_pictures"
        unique_together = (("set", "kind", "hash"),)
        indexes = (("set_id", "id"),)
