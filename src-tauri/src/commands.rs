//! The command list, expanded into Tauri's commands and the interface's bindings.

use std::collections::BTreeMap;

use rumbo_app::wire::CacheTag;
use serde::Serialize;
use tauri_specta::{Builder, ErrorHandlingMode, collect_events};

use crate::{dialogs, events};

/// What a command reads or makes stale.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Tags {
    Provides(&'static [CacheTag]),
    Invalidates(&'static [CacheTag]),
}

macro_rules! tags {
    (provides [$($tag:ident),*]) => { Tags::Provides(&[$(CacheTag::$tag),*]) };
    (invalidates [$($tag:ident),*]) => { Tags::Invalidates(&[$(CacheTag::$tag),*]) };
}

macro_rules! expand {
    ($($module:ident::$name:ident($request:ty) -> $answer:ty, $kind:ident [$($tag:ident),*], needs [$($need:ident),*];)*) => {
        mod ipc {
            $(pub mod $name {
                use rumbo_app::wire::*;
                use tauri::State;

                #[tauri::command]
                #[specta::specta]
                pub async fn $name(
                    shell: State<'_, crate::Shell>,
                    req: $request,
                ) -> Result<$answer, WireError> {
                    let cx = shell.context().await?;
                    rumbo_app::api::$name(&cx, req).await.map_err(WireError::from)
                }
            })*
        }

        /// The tags that reads are made of, as they cross the edge.
        #[cfg(test)]
        pub fn provided() -> Vec<serde_json::Value> {
            [$(tags!($kind [$($tag),*])),*]
                .into_iter()
                .filter_map(|tags| match tags {
                    Tags::Provides(tags) => Some(tags),
                    Tags::Invalidates(_) => None,
                })
                .flatten()
                .filter_map(|tag| serde_json::to_value(tag).ok())
                .collect()
        }

        /// Every command with its types, the events, and what each command makes stale.
        pub fn builder() -> Builder<tauri::Wry> {
            let tags: BTreeMap<&str, Tags> =
                BTreeMap::from([$((stringify!($name), tags!($kind [$($tag),*]))),*]);
            Builder::<tauri::Wry>::new()
                .commands(tauri_specta::collect_commands![
                    $(ipc::$name::$name,)*
                    dialogs::pick_file,
                    dialogs::save_file,
                    dialogs::notify,
                    dialogs::open_outside
                ])
                .events(collect_events![events::CoreEventMessage])
                .constant("cacheTags", tags)
                .constant("metrics", rumbo_app::wire::metrics())
                .constant("changeCauses", rumbo_app::wire::change_causes())
                .constant("attributionChoices", rumbo_app::wire::attribution_choices())
                .error_handling(ErrorHandlingMode::Throw)
                .disable_serde_phases()
        }
    };
}

rumbo_app::with_commands!(expand);

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    /// Compares ui/src/bindings.ts with the command list, or writes it when
    /// `RUMBO_WRITE_GENERATED` is set (`cargo xtask generate`).
    #[test]
    fn bindings_are_current() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("bindings.ts");
        let header = "// Generated from the command list by `cargo xtask generate`. Do not edit.\n";
        super::builder()
            .export(Typescript::default().header(header), &made)
            .unwrap();
        let made = std::fs::read_to_string(made).unwrap();
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/bindings.ts");
        #[expect(
            clippy::disallowed_methods,
            reason = "a test is the edge of its own program"
        )]
        if std::env::var_os("RUMBO_WRITE_GENERATED").is_some() {
            std::fs::write(kept, made).unwrap();
            return;
        }
        assert!(
            std::fs::read_to_string(kept).unwrap_or_default() == made,
            "ui/src/bindings.ts is out of date: run `cargo xtask generate`"
        );
    }
}
