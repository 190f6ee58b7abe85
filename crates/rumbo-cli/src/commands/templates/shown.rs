//! Templates as text.

use rumbo_app::wire::{
    PulledTemplates, TemplateComparison, TemplateDetail, TemplateRow, WordChange,
};

use crate::grid::{Grid, short};
use crate::numbers::{NOTHING, instant};
use crate::output::Output;
use crate::words::Word;

pub fn rows(output: &Output, rows: &[TemplateRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Name,
        Word::Language,
        Word::Category,
        Word::Status,
        Word::Quality,
        Word::Account,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.word(Word::Version)]);
    for row in rows {
        grid.row([
            short(&row.name),
            row.language.clone(),
            category(output, row),
            state(row),
            quality(row),
            short(&row.account_name),
            match row.unsent_version {
                Some(unsent) => format!("{} ({unsent})", row.version),
                None => row.version.to_string(),
            },
        ]);
    }
    grid.text()
}

fn category(output: &Output, row: &TemplateRow) -> String {
    match &row.previous_category {
        Some(was) => format!("{} ({} {was})", row.category, output.word(Word::Was)),
        None => row.category.clone(),
    }
}

fn state(row: &TemplateRow) -> String {
    let word = row.state.word();
    match &row.provider_status {
        Some(told) if !told.eq_ignore_ascii_case(word) => format!("{word} ({told})"),
        _ => word.to_owned(),
    }
}

fn quality(row: &TemplateRow) -> String {
    row.quality
        .as_deref()
        .map_or_else(|| NOTHING.to_owned(), str::to_lowercase)
}

pub fn pulled(output: &Output, pulled: &PulledTemplates) -> String {
    let headings = [Word::Account, Word::Note].map(|word| output.word(word));
    let figures =
        [Word::Added, Word::Changed, Word::Unchanged, Word::Vanished].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &figures);
    let numbers = output.numbers();
    for one in &pulled.accounts {
        let note = match (&one.error, one.skipped) {
            (Some(error), _) => error.message.clone(),
            (None, true) => output.word(Word::SkippedLately).to_owned(),
            (None, false) => one.unreadable.join("; "),
        };
        grid.row([
            short(&one.name),
            note,
            numbers.count(one.added),
            numbers.count(one.changed),
            numbers.count(one.unchanged),
            numbers.count(one.vanished),
        ]);
    }
    grid.text()
}

pub fn status(output: &Output, found: &TemplateDetail) -> String {
    let row = &found.row;
    let mut lines = vec![
        format!("{} ({}, {})", row.name, row.language, row.account_name),
        line(output, Word::Status, &state(row)),
    ];
    if let Some(reason) = &row.rejection_reason {
        lines.push(line(output, Word::Reason, reason));
    }
    lines.push(line(output, Word::Category, &category(output, row)));
    lines.push(line(output, Word::Quality, &quality(row)));
    let version = match row.unsent_version {
        Some(unsent) => format!(
            "{} ({unsent}: {})",
            row.version,
            output.word(Word::NotSubmitted)
        ),
        None => row.version.to_string(),
    };
    lines.push(line(output, Word::Version, &version));
    if found.at_provider.is_some() {
        match found.edits.possible_at {
            Some(at) => lines.push(line(output, Word::CanBeEditedAt, &instant(at))),
            None => lines.push(line(output, Word::EditsLeft, &found.edits.left.to_string())),
        }
    }
    if let Some(review) = found.reviews.first() {
        let outcome = review.outcome.as_deref().unwrap_or("open");
        let who = review.decider.as_deref().or(review.asker.as_deref());
        let text = match who {
            Some(who) => format!("{outcome} ({who}, {})", review.version),
            None => format!("{outcome} ({})", review.version),
        };
        lines.push(line(output, Word::Review, &text));
    }
    for used in &found.used_by {
        let text = format!("{} ({})", used.name, used.state);
        lines.push(line(output, Word::UsedBy, &text));
    }
    lines.join("\n")
}

fn line(output: &Output, word: Word, text: &str) -> String {
    format!("  {}: {text}", output.word(word))
}

pub fn versions(output: &Output, found: &TemplateDetail) -> String {
    let headings =
        [Word::Version, Word::Date, Word::Source, Word::Note].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[]);
    for one in &found.versions {
        let at_meta = if one.at_provider {
            format!("{}, {}", one.origin, output.word(Word::AtMeta))
        } else {
            one.origin.clone()
        };
        let note: Vec<&str> = [one.author.as_deref(), one.note.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        grid.row([
            one.version.to_string(),
            one.created_at.format("%Y-%m-%d %H:%M").to_string(),
            at_meta,
            note.join(": "),
        ]);
    }
    grid.text()
}

pub fn whole(output: &Output, found: &TemplateDetail) -> String {
    let pretty = serde_json::from_str::<serde_json::Value>(&found.template)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_default();
    let mut text = format!(
        "{}\n\n{}\n\n{pretty}\n",
        status(output, found),
        versions(output, found)
    );
    for event in &found.events {
        let before = event.before.as_deref().unwrap_or(NOTHING);
        let reason = event
            .reason
            .as_deref()
            .map_or_else(String::new, |reason| format!(" ({reason})"));
        text.push_str(&format_event(
            event.occurred_at,
            &event.kind,
            before,
            &event.after,
            &reason,
        ));
    }
    text
}

fn format_event(
    at: chrono::DateTime<chrono::Utc>,
    kind: &str,
    before: &str,
    after: &str,
    reason: &str,
) -> String {
    format!(
        "\n{}  {kind}: {before} → {after}{reason}",
        at.format("%Y-%m-%d %H:%M")
    )
}

pub fn compared(output: &Output, compared: &TemplateComparison) -> String {
    if compared.parts.is_empty() {
        return output.word(Word::NothingDiffers).to_owned();
    }
    let mut lines = vec![format!("{} → {}", compared.before, compared.after)];
    for part in &compared.parts {
        let mut place = Vec::new();
        if let Some(card) = part.card {
            place.push(format!("card {}", card + 1));
        }
        place.push(match part.button {
            Some(button) => format!("button {}", button + 1),
            None => part.part.clone(),
        });
        place.push(part.field.clone());
        lines.push(place.join(", "));
        let words: String = part
            .words
            .iter()
            .map(|word| match word.change {
                WordChange::Same => word.text.clone(),
                WordChange::Removed => format!("[-{}-]", word.text),
                WordChange::Added => format!("{{+{}+}}", word.text),
            })
            .collect();
        lines.extend(words.lines().map(|line| format!("    {line}")));
    }
    for broken in &compared.breaks {
        let kind = serde_json::to_value(broken.breaks).unwrap_or_default();
        let at = serde_json::to_value(broken.variable.at).unwrap_or_default();
        lines.push(format!(
            "{}: {} {{{{{}}}}} ({})",
            output.word(Word::BrokenBy),
            kind.as_str().unwrap_or_default(),
            broken.variable.name,
            at.as_str().unwrap_or_default()
        ));
    }
    for used in &compared.affected {
        lines.push(format!(
            "{}: {} ({})",
            output.word(Word::UsedBy),
            used.name,
            used.state
        ));
    }
    lines.join("\n")
}
