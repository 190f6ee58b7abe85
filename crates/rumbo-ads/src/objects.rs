//! Ad accounts, campaigns, ad sets, ads and creatives: written from complete listings, and only
//! where something changed.
//!
//! - A row is found by platform and Meta's id. `updated_at` moves only when a value changed, so a
//!   repeated sync touches nothing.
//! - What a complete listing no longer shows stays, marked with `last_seen_at` and `deleted_at`;
//!   what Meta shows as `DELETED` gets `deleted_at`. Creatives are marked by their status only: the
//!   listing of creatives leaves out those of deleted ads.
//! - A parent that no listing has shown yet is stored bare (`synced` false) and filled in later.

mod account;
mod ad;
mod ad_set;
mod campaign;
mod creative;
mod listing;

pub use account::{
    AdAccountRow, accounts, mark_account, refresh_account, select_accounts, store_accounts,
};
pub(crate) use account::{FILE_ACCOUNT, adopt, bare_accounts};
pub(crate) use ad::store_ads;
pub(crate) use ad_set::store_ad_sets;
pub(crate) use campaign::store_campaigns;
pub(crate) use creative::creative_settings;
pub(crate) use creative::store_creatives;
pub use creative::{CreativePicture, bare_creatives, pictures};
pub use listing::ObjectCounts;

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        account::STATEMENTS,
        ad::STATEMENTS,
        ad_set::STATEMENTS,
        campaign::STATEMENTS,
        creative::STATEMENTS,
    ]
}

#[cfg(test)]
mod tests;
