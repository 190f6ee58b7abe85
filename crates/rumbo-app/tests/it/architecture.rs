//! Dependencies point down the picture in docs/architecture.md and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each package may build on. Test-only dependencies are free.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let below = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    let base = ["rumbo-base"];
    let platform = ["rumbo-base", "rumbo-db", "rumbo-http"];
    let domain = [
        "rumbo-base",
        "rumbo-db",
        "rumbo-http",
        "rumbo-meta",
        "rumbo-platform",
    ];
    let insight = [
        "rumbo-base",
        "rumbo-db",
        "rumbo-http",
        "rumbo-meta",
        "rumbo-platform",
        "rumbo-crm",
        "rumbo-ads",
        "rumbo-forecast",
    ];
    let engage = [&domain[..], &["rumbo-channels", "rumbo-crm", "rumbo-ads"]].concat();
    let mut app = insight.to_vec();
    app.extend([
        "rumbo-insight",
        "rumbo-channels",
        "rumbo-engage",
        "rumbo-sandbox",
        "rumbo-export",
    ]);
    let mut shell = app.clone();
    shell.push("rumbo-app");
    BTreeMap::from([
        ("rumbo-base", below(&[])),
        ("rumbo-sandbox", below(&[])),
        ("rumbo-forecast", below(&[])),
        ("rumbo-db", below(&base)),
        ("rumbo-export", below(&base)),
        ("rumbo-http", below(&base)),
        ("rumbo-meta", below(&["rumbo-base", "rumbo-http"])),
        (
            "rumbo-channels",
            // The version of Graph and the proof of the app secret are there once.
            below(&["rumbo-base", "rumbo-http", "rumbo-meta"]),
        ),
        ("rumbo-platform", below(&platform)),
        ("rumbo-crm", below(&domain)),
        ("rumbo-ads", below(&domain)),
        ("rumbo-engage", below(&engage)),
        ("rumbo-insight", below(&insight)),
        ("rumbo-app", below(&app)),
        ("rumbo-cli", below(&shell)),
        ("rumbo-desktop", below(&shell)),
        ("xtask", below(&[])),
    ])
}

#[test]
fn dependencies_point_down() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let allowed = allowed();
    let mut seen = BTreeSet::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let may = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} is new: place it in docs/architecture.md and here"));
        seen.insert(name);
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Development {
                continue;
            }
            let on = dependency.name.as_str();
            assert!(
                !allowed.contains_key(on) || may.contains(on),
                "{name} may not depend on {on}"
            );
            assert!(
                name == "rumbo-desktop" || !on.starts_with("tauri"),
                "only the window may depend on tauri, not {name}"
            );
        }
    }
    assert_eq!(
        seen.len(),
        allowed.len(),
        "a package of the picture is missing"
    );
}
