//! Parts of long lists, and files that hold whole ones.

use clap::Args;
use rumbo_app::wire::{Exported, PageRequest};

use crate::output::Output;
use crate::words::Word;

/// Which part of a long list.
#[derive(Debug, Args)]
pub struct PageArgs {
    /// Rows at most, up to 1,000
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Where to go on: the `next` of the page before
    #[arg(long, value_name = "TEXT")]
    cursor: Option<String>,
}

impl From<PageArgs> for PageRequest {
    fn from(args: PageArgs) -> Self {
        Self {
            limit: Some(args.limit),
            cursor: args.cursor,
        }
    }
}

/// The rows, and how to see the next ones: `next` of their page.
pub fn with_next(output: &Output, rows: String, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{rows}\n{} {next}", output.word(Word::More)),
        None => rows,
    }
}

/// Says which file was written.
pub fn say_written(output: &Output, exported: &Exported) {
    output.result(exported, |output| {
        let rows = output.numbers().count(exported.rows);
        format!("{} ({}: {rows})", exported.path, output.word(Word::Rows))
    });
}
