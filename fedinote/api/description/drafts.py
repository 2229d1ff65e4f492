"""The objects that a client sends within its parameters; in a shape here `!` marks what must be there."""

from fedinote.api.description import kinds

_TABLE = """
PollDraft options!:[text] expires_in!:number multiple:flag hide_totals:flag
FieldDraft name:text value:text
SourceDraft privacy:text sensitive:flag language:text quote_policy:text reply_policy:text language_divider:flag
 translation:TranslationChoice
TranslationChoice mode:text target:text understood:[text] languages:{text}
About id:number domain:text
RuleTerms words:[text] pattern:text hosts:[text] most:number days:number doing:text times:number minutes:number
 languages:[text] only:flag translations:flag translate:text translate_for:=strangers/all
KeywordDraft id:id keyword:text whole_word:flag _destroy:flag
MarkerDraft last_read_id!:id
SubscriptionDraft endpoint!:url keys!:SubscriptionKeys standard:flag
SubscriptionKeys p256dh!:text auth!:text
SubscriptionData alerts:{flag} policy:=all/followed/follower/none
"""


def schemas() -> kinds.Schema:
    """Return the schema of every such object by name."""
    found: kinds.Schema = {}
    for line in filter(None, _TABLE.replace("\n ", " ").splitlines()):
        name, _, text = line.partition(" ")
        found[name] = parameters(text)
    return found


def parameters(text: str) -> kinds.Schema:
    """Return the schema of an object that is sent, from a row of parameters."""
    rows = list(kinds.members(text))
    found: kinds.Schema = {"type": "object", "properties": {name: kinds.schema(kind) for name, _, kind in rows}}
    required = [name for name, mark, _ in rows if mark == "!"]
    return {**found, "required": required} if required else found
