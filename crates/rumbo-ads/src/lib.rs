//! Ad accounts and what runs in them: the store of campaigns, ad sets, ads, creatives and daily
//! insights, the sync that fills it from Meta, and imports and audits of Ads Manager files.

pub mod action_map;
pub mod attribution_setting;
pub mod audit;
pub mod import;
pub mod insights;
mod json_text;
pub mod objects;
pub mod reach;
pub mod runs;
pub mod setting_changes;
pub mod sync;

pub use json_text::JsonText;

/// The platform every row of this version is of. A connector for another one adds rows and no
/// schema.
pub const META: &str = "meta";

/// Every SQL text of this crate, for the test that prepares them all.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    [
        vec![action_map::STATEMENTS, runs::STATEMENTS],
        audit::statements(),
        import::statements(),
        insights::statements(),
        objects::statements(),
        reach::statements(),
        setting_changes::statements(),
        sync::statements(),
    ]
    .concat()
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
