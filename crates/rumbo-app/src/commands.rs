//! The one list of commands.
//!
//! Every capability stands here once, with what it reads (`provides`) or changes (`invalidates`).
//! The list expands into the window's commands, the interface's bindings and cache tags, the
//! machine form of the command line and, in tests, a host without a window.

/// Hands the list to another macro. Each entry is
/// `module::name(Request) -> Answer, provides [Tag, …], needs [Permission, …];` or `…, invalidates
/// [Tag, …], needs […];`, where the body is `module::name` and the types are those of
/// [`crate::wire`]. Shells call [`crate::api`], which checks the permissions (docs/permissions.md).
#[macro_export]
macro_rules! with_commands {
    ($callback:path) => {
        $callback! {
            workspaces::list_workspaces(ListWorkspaces) -> Vec<WorkspaceRow>, provides [Workspaces], needs [];
            workspaces::create_workspace(CreateWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Reach, Contacts, Opportunities, Sales, ChannelSpend, Imports, Settings, ExchangeRates, Templates, SavedViews], needs [];
            workspaces::use_workspace(UseWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Reach, Contacts, Opportunities, Sales, ChannelSpend, Imports, Settings, ExchangeRates, Templates, SavedViews], needs [];
            workspaces::open_sample_workspace(OpenSampleWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Reach, Contacts, Opportunities, Sales, ChannelSpend, Imports, Settings, ExchangeRates, Templates, SavedViews], needs [];
            workspaces::archive_workspace(ArchiveWorkspace) -> WorkspaceRow, invalidates [Workspaces], needs [SettingsManage];
            workspaces::delete_workspace(DeleteWorkspace) -> DeletedWorkspace, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Reach, Contacts, Opportunities, Sales, ChannelSpend, Imports, Settings, ExchangeRates, Templates, SavedViews], needs [WorkspacesDelete];
            workspaces::get_workspace_settings(GetWorkspaceSettings) -> WorkspaceSettings, provides [Settings, Workspaces], needs [SettingsView];
            workspaces::save_workspace_settings(WorkspaceSettings) -> WorkspaceSettings, invalidates [Settings, Workspaces, Insights], needs [SettingsManage];
            workspaces::get_setup_state(GetSetupState) -> SetupState, provides [Workspaces, Connection, AdAccounts, SyncRuns, Insights, Contacts, Sales], needs [SettingsView];

            connection::get_connection(GetConnection) -> Connection, provides [Connection], needs [ConnectionView];
            connection::get_meta_app(GetMetaApp) -> MetaApp, provides [Connection, Settings], needs [ConnectionView];
            connection::save_meta_app(SaveMetaApp) -> MetaApp, invalidates [Connection, Settings], needs [ConnectionManage];
            connection::start_sign_in(StartSignIn) -> SignInStarted, invalidates [], needs [ConnectionManage];
            connection::get_sign_in(GetSignIn) -> SignInStatus, provides [Connection], needs [ConnectionView];
            connection::cancel_sign_in(CancelSignIn) -> Done, invalidates [], needs [ConnectionManage];
            connection::finish_sign_in(FinishSignIn) -> Connection, invalidates [Connection], needs [ConnectionManage];
            connection::use_access_token(UseAccessToken) -> Connection, invalidates [Connection], needs [ConnectionManage];
            connection::list_portfolios(ListPortfolios) -> Vec<Portfolio>, provides [Connection], needs [ConnectionManage];
            connection::list_assets(ListAssets) -> Assets, provides [Connection, AdAccounts], needs [ConnectionManage];
            connection::select_assets(SelectAssets) -> Vec<AdAccountRow>, invalidates [Connection, AdAccounts, Workspaces, Settings, Templates], needs [ConnectionManage];
            connection::list_ad_accounts(ListAdAccounts) -> Vec<AdAccountRow>, provides [AdAccounts], needs [ConnectionView];
            connection::test_connection(TestConnection) -> ConnectionTest, invalidates [Connection], needs [ConnectionManage];
            connection::disconnect(Disconnect) -> Disconnected, invalidates [Connection, AdAccounts], needs [ConnectionManage];

            sync::start_sync(StartSync) -> SyncProgress, invalidates [SyncRuns], needs [SyncRun];
            sync::cancel_sync(CancelSync) -> Done, invalidates [SyncRuns], needs [SyncRun];
            sync::get_sync_progress(GetSyncProgress) -> Option<SyncProgress>, provides [SyncRuns], needs [AnalyticsView];
            sync::list_sync_runs(ListSyncRuns) -> Page<SyncRunRow>, provides [SyncRuns], needs [AnalyticsView];

            reach::get_reach(GetReach) -> ReachReport, provides [Reach, AdObjects, AdAccounts, Insights], needs [AnalyticsView];
            reach::ask_reach(AskReach) -> ReachReport, invalidates [Reach], needs [SyncRun];
            reach::explain_reach(ExplainReach) -> ReachPassport, provides [Reach], needs [AnalyticsView];

            dashboard::get_home(GetHome) -> Home, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView];
            dashboard::compare_models(CompareModels) -> ModelComparison, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView];
            dashboard::get_learned(GetLearned) -> Learned, provides [AdObjects, AdAccounts, Contacts, Sales, Settings], needs [AnalyticsView];
            dashboard::get_contributions(GetContributions) -> Contributions, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, ChannelSpend, Settings], needs [AnalyticsView];
            dashboard::get_changes(GetChanges) -> Changes, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView];
            dashboard::explain_change(ExplainChange) -> ChangePassport, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView, ContactsView];
            dashboard::explain_number(ExplainNumber) -> NumberPassport, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, ChannelSpend, Settings], needs [AnalyticsView, ContactsView];
            cohorts::get_cohorts(GetCohorts) -> CohortReport, provides [Insights, AdObjects, AdAccounts, Contacts, Sales, Settings], needs [AnalyticsView];
            dashboard::get_pacing(GetPacing) -> PacingReport, provides [Insights, AdObjects, AdAccounts, Settings], needs [AnalyticsView];
            dashboard::simulate_budget_move(SimulateBudgetMove) -> BudgetMove, provides [Insights, AdObjects, AdAccounts, Contacts, Sales, Settings], needs [AnalyticsView];
            dashboard::get_settle_curve(GetSettleCurve) -> SettleReport, provides [Insights, AdAccounts, SyncRuns, Settings], needs [AnalyticsView];
            dashboard::get_roi(GetRoi) -> RoiReport, provides [Insights, Reach, AdObjects, AdAccounts, Contacts, Opportunities, Sales, ChannelSpend, Settings], needs [AnalyticsView];
            dashboard::get_breakdown(GetBreakdown) -> BreakdownReport, provides [Insights, AdObjects, AdAccounts, Settings], needs [AnalyticsView];
            dashboard::get_gap(GetGap) -> GapReport, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView];
            dashboard::get_action_map(GetActionMap) -> ActionMapReport, provides [Insights, AdAccounts, Settings], needs [AnalyticsView];
            dashboard::list_creatives(ListCreatives) -> Vec<CreativeRow>, provides [Insights, AdObjects, Contacts, Opportunities, Sales, Settings], needs [AnalyticsView];
            dashboard::check_accounts(CheckAccounts) -> Vec<AccountCheck>, provides [Insights, AdAccounts], needs [AnalyticsView];
            dashboard::get_thumbnail(GetThumbnail) -> Thumbnail, provides [AdObjects], needs [AnalyticsView];
            dashboard::get_data_ages(GetDataAges) -> Vec<DataAge>, provides [SyncRuns, AdAccounts, Contacts, Opportunities, Sales, Imports], needs [AnalyticsView];

            saved_views::list_saved_views(ListSavedViews) -> Vec<SavedView>, provides [SavedViews], needs [AnalyticsView];
            saved_views::save_view(SaveView) -> SavedView, invalidates [SavedViews], needs [ViewsManage];
            saved_views::remove_view(RemoveView) -> SavedView, invalidates [SavedViews], needs [ViewsManage];

            setting_changes::list_setting_changes(ListSettingChanges) -> Page<SettingChange>, provides [AdObjects, AdAccounts], needs [AnalyticsView];
            setting_changes::mark_setting_change(MarkSettingChange) -> MarkedSettingChanges, invalidates [AdObjects], needs [SettingChangesMark];

            contacts::list_contacts(ListContacts) -> Page<ContactRow>, provides [Contacts, Sales], needs [ContactsView];
            contacts::get_contact(GetContact) -> ContactDetail, provides [Contacts, Opportunities, Sales], needs [ContactsView];
            contacts::save_contact(SaveContact) -> ContactRow, invalidates [Contacts], needs [ContactsManage];
            contacts::add_touchpoint(AddTouchpoint) -> ContactDetail, invalidates [Contacts, Opportunities, Sales], needs [ContactsManage];
            contacts::list_owners(ListOwners) -> Vec<Owner>, provides [Workspaces], needs [PipelineView];
            contacts::list_duplicates(ListDuplicates) -> Page<DuplicateGroup>, provides [Contacts], needs [ContactsView];
            contacts::merge_contacts(MergeContacts) -> ContactMerge, invalidates [Contacts, Opportunities, Sales], needs [ContactsManage];
            contacts::undo_merge(UndoMerge) -> ContactMerge, invalidates [Contacts, Opportunities, Sales], needs [ContactsManage];
            contacts::list_merges(ListMerges) -> Page<ContactMerge>, provides [Contacts], needs [ContactsView];

            pipeline::get_board(GetBoard) -> Board, provides [Opportunities, Contacts], needs [PipelineView];
            pipeline::save_opportunity(SaveOpportunity) -> OpportunityCard, invalidates [Opportunities], needs [PipelineManage];
            pipeline::move_opportunity(MoveOpportunity) -> OpportunityCard, invalidates [Opportunities], needs [PipelineManage];
            pipeline::list_stages(ListStages) -> Vec<StageRow>, provides [Opportunities], needs [PipelineView];
            pipeline::save_stage(SaveStage) -> StageRow, invalidates [Opportunities], needs [PipelineConfigure];
            pipeline::order_stages(OrderStages) -> Vec<StageRow>, invalidates [Opportunities], needs [PipelineConfigure];
            pipeline::remove_stage(RemoveStage) -> Vec<StageRow>, invalidates [Opportunities], needs [PipelineConfigure];
            pipeline::list_sales(ListSales) -> Page<SaleRow>, provides [Sales, Contacts], needs [SalesView];
            pipeline::add_sale(AddSale) -> SaleRow, invalidates [Sales, Contacts], needs [SalesManage];
            pipeline::set_sale_status(SetSaleStatus) -> SaleRow, invalidates [Sales, Contacts], needs [SalesManage];
            pipeline::set_sale_cost(SetSaleCost) -> SaleRow, invalidates [Sales], needs [SalesManage];
            pipeline::refund_sale(RefundSale) -> SaleRow, invalidates [Sales, Contacts], needs [SalesManage];

            channels::list_channels(ListChannels) -> ChannelList, provides [Channels, Connection], needs [ConnectionView];
            channels::save_channel(SaveChannel) -> ChannelRow, invalidates [Channels], needs [ConnectionManage];
            channels::remove_channel(RemoveChannel) -> RemovedChannel, invalidates [Channels], needs [ConnectionManage];
            channels::test_channel(TestChannel) -> ChannelTest, invalidates [Channels], needs [ConnectionManage];
            channels::send_test_message(SendTestMessage) -> TestMessage, invalidates [Outbox, Conversations, Contacts], needs [MessagesSend];
            channels::get_channel_prices(GetChannelPrices) -> ChannelPrices, provides [Channels], needs [ConnectionView];
            channels::set_channel_price(SetChannelPrice) -> ChannelPrices, invalidates [Channels, Outbox], needs [ConnectionManage];
            channels::remove_channel_price(RemoveChannelPrice) -> ChannelPrices, invalidates [Channels, Outbox], needs [ConnectionManage];

            chatwoot::get_chatwoot(GetChatwoot) -> ChatwootStatus, provides [Channels, Conversations], needs [ConnectionView];
            chatwoot::look_at_chatwoot(LookAtChatwoot) -> ChatwootFound, invalidates [], needs [ConnectionManage];
            chatwoot::connect_chatwoot(ConnectChatwoot) -> ChatwootStatus, invalidates [Channels, Conversations], needs [ConnectionManage];
            chatwoot::disconnect_chatwoot(DisconnectChatwoot) -> ChatwootStatus, invalidates [Channels, Conversations], needs [ConnectionManage];

            channel_spend::list_spend(ListSpend) -> Page<SpendRow>, provides [ChannelSpend, Imports], needs [AnalyticsView];
            channel_spend::sum_spend(SumSpend) -> Vec<SpendSum>, provides [ChannelSpend], needs [AnalyticsView];
            channel_spend::add_spend(AddSpend) -> Vec<SpendRow>, invalidates [ChannelSpend], needs [SpendManage];
            channel_spend::change_spend(ChangeSpend) -> SpendRow, invalidates [ChannelSpend], needs [SpendManage];
            channel_spend::remove_spend(RemoveSpend) -> SpendRow, invalidates [ChannelSpend], needs [SpendManage];
            channel_spend::restore_spend(RestoreSpend) -> SpendRow, invalidates [ChannelSpend], needs [SpendManage];

            imports::preview_import(PreviewImport) -> ImportPreview, provides [Imports], needs [ImportsRun];
            imports::run_import(RunImport) -> ImportReport, invalidates [Imports, Contacts, Opportunities, Sales, ChannelSpend, AdAccounts, AdObjects, Insights, SyncRuns], needs [ImportsRun];
            imports::audit_csv(AuditCsv) -> CsvAudit, provides [Imports, AdAccounts, AdObjects, Insights, SyncRuns], needs [ImportsRun];
            imports::list_mappings(ListMappings) -> Vec<SavedMapping>, provides [Imports], needs [ImportsRun];
            imports::save_mapping(SaveMapping) -> SavedMapping, invalidates [Imports], needs [ImportsRun];
            imports::export_table(ExportTable) -> Exported, invalidates [], needs [ExportsRun];

            exchange_rates::list_rates(ListRates) -> Page<RateRow>, provides [ExchangeRates], needs [SettingsView];
            exchange_rates::list_rate_pairs(ListRatePairs) -> Vec<RatePair>, provides [ExchangeRates], needs [SettingsView];
            exchange_rates::import_rates(ImportRates) -> RatesImport, invalidates [ExchangeRates, Insights], needs [SettingsManage];
            exchange_rates::set_rate(SetRate) -> Vec<RateRow>, invalidates [ExchangeRates, Insights], needs [SettingsManage];
            exchange_rates::remove_rates(RemoveRates) -> RemovedRates, invalidates [ExchangeRates, Insights], needs [SettingsManage];

            exports::export_screen(ExportScreen) -> Exported, invalidates [], needs [ExportsRun];
            exports::export_chart(ExportChart) -> Exported, invalidates [], needs [ExportsRun];

            inbox::list_conversations(ListConversations) -> ConversationPage, provides [Conversations, Channels, Contacts], needs [ConversationsView];
            inbox::get_conversation(GetConversation) -> ConversationThread, provides [Conversations, Channels, Contacts, Templates, Outbox], needs [ConversationsView];
            inbox::search_inbox(SearchInbox) -> InboxFound, provides [Conversations, Channels, Contacts], needs [ConversationsView];
            inbox::reply_to_conversation(ReplyToConversation) -> ConversationReply, invalidates [Conversations, Outbox], needs [ConversationsManage];
            inbox::list_reply_templates(ListReplyTemplates) -> ReplyTemplates, provides [Conversations, Channels, Contacts, Templates], needs [ConversationsView];
            inbox::preview_template_reply(PreviewTemplateReply) -> TemplateReplyPreview, provides [Conversations, Channels, Contacts, Templates, Outbox, Settings], needs [ConversationsView];
            inbox::reply_with_template(ReplyWithTemplate) -> ConversationReply, invalidates [Conversations, Outbox], needs [ConversationsManage];
            inbox::get_message_file(GetMessageFile) -> MessageFileContent, provides [Conversations], needs [ConversationsView];
            inbox::fetch_message_file(FetchMessageFile) -> ConversationMedia, invalidates [Conversations], needs [ConversationsView];
            inbox::save_message_file(SaveMessageFile) -> Exported, invalidates [], needs [ConversationsView, ExportsRun];
            inbox::mark_conversation(MarkConversation) -> ConversationRow, invalidates [Conversations], needs [ConversationsManage];
            inbox::assign_conversation(AssignConversation) -> ConversationRow, invalidates [Conversations], needs [ConversationsManage];
            inbox::close_conversation(CloseConversation) -> ConversationRow, invalidates [Conversations], needs [ConversationsManage];
            inbox::add_conversation_note(AddConversationNote) -> ConversationNote, invalidates [Conversations], needs [ConversationsManage];
            inbox::remove_conversation_note(RemoveConversationNote) -> Done, invalidates [Conversations], needs [ConversationsManage];
            inbox::resume_automation(ResumeAutomation) -> ConversationRow, invalidates [Conversations, Outbox], needs [ConversationsManage];
            inbox::get_channel_figures(GetChannelFigures) -> Vec<ChannelFigures>, provides [Conversations, Channels], needs [ConversationsView];
            inbox::compare_channels(CompareChannels) -> Vec<ComparedChannel>, provides [Conversations, Channels, Sales], needs [ConversationsView, ContactsView];
            agent::list_webhooks(ListWebhooks) -> Webhooks, provides [Conversations, Channels, Connection, Settings], needs [SettingsManage];
            agent::set_agent(SetAgent) -> Webhooks, invalidates [Channels], needs [SettingsManage];
            agent::test_webhook(TestWebhook) -> WebhookTest, invalidates [], needs [SettingsManage];

            templates::lint_templates(LintTemplates) -> LintedTemplates, provides [], needs [];
            templates::list_template_accounts(ListTemplateAccounts) -> Vec<TemplateAccount>, provides [Templates, Connection], needs [TemplatesView];
            templates::list_templates(ListTemplates) -> Page<TemplateRow>, provides [Templates], needs [TemplatesView];
            templates::get_template(GetTemplate) -> TemplateDetail, provides [Templates, Outbox, Settings], needs [TemplatesView];
            templates::pull_templates(PullTemplates) -> PulledTemplates, invalidates [Templates], needs [TemplatesView];
            templates::save_template(SaveTemplate) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::submit_template(SubmitTemplate) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::compare_template_versions(CompareTemplateVersions) -> TemplateComparison, provides [Templates, Outbox], needs [TemplatesView];
            templates::restore_template_version(RestoreTemplateVersion) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::ask_template_review(AskTemplateReview) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::decide_template_review(DecideTemplateReview) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::duplicate_template(DuplicateTemplate) -> TemplateDetail, invalidates [Templates], needs [TemplatesManage];
            templates::delete_template(DeleteTemplate) -> Done, invalidates [Templates], needs [TemplatesManage];
            templates::list_template_events(ListTemplateEvents) -> Vec<TemplateEventRow>, provides [Templates], needs [TemplatesView];
            templates::see_template_events(SeeTemplateEvents) -> Done, invalidates [Templates], needs [TemplatesView];
            templates::get_template_usage(GetTemplateUsage) -> TemplateUsage, provides [Templates, Outbox, Conversations], needs [TemplatesView];
            templates::list_template_sends(ListTemplateSends) -> Page<TemplateSend>, provides [Templates, Outbox], needs [TemplatesView, ContactsView];
            templates::upload_template_sample(UploadTemplateSample) -> TemplateSample, invalidates [], needs [TemplatesManage];

            outbox::get_send_options(GetSendOptions) -> SendOptions, provides [Channels, Templates], needs [OutboxView];
            outbox::preview_send(PreviewSend) -> SendPreview, provides [Outbox, Contacts, Channels, Templates, Settings], needs [OutboxView, ContactsView];
            outbox::start_send(StartSend) -> SendRow, invalidates [Outbox, Conversations, Contacts], needs [MessagesSend];
            outbox::list_sends(ListSends) -> Page<SendRow>, provides [Outbox], needs [OutboxView];
            outbox::get_send(OneSend) -> SendRow, provides [Outbox], needs [OutboxView];
            outbox::pause_send(OneSend) -> SendRow, invalidates [Outbox], needs [MessagesSend];
            outbox::resume_send(ResumeSend) -> SendRow, invalidates [Outbox], needs [MessagesSend];
            outbox::cancel_send(OneSend) -> SendRow, invalidates [Outbox, Conversations], needs [MessagesSend];
            outbox::export_send(ExportSend) -> Exported, invalidates [], needs [ExportsRun, OutboxView];
            outbox::list_dispatches(ListDispatches) -> Page<DispatchRow>, provides [Outbox, Contacts], needs [OutboxView];
            outbox::get_dispatch(OneDispatch) -> DispatchDetail, provides [Outbox, Contacts], needs [OutboxView];
            outbox::cancel_dispatch(OneDispatch) -> DispatchDetail, invalidates [Outbox, Conversations], needs [MessagesSend];
            outbox::settle_dispatch(SettleDispatch) -> DispatchDetail, invalidates [Outbox, Conversations], needs [MessagesSend];
            outbox::get_outbox(GetOutbox) -> OutboxStanding, provides [Outbox], needs [OutboxView];
            outbox::get_send_limits(GetSendLimits) -> SendLimits, provides [Settings], needs [SettingsView];
            outbox::save_send_limits(SendLimits) -> SendLimits, invalidates [Settings, Outbox], needs [SettingsManage];
            consent::get_consent(GetConsent) -> Vec<ConsentLine>, provides [Contacts], needs [ContactsView];
            consent::set_consent(SetConsent) -> Vec<ConsentLine>, invalidates [Contacts, Outbox], needs [ContactsManage];
            consent::list_suppressions(ListSuppressions) -> Page<SuppressionRow>, provides [Contacts], needs [ContactsView];
            consent::import_suppressions(ImportSuppressions) -> SuppressionsImport, invalidates [Contacts, Outbox], needs [ImportsRun];
            consent::export_suppressions(ExportSuppressions) -> Exported, invalidates [], needs [ExportsRun];

            audit_trail::list_audit(ListAudit) -> Page<AuditRow>, provides [Templates, Outbox, Conversations, Contacts], needs [AuditView];
            audit_trail::verify_audit(VerifyAudit) -> AuditStanding, provides [Templates, Outbox, Conversations, Contacts], needs [AuditView];
            audit_trail::export_audit(ExportAudit) -> Exported, invalidates [], needs [AuditView, ExportsRun];

            network::try_network(TryNetwork) -> NetworkState, invalidates [], needs [];
            system::get_app_info(GetAppInfo) -> AppInfo, provides [Settings, Workspaces, Connection, AdAccounts, SyncRuns], needs [];
            system::get_preferences(GetPreferences) -> Preferences, provides [Preferences], needs [];
            system::save_preferences(Preferences) -> Preferences, invalidates [Preferences], needs [];
            system::run_doctor(RunDoctor) -> Vec<DoctorCheck>, provides [Settings], needs [DiagnosticsRun];
        }
    };
}
