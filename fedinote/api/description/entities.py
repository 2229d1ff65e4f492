"""The entities of the API: what each answer holds. https://docs.joinmastodon.org/entities/

An entity may begin with `+Other`: all of the other's members, and these.
"""

from fedinote.api.description import kinds

_TABLE = """
Error error:text error_description?:text
Account id:id username:text acct:text locked:flag bot:flag discoverable:flag indexable:flag noindex:flag group:flag
 created_at:moment url:url uri:url followers_count:number following_count:number statuses_count:number
 last_status_at:date? hide_collections:flag? roles:[AccountRole] display_name:text note:html avatar:url
 avatar_static:url avatar_description:text header:url header_static:url header_description:text emojis:[CustomEmoji]
 fields:[Field] memorial?:flag suspended?:flag limited?:flag moved?:Account mute_expires_at?:moment?
 show_featured?:flag show_media?:flag show_media_replies?:flag attribution_domains?:[text]
 feature_approval:FeatureApproval translation?:InTranslation
FeatureApproval automatic:[text] manual:[text] current_user:=automatic/manual/denied/unknown/missing
AccountRole id:id name:text color:text
Role id:id name:text color:text permissions:text highlighted:flag collection_limit:number
Field name:text value:html verified_at:moment?
PartialAccount id:id acct:text locked:flag bot:flag url:url avatar:url avatar_static:url avatar_description?:text
CustomEmoji shortcode:text url:url static_url:url visible_in_picker:flag category?:text?
CredentialAccount +Account source:AccountSource role:Role
AccountSource privacy:text sensitive:flag language:text? quote_policy?:text reply_policy?:text
 follow_requests_count:number note:text
 language_divider:flag fields:[Field] hide_collections:flag? discoverable:flag? indexable:flag?
 attribution_domains:[text] machine_translation:text also_known_as?:[text] translation:TranslationPreferences
TranslationPreferences mode:=button/append/replace target:text understood:[text] languages:{text} accounts:{text}
 automatic:flag
TranslationException rule:=always/never account:Account
InTranslation mode:=append/replace language:text detected_source_language:text provider:text
 location:=local/network/third-party? kind:=machine/conversion/author/person
 created_at:moment outdated?:flag original:object
Profile id:id display_name:text note:text fields:[Field] avatar:url? avatar_static:url? avatar_description:text
 header:url? header_static:url? header_description:text bot:flag locked:flag hide_collections:flag discoverable:flag
 indexable:flag show_media:flag show_media_replies:flag show_featured:flag attribution_domains:[text]
 machine_translation:text featured_tags:[FeaturedTag]
FeaturedTag id:id name:text url:url statuses_count:text last_status_at:date?
Relationship id:id following:flag showing_reblogs:flag notifying:flag languages:[text]? followed_by:flag blocking:flag
 blocked_by:flag muting:flag muting_notifications:flag muting_expires_at:moment? requested:flag requested_by:flag
 domain_blocking:flag endorsed:flag note:text
FamiliarFollowers id:id accounts:[Account]
MutedAccount +Account
Status id:id created_at:moment in_reply_to_id:id? in_reply_to_account_id:id? sensitive:flag spoiler_text:text
 visibility:=public/unlisted/private/direct local_only:flag language:text? uri:url url:url? replies_count:number
 reblogs_count:number
 favourites_count:number edited_at:moment?
 imported_from?:url? content:html reblog:Status? application:StatusApplication? account:Account
 media_attachments:[MediaAttachment] mentions:[StatusMention] tags:[StatusTag] emojis:[CustomEmoji] poll:Poll?
 translations:[LanguageVersion] machine_translation:text card:PreviewCard? quote:Quote|ShallowQuote? quotes_count:number
 glossary_notes:[GlossaryNote] stated_language?:text? matched_by?:=text/translation/query matched_language?:text?
 quote_approval:QuoteApproval reply_approval?:QuoteApproval reply_state?:=pending/rejected
 reactions:[EmojiReaction] pleroma?:object favourited?:flag reblogged?:flag muted?:flag
 bookmarked?:flag pinned?:flag filtered?:[FilterResult] tagged_collections:[Collection] translation?:InTranslation
DeletedStatus +Status content?:html text:text?
StatusApplication name:text website:url?
StatusMention id:id username:text acct:text url:url
StatusTag name:text url:url id?:id
StatusEdit content:html spoiler_text:text sensitive:flag created_at:moment account:Account
 media_attachments:[MediaAttachment] emojis:[CustomEmoji] poll?:object quote:Quote|ShallowQuote?
StatusSource id:id text:text spoiler_text:text language:text? translations:object machine_translation:text
 reply_approval_policy:text
 cover_media_ids:[id]
LanguageVersion language:text machine:flag? reviewed:flag provider:text? outdated:flag translators:[Translator]
Translator acct:text url:url
Topic id:id slug:text title:text titles:{text} tags:[TopicTag] following?:flag expand?:flag
TopicTag id:id name:text url:url
TopicSuggestion tags:[text] posts:number people:number score:decimal other_writing:flag topic_id:id?
TranslationDraft language:text detected_source_language:text status:text spoiler_text:text poll_options:[text]
 media_descriptions:{text} machine:text? reviewed:flag location:text kind:text
TranslationSuggestion id:id status_id:id account:Account? language:text status:text spoiler_text:text
 poll_options:[text] media_descriptions:{text} machine:text? reviewed:flag state:=open/accepted/rejected outdated:flag
 created_at:moment
Readings language:text? kind:=pinyin/furigana content:html
MachineTranslation machine_translation:=any/no_third_party/none
TranslationAccounts enabled:flag page:url engines:[TranslationAccount]
TranslationAccount name:text location:=local/network/third-party kind:text? in_use:flag may_receive:[text]
 today:TranslationSum this_month:TranslationSum days:[TranslationSum] months:[TranslationSum]
TranslationSum date?:date month?:text calls:number texts:number characters:number failures?:number charged?:number
 cache_hits?:number
TranslationAdministration budget:TranslationBudget characters_per_person:number? cache:object
 engines:[AdministeredEngine]
AdministeredEngine +TranslationAccount resting_for:number? budget:TranslationBudget
TranslationBudget characters:number? spent:number left:number?
GlossaryNote term:text meaning:text language:text origin:text
GlossaryEntry id:id? term:text origin:text languages:[text] meanings:{text} translations:{text} keep:flag
GlossaryProposal id:id account:Account? entry:GlossaryEntry comment:text state:=open/accepted/rejected
 created_at:moment
Imported imported:number
Quote state:text quoted_status:Status?
ShallowQuote state:text quoted_status_id:id?
QuoteApproval automatic:[text] manual:[text] current_user:=automatic/manual/denied/unknown
EmojiReaction name:text count:number me?:flag url?:url static_url?:url accounts?:[Account]
Context ancestors:[Status] descendants:[Status]
MediaAttachment id:id type:=unknown/image/gifv/video/audio url:url? preview_url:url? remote_url:url?
 preview_remote_url:url? text_url:null meta:object? description:text? blurhash:text?
 title?:text? artist?:text? waveform?:text?
Poll id:id expires_at:moment? expired:flag multiple:flag votes_count:number voters_count:number? options:[PollOption]
 emojis:[CustomEmoji] voted?:flag own_votes?:[number]
PollOption title:text votes_count:number?
PreviewCard url:url title:text description:text language:text? type:=link/photo/video/rich author_name:text
 author_url:text provider_name:text provider_url:text html:text width:number height:number image:url?
 image_description:text embed_url:text blurhash:text? published_at:moment? authors:[PreviewCardAuthor]
PreviewCardAuthor name:text url:text account:Account?
Translation content:html spoiler_text:text language:text detected_source_language:text provider:text kind?:text
 outdated?:flag location?:text poll:object?
 media_attachments:[object]
ScheduledStatus id:id scheduled_at:moment params:ScheduledParams media_attachments:[MediaAttachment]
ScheduledParams text:text spoiler_text:text? sensitive:flag? visibility:text? language:text? in_reply_to_id:id?
 media_ids:[id]? cover_media_ids:[id] poll:object? translations:object machine_translation:text quoted_status_id:id?
 quote_approval_policy:text? reply_approval_policy:text idempotency:text?
 application_id:null scheduled_at:null with_rate_limit:flag
Conversation id:id unread:flag accounts:[Account] last_status:Status?
List id:id title:text replies_policy:=followed/list/none exclusive:flag
Marker last_read_id:id version:number updated_at:moment
Tag id:id name:text url:url history:[TagHistory] following?:flag featuring?:flag
TagHistory day:text uses:text accounts:text
Filter id:id title:text context:[text] expires_at:moment? filter_action:=warn/hide/blur keywords:[FilterKeyword]
 statuses:[FilterStatus]
FilterKeyword id:id keyword:text whole_word:flag
FilterStatus id:id status_id:id
FilterResult filter:Filter keyword_matches:[text]? status_matches:[id]?
V1Filter id:id phrase:text context:[text] whole_word:flag expires_at:moment? irreversible:flag
Notification id:id type:text group_key:text created_at:moment account:Account status?:Status report?:Report
 translation_suggestion?:object
 event?:RelationshipSeveranceEvent moderation_warning?:AccountWarning emoji?:text emoji_url?:url? collection?:object
NotificationGroup group_key:text notifications_count:number type:text most_recent_notification_id:number
 sample_account_ids:[id] page_min_id?:id page_max_id?:id latest_page_notification_at?:moment status_id?:id
 report?:Report event?:RelationshipSeveranceEvent moderation_warning?:AccountWarning emoji?:text emoji_url?:url?
 collection?:object
GroupedNotificationsResults accounts:[Account] partial_accounts?:[PartialAccount] statuses:[Status]
 notification_groups:[NotificationGroup]
NotificationPolicy for_strangers:text new_account_days:number for_bots:text for_not_following:text
 for_not_followers:text for_new_accounts:text for_private_mentions:text for_limited_accounts:text summary:PolicySummary
PolicySummary pending_requests_count:number pending_notifications_count:number
NotificationRequest id:id created_at:moment updated_at:moment notifications_count:text account:Account
 last_status:Status?
RelationshipSeveranceEvent id:id type:text purged:flag target_name:text followers_count:number following_count:number
 created_at:moment
AccountWarning id:id action:text text:text status_ids:[id]? target_account:Account created_at:moment appeal:object?
 language:text? original_text:text
Count count:number
Merged merged:flag
WebPushSubscription id:number endpoint:url standard:flag alerts:{flag} policy:text server_key:text
Search accounts:[Account] statuses:[Status] hashtags:[Tag] collections:[Collection]
SearchV1 accounts:[Account] statuses:[Status] hashtags:[text]
Suggestion source:text sources:[text] account:Account
TrendingLink +PreviewCard history:[TagHistory]
Collections collections:[Collection]
WrappedCollection collection:Collection
WrappedCollectionItem collection_item:CollectionItem
CollectionWithAccounts collection:Collection accounts:[Account]
Collection id:id uri:url url:url? name:text description:text language:text? account_id:id local:flag sensitive:flag
 discoverable:flag item_count:number created_at:moment updated_at:moment tag:StatusTag? items:[CollectionItem]
CollectionItem id:id account_id:id state:text created_at:moment
Announcement id:id content:html starts_at:moment? ends_at:moment? all_day:flag published_at:moment updated_at:moment
 read?:flag mentions:[StatusMention] statuses:[object] tags:[StatusTag] emojis:[CustomEmoji] reactions:[EmojiReaction]
AsyncRefreshAnswer async_refresh:AsyncRefresh
AsyncRefresh id:id status:=running/finished result_count?:number?
WrappedAnnualReports annual_reports:[AnnualReport] accounts:[Account] statuses:[Status]
AnnualReport year:number data:object schema_version:number share_url:url? account_id:id
AnnualReportState state:=available/generating/eligible/ineligible
Instance domain:text title:text version:text source_url:url description:text usage:object thumbnail:object
 icon:[object] languages:[text] configuration:InstanceConfiguration registrations:object api_versions:{number}
 contact:InstanceContact rules:[Rule] wrapstodon:number?
InstanceConfiguration urls:{text?} vapid:object accounts:{number} statuses:{number} media_attachments:object
 timelines_access?:object
 polls:{number} translation:object reactions:object limited_federation:flag
InstanceContact email:text account:Account?
V1Instance uri:text title:text short_description:text description:text email:text version:text urls:{text}
 stats:{number} thumbnail:url? languages:[text] registrations:flag approval_required:flag invites_enabled:flag
 configuration:object max_toot_chars:number contact_account:Account? rules:[Rule]
Rule id:id text:text hint:text translations:object
PrivacyPolicy updated_at:moment content:html
ExtendedDescription updated_at:moment? content:html
TermsOfService effective_date:date effective:flag content:html succeeded_by:date?
Language code:text name:text
Week week:text statuses:text logins:text registrations:text
DomainBlock domain:text digest:text severity:=silence/suspend comment:text?
Application id:id name:text website:url? scopes:[text] redirect_uri:text redirect_uris:[text] vapid_key:text
CredentialApplication +Application client_id:text client_secret:text client_secret_expires_at:number
Token access_token:text token_type:text scope:text created_at:number
UserInfo iss:url sub:url name:text preferred_username:text profile:url picture:url?
AuthorizationServer issuer:url authorization_endpoint:url token_endpoint:url revocation_endpoint:url
 userinfo_endpoint:url app_registration_endpoint:url service_documentation:url scopes_supported:[text]
 response_types_supported:[text] response_modes_supported:[text] grant_types_supported:[text]
 token_endpoint_auth_methods_supported:[text] code_challenge_methods_supported:[text]
 authorization_response_iss_parameter_supported:flag
OEmbed type:text version:text title:text author_name:text author_url:url provider_name:text provider_url:url
 cache_age:number html:html width:number height:number? thumbnail_url?:url thumbnail_width?:number
 thumbnail_height?:number
Preferences "posting:default:visibility":text "posting:default:sensitive":flag "posting:default:language":text?
 "posting:default:quote_policy":text "posting:default:reply_policy":text
 "reading:expand:media":text "reading:expand:spoilers":flag
Report id:id action_taken:flag action_taken_at:moment? category:text comment:text forwarded:flag created_at:moment
 status_ids:[id] rule_ids:[id] collection_ids?:[id] target_account:Account?
"""
_STAFF = """
AdminAccount id:id username:text domain:text? created_at:moment email:text? ip:text? ips:[AdminIp] locale:text?
 invite_request:text? role:Role? confirmed:flag approved:flag disabled:flag silenced:flag suspended:flag
 sensitized:flag created_by_application_id:id? invited_by_account_id:id? account:Account
AdminIp ip:text used_at:moment
AdminReport id:id action_taken:flag action_taken_at:moment? category:text comment:text forwarded:flag created_at:moment
 updated_at:moment account:AdminAccount target_account:AdminAccount assigned_account:AdminAccount?
 action_taken_by_account:AdminAccount? statuses:[Status] rules:[object]
AdminDomainBlock id:id domain:text digest:text created_at:moment severity:text reject_media:flag reject_reports:flag
 followers_only:flag warning:text? private_comment:text? public_comment:text? obfuscate:flag
AdminDomainAllow id:id domain:text created_at:moment
AdminIpBlock id:id ip:text severity:text comment:text created_at:moment expires_at:moment?
AdminEmailDomainBlock id:id domain:text created_at:moment history:[TagHistory]
AdminCanonicalEmailBlock id:id canonical_email_hash:text
AdminTag +Tag trendable:flag usable:flag listable:flag requires_review:flag
AdminTrendingLink +TrendingLink id:id requires_review:flag
AdminTrendingStatus +Status requires_review:flag
Publisher id:id domain:text trendable:flag reviewed_at:moment? requires_review:flag
AdminMeasure key:text unit:text? total:text human_value?:text previous_total?:text data:[object]
AdminDimension key:text data:[object]
AdminCohort period:moment frequency:text data:[object]
IdentityProof provider:text provider_username:text updated_at:moment proof_url:url profile_url:url
Relay id:id kind:text state:text inbox_url:url actor_uri:url? created_at:moment answered_at:moment?
SharedList id:id kind:=csv/fires url:text title:text ceiling:text automatic:flag days:number? problem:text
 drafts_count:number applied_count:number read_at:moment? created_at:moment
ListReading taken:number applied:number retracted:number
ListEntry id:id list_id:id list_title:text domain:text severity:text applied_severity:text reject_media:flag
 reject_reports:flag reason:text labels:[text] advisory:flag accepted:flag state:=draft/applied/refused/retracted/ended
 domain_block_id:id? created_at:moment seen_at:moment expires_at:moment?
DomainForesight domain:text domain_block_id:id? accounts_count:number statuses_count:number following_count:number
 followers_count:number suspended_count:number silenced_count:number ended_following_count:number
 ended_followers_count:number people_count:number media_count:number above:[text] below:[text]
DomainChange id:id listing:=block/allow cause:text actor_id:id? domains_count:number domains:[text] undone:flag
 created_at:moment
DomainUndone undone_count:number left:[text]
FollowedAgain asked_count:number failed_count:number
ModerationRule id:id kind:text terms:object action:text origin:text spares:text state:=draft/on/off title:text
 reason:text note:text owner_id:id? hits_count:number expires_at:moment? created_at:moment updated_at:moment
AccountTrust level:=new/settled/followed/vouched vouched_at:moment?
RuleHit id:id account_id:id acct:text uri:text? action:text why:text created_at:moment
Accountability since:text rules:[PublicRule] servers:[PublicServer] hidden_servers:number policies:[PublicPolicy]
 automatic:[PublicAutomatic] lists:[PublicList] months:[PublicMonth] decisions:[PublicDecision]? languages:[text]
 engines:[PublicEngine] data:object openness:object contact:object page:url translation:url
PublicRule id:id text:text hint:text translations:object in_force:flag
PublicServer domain:text severity:text reject_media:flag reject_reports:flag reason:text
PublicPolicy kind:text action:text title:text reason:text origin:text since:text until:text?
PublicAutomatic name:text does:text facts:object
PublicMonth month:text decisions:object automated:number reports:number reports_closed:number appeals:number
 appeals_lifted:number appeals_upheld:number rule_hits:number
PublicList title:text kind:text address:text ceiling:text automatic:flag days:number? in_force:number since:text
PublicEngine name:text location:text may_receive:[text]
PublicDecision month:text action:text local:flag category:text rules:[number] grounds:text automated:flag policy:text?
 outcome:text appeal:text?
Decision id:id action:text text:text language:text? translation:object? category:text rules:[object] automated:flag
 status_ids:[id] created_at:moment lifted_at:moment? final_at:moment? appealable:flag appeal:DecisionAppeal?
DecisionAppeal id:id decision_id:id state:=pending/approved/rejected/ended created_at:moment decided_at:moment?
 messages:[AppealMessage]
AppealMessage by_moderators:flag text:text language:text? created_at:moment
AdminAppeal +DecisionAppeal decision:Decision account:Account? barred:flag
FiledReport id:id category:text comment:text created_at:moment closed_at:moment? outcome:=open/acted/closed
 answers:[text] target_account:Account?
ReportNote id:id text:text to_reporter:flag created_at:moment account:Account?
RuleTrial statuses_count:number caught_count:number local_count:number accounts_count:number share:number
 languages:object examples:[RuleExample]
RuleUndone released_count:number restored_count:number unmarked_count:number gone_count:number failed_count:number
RuleExample status_id:id uri:text acct:text why:text created_at:moment
HeldPost id:id account_id:id status_id:id? uri:text? visibility:text content:html? spoiler_text:text? language:text?
 reason:text created_at:moment
Released status_id:id?
Trace uri:text answer:text steps:[TraceStep]
TraceStep at:moment? kind:text host:text? text:text
Move aliases:[url] moved:Account? may_move_at:moment?
Import id:id kind:text mode:=merge/overwrite state:=waiting/running/finished total:number imported:number failed:number
 created_at:moment finished_at:moment?
ImportWithFailures +Import failures:[object]
Board id:id uri:url url:url title:text description:text language:text? account_id:id statuses_count:number cover_id:id?
 pictures:[MediaAttachment] created_at:moment updated_at:moment
BoardWithAccount +Board account:Account
BoardOfPost +Board contains:flag
"""


def schemas() -> kinds.Schema:
    """Return the schema of every entity by name."""
    found: kinds.Schema = {}
    for line in (_TABLE + _STAFF).replace("\n ", " ").splitlines():
        name, _, text = line.partition(" ")
        if not name:
            continue
        base, text = text.split(" ", 1) if " " in text and text.startswith("+") else ("", text)
        if text.startswith("+"):
            base, text = text, ""
        found[name] = kinds.shape(text, based_on=found[base[1:]] if base else None)
    return found
