//! docs/states.md says what the program does.

use rumbo_engage::templates::{PROVIDER_STATUSES, TemplateState};

#[test]
fn the_page_lists_every_word_of_a_provider() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/states.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (_, rest) = text
        .split_once("| provider | Rumbo | means |\n|---|---|---|\n")
        .unwrap();
    let (table, _) = rest.split_once("\n\n").unwrap();
    let listed: Vec<&str> = table.lines().collect();
    let meant: Vec<String> = PROVIDER_STATUSES
        .iter()
        .map(|one| format!("| `{}` | {} | {} |", one.word, one.state.word(), one.means))
        .collect();
    assert_eq!(listed, meant, "write the table of docs/states.md anew");
}

#[test]
fn a_word_that_is_not_known_is_never_guessed() {
    assert_eq!(TemplateState::of("approved"), TemplateState::Approved);
    for word in ["", "APPROVED_SOON", "ACTIVE"] {
        assert_eq!(TemplateState::of(word), TemplateState::Unknown, "{word}");
    }
}
