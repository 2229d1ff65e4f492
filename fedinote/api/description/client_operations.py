"""What the routes of Mastodon's API and of OAuth take and answer.

A line: method (or two), path, answer (`202:` before it is another status than 200), parameters. `@name` stands for a
row of parameters that several routes share.
GET /api/openapi.json object
"""

SHARED = {
    "@page": "limit:number max_id:id since_id:id min_id:id",
    "@draft": "status:text spoiler_text:text sensitive:flag language:text media_ids:[id] cover_media_ids:[id]"
    " poll:PollDraft quote_approval_policy:text reply_approval_policy:text translations:object"
    " machine_translation:text",
    "@version": "status:text spoiler_text:text poll_options:[text] media_descriptions:{text} machine:text"
    " reviewed:flag",
    "@glossary": "term!:text origin!:text languages:[text] meanings:{text} translations:{text} keep:flag",
    "@rule": "kind:text terms:RuleTerms action:text title:text reason:text note:text origin:text spares:text"
    " expires_in:number",
    "@profile": "display_name:text note:text avatar:file header:file avatar_description:text header_description:text"
    " locked:flag bot:flag discoverable:flag indexable:flag hide_collections:flag show_media:flag"
    " machine_translation:text"
    " show_media_replies:flag show_featured:flag attribution_domains:[text] fields_attributes:[FieldDraft]"
    " source:SourceDraft",
}
TABLE = """
GET /api/v1/accounts [Account] id:[id]
POST /api/v1/accounts Token agreement:flag username!:text email!:text password!:text reason:text invite_code:text
 locale:text
GET /api/v1/accounts/lookup Account acct!:text
GET /api/v1/accounts/{id} Account
GET /api/v1/accounts/{id}/statuses [Status] @page pinned:flag only_media:flag exclude_replies:flag
 exclude_reblogs:flag tagged:text
POST /api/v1/reports Report account_id:id status_ids:[id] comment:text rule_ids:[number] forward:flag category:text
GET /api/v1/announcements [Announcement] with_dismissed:flag
POST /api/v1/announcements/{id}/dismiss -
PUT /api/v1/announcements/{id}/reactions/{name} -
DELETE /api/v1/announcements/{id}/reactions/{name} -
GET /api/v1/annual_reports WrappedAnnualReports
GET /api/v1/annual_reports/{year} WrappedAnnualReports
GET /api/v1/annual_reports/{year}/state AnnualReportState
POST /api/v1/annual_reports/{year}/generate -
POST /api/v1/annual_reports/{year}/read -
GET /api/v1_alpha/async_refreshes/{id} AsyncRefreshAnswer
GET /api/v1/statuses/{id}/card PreviewCard|-
GET /api/v1/accounts/{account_id}/collections Collections limit:number offset:number
GET /api/v1/accounts/{account_id}/in_collections Collections limit:number offset:number
POST /api/v1/collections WrappedCollection account_ids:[id] name:text description:text language:text sensitive:flag
 discoverable:flag tag_name:text
GET /api/v1/collections/{id} CollectionWithAccounts
PUT,PATCH /api/v1/collections/{id} WrappedCollection name:text description:text language:text sensitive:flag
 discoverable:flag tag_name:text
DELETE /api/v1/collections/{id} -
POST /api/v1/collections/{collection_id}/items WrappedCollectionItem account_id:id
DELETE /api/v1/collections/{collection_id}/items/{id} -
POST /api/v1/collections/{collection_id}/items/{id}/revoke -
GET /api/fedinote/v1/boards [Board]
POST /api/fedinote/v1/boards Board title!:text description:text language:text
GET /api/fedinote/v1/boards/featuring [Board]
GET /api/fedinote/v1/accounts/{account_id}/boards [Board]
GET /api/fedinote/v1/statuses/{id}/boards [BoardOfPost]
GET /api/fedinote/v1/boards/{id} BoardWithAccount
PUT,PATCH /api/fedinote/v1/boards/{id} Board title:text description:text language:text cover_id:text
DELETE /api/fedinote/v1/boards/{id} -
POST /api/fedinote/v1/boards/{id}/withdraw -
GET /api/fedinote/v1/boards/{id}/statuses [Status] limit:number after:id
POST /api/fedinote/v1/boards/{id}/statuses Board status_id!:id
PUT /api/fedinote/v1/boards/{id}/statuses/{status_id} - before:id
DELETE /api/fedinote/v1/boards/{id}/statuses/{status_id} -
GET /api/v1/conversations [Conversation] @page
POST /api/v1/conversations/{id}/read Conversation
POST /api/v1/conversations/{id}/unread Conversation
DELETE /api/v1/conversations/{id} -
GET /api/v1/timelines/direct [Status] @page
GET /api/v1/search SearchV1 q!:text type:text offset:number resolve:flag limit:number following:flag
 account_id:id max_id:id min_id:id exclude_unreviewed:flag
GET /api/v1/accounts/{id}/identity_proofs [IdentityProof]
GET /api/v1/reports 404:Error
POST /api/v1/emails/confirmations -
GET /api/v1/directory [Account] limit:number offset:number local:flag order:text
GET /api/v1/peers/search [text] q:text
POST /api/v1/accounts/{id}/pin Relationship
POST /api/v1/accounts/{id}/endorse Relationship
POST /api/v1/accounts/{id}/unpin Relationship
POST /api/v1/accounts/{id}/unendorse Relationship
GET /api/v1/endorsements [Account] @page
GET /api/v1/accounts/{id}/endorsements [Account] @page
POST /api/v1/tags/{name}/feature Tag
POST /api/v1/tags/{name}/unfeature Tag
GET /api/v1/featured_tags [FeaturedTag]
POST /api/v1/featured_tags FeaturedTag name!:text
GET /api/v1/featured_tags/suggestions [Tag]
DELETE /api/v1/featured_tags/{id} -
GET /api/v1/accounts/{id}/featured_tags [FeaturedTag]
GET /api/v2/filters [Filter]
POST /api/v2/filters Filter title!:text context!:[text] filter_action:=warn/hide/blur expires_in:number
 keywords_attributes:[KeywordDraft]
GET /api/v2/filters/{id} Filter
PUT,PATCH /api/v2/filters/{id} Filter title:text context:[text] filter_action:=warn/hide/blur expires_in:number
 keywords_attributes:[KeywordDraft]
DELETE /api/v2/filters/{id} -
GET /api/v2/filters/{id}/keywords [FilterKeyword]
POST /api/v2/filters/{id}/keywords FilterKeyword keyword:text whole_word:flag
GET /api/v2/filters/keywords/{id} FilterKeyword
PUT,PATCH /api/v2/filters/keywords/{id} FilterKeyword keyword:text whole_word:flag
DELETE /api/v2/filters/keywords/{id} -
GET /api/v2/filters/{id}/statuses [FilterStatus]
POST /api/v2/filters/{id}/statuses FilterStatus status_id!:text
GET /api/v2/filters/statuses/{id} FilterStatus
DELETE /api/v2/filters/statuses/{id} FilterStatus
GET /api/v1/filters [V1Filter]
POST /api/v1/filters V1Filter phrase:text context:[text] whole_word:flag irreversible:flag expires_in:number
GET /api/v1/filters/{id} V1Filter
PUT,PATCH /api/v1/filters/{id} V1Filter phrase:text context:[text] whole_word:flag irreversible:flag expires_in:number
DELETE /api/v1/filters/{id} -
GET /api/v1/accounts/relationships [Relationship] id:[id]
GET /api/v1/accounts/familiar_followers [FamiliarFollowers] id:[id]
GET /api/v1/accounts/{id}/followers [Account] @page
GET /api/v1/accounts/{id}/following [Account] @page
POST /api/v1/accounts/{id}/follow Relationship reblogs:flag notify:flag languages:[text]
POST /api/v1/accounts/{id}/unfollow Relationship
POST /api/v1/accounts/{id}/remove_from_followers Relationship
POST /api/v1/accounts/{id}/block Relationship
POST /api/v1/accounts/{id}/unblock Relationship
POST /api/v1/accounts/{id}/mute Relationship notifications:flag duration:number
POST /api/v1/accounts/{id}/unmute Relationship
POST /api/v1/accounts/{id}/note Relationship comment:text
GET /api/v1/follow_requests [Account] @page
POST /api/v1/follow_requests/{id}/authorize Relationship
POST /api/v1/follow_requests/{id}/reject Relationship
GET /api/v1/blocks [Account] @page
GET /api/v1/mutes [MutedAccount] @page
GET /api/v1/domain_blocks [text] @page
POST /api/v1/domain_blocks - domain!:text
DELETE /api/v1/domain_blocks - domain!:text
GET /api/v1/instance V1Instance
GET /api/v2/instance Instance
GET /api/v1/instance/activity [Week]
GET /api/v1/instance/domain_blocks [DomainBlock]
GET /api/v1/instance/extended_description ExtendedDescription
GET /api/v1/instance/languages [Language]
GET /api/v1/instance/peers [text]
GET /api/v1/instance/privacy_policy PrivacyPolicy
GET /api/v1/instance/rules [Rule]
GET /api/v1/instance/terms_of_service TermsOfService
GET /api/v1/instance/terms_of_service/{date} TermsOfService
GET /api/v1/instance/translation_languages {[text]}
POST /api/v1/statuses/{id}/favourite Status
POST /api/v1/statuses/{id}/unfavourite Status
POST /api/v1/statuses/{id}/reblog Status visibility:text
POST /api/v1/statuses/{id}/unreblog Status
POST /api/v1/statuses/{id}/bookmark Status
POST /api/v1/statuses/{id}/unbookmark Status
POST /api/v1/statuses/{id}/pin Status
POST /api/v1/statuses/{id}/unpin Status
POST /api/v1/statuses/{id}/mute Status
POST /api/v1/statuses/{id}/unmute Status
GET /api/v1/favourites [Status] @page
GET /api/v1/bookmarks [Status] @page
GET /api/v1/lists [List]
POST /api/v1/lists List title:text replies_policy:text exclusive:flag
GET /api/v1/lists/{id} List
PUT,PATCH /api/v1/lists/{id} List title:text replies_policy:text exclusive:flag
DELETE /api/v1/lists/{id} -
GET /api/v1/lists/{id}/accounts [Account] @page
POST /api/v1/lists/{id}/accounts - account_ids:[id]
DELETE /api/v1/lists/{id}/accounts - account_ids:[id]
GET /api/v1/accounts/{id}/lists [List]
GET /api/v1/markers {Marker} timeline:[text]
POST /api/v1/markers {Marker} home:MarkerDraft notifications:MarkerDraft
POST /api/v1/media MediaAttachment file:file thumbnail:file description:text focus:text
POST /api/v2/media MediaAttachment file:file thumbnail:file description:text focus:text
GET /api/v1/media/{id} MediaAttachment
PUT,PATCH /api/v1/media/{id} MediaAttachment description:text focus:text thumbnail:file title:text artist:text
DELETE /api/v1/media/{id} -
GET /api/v1/custom_emojis [CustomEmoji]
GET /api/v2/notifications GroupedNotificationsResults @page expand_accounts:text include_filtered:flag
 grouped_types:[text] types:[text] account_id:text exclude_types:[text]
GET /api/v2/notifications/unread_count Count limit:number account_id:text types:[text] exclude_types:[text]
 include_filtered:flag grouped_types:[text]
GET /api/v2/notifications/{key} GroupedNotificationsResults types:[text]
GET /api/v2/notifications/{key}/accounts [Account] @page
POST /api/v2/notifications/{key}/dismiss -
GET /api/v1/notifications/requests [NotificationRequest] @page
GET /api/v1/notifications/requests/merged Merged
POST /api/v1/notifications/requests/accept - id:[id]
POST /api/v1/notifications/requests/dismiss - id:[id]
GET /api/v1/notifications/requests/{id} NotificationRequest
POST /api/v1/notifications/requests/{id}/accept -
POST /api/v1/notifications/requests/{id}/dismiss -
GET /api/v2/notifications/policy NotificationPolicy
PUT,PATCH /api/v2/notifications/policy NotificationPolicy for_bots:text for_not_following:text for_not_followers:text
 for_new_accounts:text for_private_mentions:text for_limited_accounts:text
POST /api/v1/notifications/dismiss 404:Error
GET /api/v1/notifications [Notification] @page types:[text] account_id:text exclude_types:[text] include_filtered:flag
GET /api/v1/notifications/unread_count Count limit:number account_id:text types:[text] exclude_types:[text]
 include_filtered:flag
POST /api/v1/notifications/clear -
GET /api/v1/notifications/{id} Notification types:[text]
POST /api/v1/notifications/{id}/dismiss -
POST /api/v1/apps CredentialApplication client_name!:text redirect_uris!:[text] scopes:text website:text
GET /api/v1/apps/verify_credentials Application
POST /oauth/token Token grant_type!:text client_id:text client_secret:text code:text redirect_uri:text
 code_verifier:text scope:text
POST /oauth/revoke - token:text client_id:text client_secret:text
GET /oauth/userinfo UserInfo
GET /.well-known/oauth-authorization-server AuthorizationServer
GET /api/oembed OEmbed url!:text format:text maxwidth:number maxheight:number
GET /api/v1/polls/{id} Poll
POST /api/v1/polls/{id}/votes Poll choices:[number]
GET /api/v1/accounts/verify_credentials CredentialAccount
GET /api/v1/profile Profile
PUT,PATCH /api/v1/profile Profile @profile
PUT,PATCH /api/v1/accounts/update_credentials CredentialAccount @profile
DELETE /api/v1/profile/avatar CredentialAccount
DELETE /api/v1/profile/header CredentialAccount
GET /api/v1/preferences Preferences
POST /api/v1/push/subscription WebPushSubscription subscription!:SubscriptionDraft data:SubscriptionData
GET /api/v1/push/subscription WebPushSubscription
PUT /api/v1/push/subscription WebPushSubscription data:SubscriptionData policy:text
DELETE /api/v1/push/subscription -
GET /api/v1/statuses/{id}/quotes [Status] @page
POST /api/v1/statuses/{id}/quotes/{quoting_id}/revoke Status
PUT /api/v1/statuses/{id}/interaction_policy Status quote_approval_policy:text reply_approval_policy:text
GET /api/v1/pleroma/statuses/{id}/reactions [EmojiReaction]
GET /api/v1/pleroma/statuses/{id}/reactions/{emoji} [EmojiReaction]
DELETE /api/v1/pleroma/statuses/{id}/reactions/{emoji} Status
PUT /api/v1/pleroma/statuses/{id}/reactions/{emoji} Status
POST /api/v1/statuses/{id}/react/{emoji} Status
POST /api/v1/statuses/{id}/unreact/{emoji} Status
GET /api/v1/scheduled_statuses [ScheduledStatus] @page
GET /api/v1/scheduled_statuses/{id} ScheduledStatus
PUT,PATCH /api/v1/scheduled_statuses/{id} ScheduledStatus scheduled_at:moment
DELETE /api/v1/scheduled_statuses/{id} -
GET /api/v2/search Search q!:text type:text offset:number resolve:flag limit:number following:flag
 account_id:id max_id:id min_id:id exclude_unreviewed:flag
GET /api/v1/accounts/search [Account] offset:number q:text limit:number following:flag resolve:flag
POST /api/v1/statuses Status|ScheduledStatus @draft visibility:=public/unlisted/private/direct/local local_only:flag
 in_reply_to_id:id
 quoted_status_id:id scheduled_at:moment
GET /api/v1/statuses [Status] id:[id]
GET /api/v1/statuses/{id} Status
PUT,PATCH /api/v1/statuses/{id} Status @draft media_attributes:[object]
DELETE /api/v1/statuses/{id} DeletedStatus
GET /api/v1/statuses/{id}/context Context
GET /api/v1/statuses/{id}/history [StatusEdit]
GET /api/v1/statuses/{id}/source StatusSource
POST /api/v1/statuses/{id}/translate Translation lang:text
GET /api/v1/statuses/{id}/favourited_by [Account] @page
GET /api/v1/statuses/{id}/reblogged_by [Account] @page
GET /api/v1/streaming/health text
GET /api/v1/streaming/user events access_token:text
GET /api/v1/streaming/user/notification events access_token:text
GET /api/v1/streaming/public events access_token:text only_media:flag
GET /api/v1/streaming/public/local events access_token:text only_media:flag
GET /api/v1/streaming/public/remote events access_token:text only_media:flag
GET /api/v1/streaming/hashtag events access_token:text tag!:text
GET /api/v1/streaming/hashtag/local events access_token:text tag!:text
GET /api/v1/streaming/list events access_token:text list!:id
GET /api/v1/streaming/direct events access_token:text
GET /api/v2/suggestions [Suggestion] limit:number
GET /api/v1/suggestions [Account] limit:number
DELETE /api/v1/suggestions/{account_id} -
GET /api/v1/tags/{name} Tag
POST /api/v1/tags/{name}/follow Tag
POST /api/v1/tags/{name}/unfollow Tag
GET /api/v1/followed_tags [Tag] @page
GET /api/v1/timelines/home [Status] @page
GET /api/v1/timelines/public [Status] @page only_media:flag local:flag remote:flag
GET /api/v1/timelines/tag/{name} [Status] @page all:[text] none:[text] any:[text] only_media:flag local:flag
 remote:flag topic:flag
GET /api/v1/timelines/list/{id} [Status] @page
GET /api/v1/trends [Tag] limit:number offset:number
GET /api/v1/trends/tags [Tag] limit:number offset:number
GET /api/v1/trends/statuses [Status] limit:number offset:number
GET /api/v1/trends/links [TrendingLink] limit:number offset:number
GET /api/v1/timelines/link [Status] @page url!:text
GET /api/openapi.json object
"""
