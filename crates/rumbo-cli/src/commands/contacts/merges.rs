//! Duplicates and merges as text.

use rumbo_app::wire::{ContactMerge, DuplicateGroup, Page};

use crate::commands::pages::with_next;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::words::Word;

/// One line for each contact of each group.
pub fn duplicates_text(output: &Output, page: &Page<DuplicateGroup>) -> String {
    let headings = [
        Word::Reason,
        Word::Value,
        Word::Id,
        Word::Name,
        Word::Phone,
        Word::Email,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.metric("sales")]);
    let or_nothing =
        |text: Option<&String>| text.map_or_else(|| NOTHING.to_owned(), |text| short(text));
    for group in &page.rows {
        for contact in &group.contacts {
            grid.row([
                group.reason.clone(),
                short(&group.value),
                contact.id.to_string(),
                short(&contact.name),
                or_nothing(contact.phone.as_ref()),
                or_nothing(contact.email.as_ref()),
                output.numbers().count(contact.sales),
            ]);
        }
    }
    if grid.is_empty() {
        return output.word(Word::None).to_owned();
    }
    with_next(output, grid.text(), page.next.as_deref())
}

/// One line for each merge.
pub fn rows_text(output: &Output, merges: &[ContactMerge]) -> String {
    let headings = [
        Word::Id,
        Word::Date,
        Word::KeptContact,
        Word::MergedContact,
        Word::Undone,
    ]
    .map(|word| output.word(word));
    let figures = [
        output.word(Word::Touchpoints),
        output.metric("opportunities"),
        output.metric("sales"),
    ];
    let mut grid = Grid::new(&headings, &figures);
    for merge in merges {
        let undone = merge
            .undone_at
            .map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        grid.row([
            merge.id.to_string(),
            merge.merged_at.format("%Y-%m-%d %H:%M UTC").to_string(),
            short(&merge.kept_name),
            short(&merge.other_name),
            undone.unwrap_or_else(|| NOTHING.to_owned()),
            output.numbers().count(merge.touchpoints),
            output.numbers().count(merge.opportunities),
            output.numbers().count(merge.sales),
        ]);
    }
    if grid.is_empty() {
        return output.word(Word::None).to_owned();
    }
    grid.text()
}
