//! Every failure that a person can meet can be told in every language: it has a reason, and the
//! params that the reason's sentence names.

use std::path::{Path, PathBuf};

use rumbo_base::Reason;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_document_lists_every_reason() {
    let text = std::fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let (_, table) = text
        .split_once("| reason | meaning |\n|---|---|\n")
        .unwrap();
    let listed: Vec<&str> = table.lines().collect();
    let meant: Vec<String> = Reason::ALL
        .iter()
        .map(|reason| format!("| `{reason}` | {} |", reason.meaning()))
        .collect();
    assert_eq!(listed, meant, "write the table of docs/errors.md anew");
}

/// Rust sources of the crates whose failures reach a person, without tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(
                    name.as_str(),
                    "rumbo-sandbox" | "tests" | "examples" | "benches"
                ) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).unwrap();
                let tested = text.find("#[cfg(test)]\nmod tests {");
                let text = text[..tested.unwrap_or(text.len())].to_owned();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// The expression that begins with a call at `start`, with the calls chained to it.
fn expression(text: &str, start: usize) -> &str {
    let bytes = text.as_bytes();
    let close = |mut at: usize| {
        let mut depth = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => {
                    at += 1;
                    while bytes[at] != b'"' {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        at
    };
    let mut end = close(start + text[start..].find('(').unwrap());
    loop {
        let rest = &text[end..];
        let called = rest
            .trim_start()
            .strip_prefix('.')
            .map(|rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
            .filter(|rest| rest.starts_with('('));
        match called {
            Some(call) => end = close(text.len() - call.len()),
            None => return &text[start..end],
        }
    }
}

/// Every call of one of these functions.
fn calls<'t>(text: &'t str, names: &[&str]) -> Vec<(usize, &'t str)> {
    let mut found = Vec::new();
    for name in names {
        for (at, _) in text.match_indices(&format!("{name}(")) {
            let before = text[..at].chars().next_back().unwrap_or(' ');
            let whole = !before.is_alphanumeric() && before != '_' && !text[..at].ends_with("fn ");
            if whole {
                let line = text[..at].matches('\n').count() + 1;
                found.push((line, expression(text, at)));
            }
        }
    }
    found
}

#[test]
fn what_a_person_can_mend_has_a_reason() {
    let mut without = Vec::new();
    let mut seen = 0;
    for (path, text) in sources() {
        for (line, call) in calls(&text, &["Error::new"]) {
            let mendable = ["InvalidInput", "NotFound", "Conflict"]
                .iter()
                .any(|code| call.contains(&format!("Code::{code}")));
            seen += usize::from(mendable);
            if mendable && !call.contains(".reason(") {
                without.push(format!("{path}:{line}"));
            }
        }
    }
    assert!(seen > 90, "only {seen} failures were found");
    assert!(without.is_empty(), "no reason at\n{}", without.join("\n"));
}

#[test]
fn a_reason_comes_with_the_values_of_its_sentence() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for (path, text) in sources() {
        let makers = [
            "Error::new",
            "invalid",
            "not_found",
            "conflict",
            "unusable",
            "rejected",
        ];
        for (line, call) in calls(&text, &makers) {
            let named: Vec<Reason> = Reason::ALL
                .iter()
                .copied()
                .filter(|reason| {
                    call.match_indices(&format!("Reason::{reason:?}"))
                        .any(|(at, found)| {
                            !call[at + found.len()..].starts_with(|c: char| c.is_alphanumeric())
                        })
                })
                .collect();
            let [reason] = named.as_slice() else { continue };
            seen += 1;
            for name in params(reason.meaning()) {
                if !call.contains(&format!(".param(\"{name}\"")) && !given(call, name) {
                    missing.push(format!("{path}:{line}: {reason} without {name}"));
                }
            }
        }
    }
    assert!(seen > 90, "only {seen} reasons were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// `field` is filled in from the field that the failure names.
fn given(call: &str, name: &str) -> bool {
    name == "field" && (call.starts_with("invalid(") || call.contains(".field("))
}

fn params(meaning: &str) -> Vec<&str> {
    meaning
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .collect()
}
