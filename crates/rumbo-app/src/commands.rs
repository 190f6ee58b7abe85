//! The one list of commands.
//!
//! Every capability stands here once, with what it reads (`provides`) or changes (`invalidates`).
//! The list expands into the window's commands, the interface's bindings and cache tags, the
//! machine form of the command line and, in tests, a host without a window.

/// Hands the list to another macro. Each entry is
/// `module::name(Request) -> Answer, provides [Tag, …];` or `…, invalidates [Tag, …];`, where the
/// body is `rumbo_app::module::name` and the types are those of [`crate::wire`].
#[macro_export]
macro_rules! with_commands {
    ($callback:path) => {
        $callback! {
            workspaces::list_workspaces(ListWorkspaces) -> Vec<WorkspaceRow>, provides [Workspaces];
            workspaces::create_workspace(CreateWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Contacts, Opportunities, Sales, Imports, Settings];
            workspaces::use_workspace(UseWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Contacts, Opportunities, Sales, Imports, Settings];
            workspaces::open_sample_workspace(OpenSampleWorkspace) -> WorkspaceRow, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Contacts, Opportunities, Sales, Imports, Settings];
            workspaces::archive_workspace(ArchiveWorkspace) -> WorkspaceRow, invalidates [Workspaces];
            workspaces::delete_workspace(DeleteWorkspace) -> DeletedWorkspace, invalidates [Workspaces, Connection, AdAccounts, AdObjects, Insights, SyncRuns, Contacts, Opportunities, Sales, Imports, Settings];
            workspaces::get_workspace_settings(GetWorkspaceSettings) -> WorkspaceSettings, provides [Settings, Workspaces];
            workspaces::save_workspace_settings(WorkspaceSettings) -> WorkspaceSettings, invalidates [Settings, Workspaces, Insights];
            workspaces::get_setup_state(GetSetupState) -> SetupState, provides [Workspaces, Connection, AdAccounts, SyncRuns, Insights, Contacts, Sales];

            connection::get_connection(GetConnection) -> Connection, provides [Connection];
            connection::get_meta_app(GetMetaApp) -> MetaApp, provides [Connection, Settings];
            connection::save_meta_app(SaveMetaApp) -> MetaApp, invalidates [Connection, Settings];
            connection::start_sign_in(StartSignIn) -> SignInStarted, invalidates [];
            connection::get_sign_in(GetSignIn) -> SignInStatus, provides [Connection];
            connection::cancel_sign_in(CancelSignIn) -> Done, invalidates [];
            connection::finish_sign_in(FinishSignIn) -> Connection, invalidates [Connection];
            connection::use_access_token(UseAccessToken) -> Connection, invalidates [Connection];
            connection::list_portfolios(ListPortfolios) -> Vec<Portfolio>, provides [Connection];
            connection::list_assets(ListAssets) -> Assets, provides [Connection, AdAccounts];
            connection::select_assets(SelectAssets) -> Vec<AdAccountRow>, invalidates [Connection, AdAccounts, Workspaces, Settings];
            connection::list_ad_accounts(ListAdAccounts) -> Vec<AdAccountRow>, provides [AdAccounts];
            connection::test_connection(TestConnection) -> ConnectionTest, invalidates [Connection];
            connection::disconnect(Disconnect) -> Disconnected, invalidates [Connection, AdAccounts];

            sync::start_sync(StartSync) -> SyncProgress, invalidates [SyncRuns];
            sync::cancel_sync(CancelSync) -> Done, invalidates [SyncRuns];
            sync::get_sync_progress(GetSyncProgress) -> Option<SyncProgress>, provides [SyncRuns];
            sync::list_sync_runs(ListSyncRuns) -> Page<SyncRunRow>, provides [SyncRuns];

            dashboard::get_home(GetHome) -> Home, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings];
            dashboard::get_roi(GetRoi) -> RoiReport, provides [Insights, AdObjects, AdAccounts, Contacts, Opportunities, Sales, Settings];
            dashboard::list_creatives(ListCreatives) -> Vec<CreativeRow>, provides [Insights, AdObjects, Contacts, Sales];
            dashboard::get_thumbnail(GetThumbnail) -> Thumbnail, provides [AdObjects];
            dashboard::get_data_ages(GetDataAges) -> Vec<DataAge>, provides [SyncRuns, AdAccounts, Contacts, Opportunities, Sales, Imports];

            contacts::list_contacts(ListContacts) -> Page<ContactRow>, provides [Contacts, Sales];
            contacts::get_contact(GetContact) -> ContactDetail, provides [Contacts, Opportunities, Sales];
            contacts::save_contact(SaveContact) -> ContactRow, invalidates [Contacts];
            contacts::add_touchpoint(AddTouchpoint) -> ContactDetail, invalidates [Contacts, Opportunities, Sales];
            contacts::list_owners(ListOwners) -> Vec<Owner>, provides [Workspaces];
            contacts::list_duplicates(ListDuplicates) -> Page<DuplicateGroup>, provides [Contacts];
            contacts::merge_contacts(MergeContacts) -> ContactMerge, invalidates [Contacts, Opportunities, Sales];
            contacts::undo_merge(UndoMerge) -> ContactMerge, invalidates [Contacts, Opportunities, Sales];
            contacts::list_merges(ListMerges) -> Page<ContactMerge>, provides [Contacts];

            pipeline::get_board(GetBoard) -> Board, provides [Opportunities, Contacts];
            pipeline::save_opportunity(SaveOpportunity) -> OpportunityCard, invalidates [Opportunities];
            pipeline::move_opportunity(MoveOpportunity) -> OpportunityCard, invalidates [Opportunities];
            pipeline::list_stages(ListStages) -> Vec<StageRow>, provides [Opportunities];
            pipeline::save_stage(SaveStage) -> StageRow, invalidates [Opportunities];
            pipeline::order_stages(OrderStages) -> Vec<StageRow>, invalidates [Opportunities];
            pipeline::remove_stage(RemoveStage) -> Vec<StageRow>, invalidates [Opportunities];
            pipeline::list_sales(ListSales) -> Page<SaleRow>, provides [Sales, Contacts];
            pipeline::add_sale(AddSale) -> SaleRow, invalidates [Sales, Contacts];
            pipeline::set_sale_status(SetSaleStatus) -> SaleRow, invalidates [Sales, Contacts];
            pipeline::refund_sale(RefundSale) -> SaleRow, invalidates [Sales, Contacts];

            imports::preview_import(PreviewImport) -> ImportPreview, provides [Imports];
            imports::run_import(RunImport) -> ImportReport, invalidates [Imports, Contacts, Opportunities, Sales, AdAccounts, AdObjects, Insights, SyncRuns];
            imports::list_mappings(ListMappings) -> Vec<SavedMapping>, provides [Imports];
            imports::save_mapping(SaveMapping) -> SavedMapping, invalidates [Imports];
            imports::export_table(ExportTable) -> Exported, invalidates [];

            network::try_network(TryNetwork) -> NetworkState, invalidates [];
            system::get_app_info(GetAppInfo) -> AppInfo, provides [Settings, Workspaces, Connection, AdAccounts, SyncRuns];
            system::get_preferences(GetPreferences) -> Preferences, provides [Preferences];
            system::save_preferences(Preferences) -> Preferences, invalidates [Preferences];
            system::run_doctor(RunDoctor) -> Vec<DoctorCheck>, provides [Settings];
        }
    };
}
