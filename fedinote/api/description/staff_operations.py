"""What the routes of the admin API, and of FediNote's own part, take and answer; as in `client_operations`."""

TABLE = """
GET /api/v1/admin/accounts [AdminAccount] @page staff:flag invited_by:[id] by_domain:text username:text
 display_name:text email:text ip:text role_ids:[number]
GET /api/v2/admin/accounts [AdminAccount] @page origin:text status:text permissions:text invited_by:[id]
 by_domain:text username:text display_name:text email:text ip:text role_ids:[number]
GET /api/v1/admin/accounts/{id} AdminAccount
DELETE /api/v1/admin/accounts/{id} AdminAccount
POST /api/v1/admin/accounts/{id}/action - report_id:[id] type!:text text:text send_email_notification:flag
POST /api/v1/admin/accounts/{id}/approve AdminAccount
POST /api/v1/admin/accounts/{id}/reject AdminAccount text:text
POST /api/v1/admin/accounts/{id}/enable AdminAccount
POST /api/v1/admin/accounts/{id}/unsensitive AdminAccount
POST /api/v1/admin/accounts/{id}/unsilence AdminAccount
POST /api/v1/admin/accounts/{id}/unsuspend AdminAccount
GET /api/fedinote/v1/admin/accounts/{id}/trust AccountTrust
POST /api/fedinote/v1/admin/accounts/{id}/vouch AccountTrust
POST /api/fedinote/v1/admin/accounts/{id}/unvouch AccountTrust
GET /api/v1/admin/reports [AdminReport] @page target_origin:text resolved:flag account_id:number
 target_account_id:number
GET /api/v1/admin/reports/{id} AdminReport
PUT,PATCH /api/v1/admin/reports/{id} AdminReport category:text rule_ids:[number]
POST /api/v1/admin/reports/{id}/assign_to_self AdminReport
POST /api/v1/admin/reports/{id}/unassign AdminReport
POST /api/v1/admin/reports/{id}/resolve AdminReport
POST /api/v1/admin/reports/{id}/reopen AdminReport
GET /api/v1/admin/trends/tags [AdminTag] limit:number offset:number
GET /api/v1/admin/trends/statuses [AdminTrendingStatus] limit:number offset:number
GET /api/v1/admin/trends/links [AdminTrendingLink] limit:number offset:number
GET /api/v1/admin/trends/links/publishers [Publisher] limit:number offset:number
POST /api/v1/admin/trends/tags/{id}/approve AdminTag
POST /api/v1/admin/trends/tags/{id}/reject AdminTag
POST /api/v1/admin/trends/statuses/{id}/approve AdminTrendingStatus
POST /api/v1/admin/trends/statuses/{id}/reject AdminTrendingStatus
POST /api/v1/admin/trends/links/{id}/approve AdminTrendingLink
POST /api/v1/admin/trends/links/{id}/reject AdminTrendingLink
POST /api/v1/admin/trends/links/publishers/{id}/approve Publisher
POST /api/v1/admin/trends/links/publishers/{id}/reject Publisher
GET /api/v1/admin/tags [AdminTag] @page
GET /api/v1/admin/tags/{id} AdminTag
PUT /api/v1/admin/tags/{id} AdminTag usable:flag trendable:flag listable:flag display_name:text
GET /api/v1/admin/domain_blocks [AdminDomainBlock] @page
POST /api/v1/admin/domain_blocks AdminDomainBlock domain!:text severity:text reject_media:flag reject_reports:flag
 followers_only:flag warning:text private_comment:text public_comment:text obfuscate:flag
GET /api/v1/admin/domain_blocks/{id} AdminDomainBlock
DELETE /api/v1/admin/domain_blocks/{id} AdminDomainBlock
PUT,PATCH /api/v1/admin/domain_blocks/{id} AdminDomainBlock severity:text reject_media:flag reject_reports:flag
 followers_only:flag warning:text private_comment:text public_comment:text obfuscate:flag
GET /api/v1/admin/domain_allows [AdminDomainAllow] @page
POST /api/v1/admin/domain_allows AdminDomainAllow domain!:text
GET /api/v1/admin/domain_allows/{id} AdminDomainAllow
DELETE /api/v1/admin/domain_allows/{id} AdminDomainAllow
GET /api/v1/admin/ip_blocks [AdminIpBlock] @page
POST /api/v1/admin/ip_blocks AdminIpBlock expires_in:number ip:text severity:text comment:text
GET /api/v1/admin/ip_blocks/{id} AdminIpBlock
DELETE /api/v1/admin/ip_blocks/{id} AdminIpBlock
PUT,PATCH /api/v1/admin/ip_blocks/{id} AdminIpBlock expires_in:number ip:text severity:text comment:text
GET /api/v1/admin/email_domain_blocks [AdminEmailDomainBlock] @page
POST /api/v1/admin/email_domain_blocks AdminEmailDomainBlock domain!:text
GET /api/v1/admin/email_domain_blocks/{id} AdminEmailDomainBlock
DELETE /api/v1/admin/email_domain_blocks/{id} AdminEmailDomainBlock
GET /api/v1/admin/canonical_email_blocks [AdminCanonicalEmailBlock] @page
POST /api/v1/admin/canonical_email_blocks AdminCanonicalEmailBlock canonical_email_hash!:text email:text
POST /api/v1/admin/canonical_email_blocks/test [AdminCanonicalEmailBlock] email!:text
GET /api/v1/admin/canonical_email_blocks/{id} AdminCanonicalEmailBlock
DELETE /api/v1/admin/canonical_email_blocks/{id} AdminCanonicalEmailBlock
POST /api/v1/admin/measures [AdminMeasure] keys!:[text] start_at!:moment end_at!:moment tag_uses:About
 tag_accounts:About tag_servers:About instance_accounts:About instance_media_attachments:About instance_reports:About
 instance_statuses:About instance_follows:About instance_followers:About
POST /api/v1/admin/dimensions [AdminDimension] keys!:[text] start_at:moment end_at:moment limit:number
 tag_servers:About tag_languages:About instance_accounts:About instance_languages:About
POST /api/v1/admin/retention [AdminCohort] frequency:text start_at:moment end_at:moment
GET /api/fedinote/v1/exports/follows.csv csv
POST /api/fedinote/v1/imports/follows 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/exports/blocks.csv csv
POST /api/fedinote/v1/imports/blocks 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/exports/mutes.csv csv
POST /api/fedinote/v1/imports/mutes 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/exports/lists.csv csv
POST /api/fedinote/v1/imports/lists 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/exports/bookmarks.csv csv
POST /api/fedinote/v1/imports/bookmarks 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/exports/domain_blocks.csv csv
POST /api/fedinote/v1/imports/domain_blocks 202:ImportWithFailures mode:text file:file
GET /api/fedinote/v1/imports [Import]
GET /api/fedinote/v1/imports/{id} ImportWithFailures
DELETE /api/fedinote/v1/imports/{id} -
GET /api/fedinote/v1/imports/{id}/failures.csv csv
GET /api/fedinote/v1/account/move Move
DELETE /api/fedinote/v1/account/move Move
POST /api/fedinote/v1/account/aliases Move account!:text
DELETE /api/fedinote/v1/account/aliases Move uri!:text
POST /api/fedinote/v1/account/move Move account!:text password!:text
POST /api/fedinote/v1/account/delete - password!:text
GET /api/fedinote/v1/admin/relays [Relay]
POST /api/fedinote/v1/admin/relays Relay url!:text kind:text
DELETE /api/fedinote/v1/admin/relays/{id} -
GET /api/fedinote/v1/admin/lists [SharedList]
POST /api/fedinote/v1/admin/lists SharedList kind:text url!:text title!:text ceiling:text automatic:flag days:number
GET /api/fedinote/v1/admin/lists/{id} SharedList
PATCH /api/fedinote/v1/admin/lists/{id} SharedList title:text ceiling:text automatic:flag days:number
DELETE /api/fedinote/v1/admin/lists/{id} -
POST /api/fedinote/v1/admin/lists/{id}/read ListReading
GET /api/fedinote/v1/admin/list_entries [ListEntry] @page state:text list_id:number
POST /api/fedinote/v1/admin/list_entries/{id}/apply ListEntry
POST /api/fedinote/v1/admin/list_entries/{id}/refuse ListEntry
GET /api/fedinote/v1/admin/domain_blocks/foresight DomainForesight domain!:text severity:text reject_media:flag
 reject_reports:flag
GET /api/fedinote/v1/admin/domain_changes [DomainChange] @page
POST /api/fedinote/v1/admin/domain_changes/{id}/undo DomainUndone
GET /api/fedinote/v1/severed_relationships [RelationshipSeveranceEvent] @page
GET /api/fedinote/v1/severed_relationships/{id}/accounts [Account] @page side:text
POST /api/fedinote/v1/severed_relationships/{id}/follow FollowedAgain account_ids:[id]
DELETE /api/fedinote/v1/severed_relationships/{id} -
GET /api/fedinote/v1/admin/rules [ModerationRule]
POST /api/fedinote/v1/admin/rules ModerationRule @rule
GET /api/fedinote/v1/admin/rules/{id} ModerationRule
PATCH /api/fedinote/v1/admin/rules/{id} ModerationRule state:text owner_id:id @rule
DELETE /api/fedinote/v1/admin/rules/{id} -
GET /api/fedinote/v1/admin/rules/{id}/trial RuleTrial days:number
GET /api/fedinote/v1/admin/rules/{id}/hits [RuleHit] @page
POST /api/fedinote/v1/admin/rules/{id}/undo RuleUndone since:text
GET /api/fedinote/v1/admin/held [HeldPost] @page
POST /api/fedinote/v1/admin/held/{id}/release Released
DELETE /api/fedinote/v1/admin/held/{id} -
GET /api/fedinote/v1/admin/trace Trace url:text
GET /api/fedinote/v1/accountability Accountability
GET /api/fedinote/v1/decisions [Decision] limit:number
GET /api/fedinote/v1/decisions/{id} Decision
GET /api/fedinote/v1/decisions/{id}/appeal DecisionAppeal
POST /api/fedinote/v1/decisions/{id}/appeal DecisionAppeal text!:text language:text
GET /api/fedinote/v1/reports [FiledReport] limit:number
GET /api/fedinote/v1/admin/appeals [AdminAppeal]
GET /api/fedinote/v1/admin/appeals/{id} AdminAppeal
POST /api/fedinote/v1/admin/appeals/{id}/answer AdminAppeal text!:text language:text
POST /api/fedinote/v1/admin/appeals/{id}/decide AdminAppeal lift!:flag text:text language:text
GET /api/fedinote/v1/admin/reports/{id}/notes [ReportNote]
POST /api/fedinote/v1/admin/reports/{id}/notes ReportNote text!:text to_reporter:flag
GET /api/fedinote/v1/topics [Topic] tag:text followed:flag lang:text
GET /api/fedinote/v1/topics/{id} Topic lang:text
POST /api/fedinote/v1/topics/{id}/follow Topic expand:flag
POST /api/fedinote/v1/topics/{id}/unfollow Topic
GET /api/fedinote/v1/timelines/topic/{id} [Status] @page only_media:flag local:flag remote:flag
GET /api/fedinote/v1/admin/topics [Topic]
GET /api/fedinote/v1/admin/topics/suggestions [TopicSuggestion] limit:number
POST /api/fedinote/v1/admin/topics Topic slug!:text tags!:[text] titles:{text}
PATCH /api/fedinote/v1/admin/topics/{id} Topic add:[text] remove:[text] titles:{text}
DELETE /api/fedinote/v1/admin/topics/{id} -
GET /api/fedinote/v1/statuses/{id}/translations [LanguageVersion]
GET /api/fedinote/v1/statuses/{id}/translations/{lang} Translation
POST /api/fedinote/v1/statuses/{id}/translations/draft TranslationDraft lang!:text
PUT /api/fedinote/v1/statuses/{id}/translations/{lang} Status @version
DELETE /api/fedinote/v1/statuses/{id}/translations/{lang} Status
POST /api/fedinote/v1/statuses/{id}/translation_suggestions TranslationSuggestion language!:text @version
GET /api/fedinote/v1/statuses/{id}/translation_suggestions [TranslationSuggestion]
GET /api/fedinote/v1/translation_suggestions [TranslationSuggestion] mine:flag
POST /api/fedinote/v1/translation_suggestions/{id}/accept TranslationSuggestion
POST /api/fedinote/v1/translation_suggestions/{id}/reject TranslationSuggestion
DELETE /api/fedinote/v1/translation_suggestions/{id} -
GET /api/fedinote/v1/translation TranslationAccounts
GET /api/fedinote/v1/translation/preferences TranslationPreferences
PATCH,PUT /api/fedinote/v1/translation/preferences TranslationPreferences mode:text target:text understood:[text]
 languages:{text}
PUT /api/fedinote/v1/translation/languages/{tag} TranslationPreferences rule!:text
DELETE /api/fedinote/v1/translation/languages/{tag} TranslationPreferences
GET /api/fedinote/v1/translation/accounts [TranslationException]
PUT /api/fedinote/v1/translation/accounts/{id} TranslationPreferences rule!:text
DELETE /api/fedinote/v1/translation/accounts/{id} TranslationPreferences
GET /api/fedinote/v1/admin/translation TranslationAdministration
PUT /api/fedinote/v1/statuses/{id}/machine_translation MachineTranslation machine_translation!:text
GET /api/fedinote/v1/statuses/{id}/readings Readings kind:text lang:text
GET /api/fedinote/v1/glossary [GlossaryEntry]
POST /api/fedinote/v1/glossary/proposals GlossaryProposal @glossary comment:text
GET /api/fedinote/v1/glossary/proposals [GlossaryProposal]
DELETE /api/fedinote/v1/glossary/proposals/{id} -
POST /api/fedinote/v1/admin/glossary GlossaryEntry @glossary
GET /api/fedinote/v1/admin/glossary/export csv
POST /api/fedinote/v1/admin/glossary/import Imported file:file csv:text starter:flag
GET /api/fedinote/v1/admin/glossary/proposals [GlossaryProposal] state:text
POST /api/fedinote/v1/admin/glossary/proposals/{id}/accept GlossaryProposal
POST /api/fedinote/v1/admin/glossary/proposals/{id}/reject GlossaryProposal
GET /api/fedinote/v1/admin/glossary/{id} GlossaryEntry
PUT /api/fedinote/v1/admin/glossary/{id} GlossaryEntry term:text origin:text languages:[text] meanings:{text}
 translations:{text} keep:flag
DELETE /api/fedinote/v1/admin/glossary/{id} -
"""
