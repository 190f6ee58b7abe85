//! `rumbo templates lint`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use rumbo_app::templates::linted;
use rumbo_app::wire::{
    LintTemplates, LintedTemplate, LintedTemplates, TemplateFinding, TemplateSeverity,
};

use crate::exit::{Exit, Failure};
use crate::output::{Output, note, print_raw};
use crate::session::Program;
use crate::words::Word;

/// Which templates.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// JSON: one template as it is sent to Meta, a list of them, or what Meta or YCloud answers;
    /// - reads it from standard input
    file: PathBuf,
    /// Mend what can be mended without asking, and print the file as it is then
    #[arg(long)]
    fix: bool,
    /// Write the mended file here instead
    #[arg(long, value_name = "FILE", requires = "fix")]
    out: Option<PathBuf>,
}

/// Runs it. Nothing stored is read: there need not be a workspace, or any data.
pub fn run(program: &Program, args: &LintArgs) -> Result<Exit, Failure> {
    let locale = program.global.lang.as_deref().unwrap_or("en");
    let output = Output::new(program.global.json, locale);
    let request = LintTemplates {
        document: read(&args.file)?,
        language: Some(locale.to_owned()),
        mend: args.fix,
    };
    // A file that holds no templates is no template that Meta would refuse: another code.
    let found = linted(&request).map_err(|error| Failure::flag("file", error.message()))?;
    if found.templates.is_empty() {
        let message = "This holds no template: the list is empty.";
        return Err(Failure::flag("file", message));
    }
    let text = text(&output, &found);
    match (&found.document, &args.out) {
        (Some(document), Some(path)) => {
            write(path, document)?;
            output.result(&found, |_| text);
        }
        (Some(document), None) if !output.is_json() => {
            print_raw(document);
            note(text.trim_end());
        }
        _ => output.result(&found, |_| text),
    }
    // Warnings alone are no failure.
    Ok(match found.refused {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

/// The largest file that is read, in bytes: thousands of templates.
const LARGEST: u64 = 16 * 1024 * 1024;

pub(super) fn read(file: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        let message = format!("\"{}\" cannot be read: {error}.", file.display());
        Failure::flag("file", message)
    };
    let from: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(unreadable)?)
    };
    let mut bytes = Vec::new();
    let mut limited = from.take(LARGEST + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        let message = format!(
            "\"{}\" is larger than {} MB. Split it into smaller files.",
            file.display(),
            LARGEST / 1024 / 1024
        );
        return Err(Failure::flag("file", message));
    }
    text_of(bytes).ok_or_else(|| {
        let message = format!(
            "\"{}\" is not text in UTF-8. Save it as UTF-8 and try again.",
            file.display()
        );
        Failure::flag("file", message)
    })
}

/// Text in UTF-8, or in UTF-16 where a mark says so: some shells write what they are told to keep so.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| -> Option<String> {
        let (pairs, left) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        left.is_empty()
            .then(|| String::from_utf16(&units).ok())
            .flatten()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}

fn write(path: &Path, document: &str) -> Result<(), Failure> {
    std::fs::write(path, format!("{document}\n")).map_err(|error| {
        let message = format!("\"{}\" cannot be written: {error}.", path.display());
        Failure::flag("out", message)
    })
}

fn text(output: &Output, found: &LintedTemplates) -> String {
    let mut lines = Vec::new();
    for template in &found.templates {
        if template.findings.is_empty() && template.mended.is_empty() {
            continue;
        }
        lines.push(head(output, template));
        let mended = template.mended.iter().map(|finding| (finding, true));
        let left = template.findings.iter().map(|finding| (finding, false));
        for (finding, mended) in mended.chain(left) {
            lines.extend(told(output, finding, mended));
        }
        lines.push(String::new());
    }
    lines.push(summary(output, found));
    lines.join("\n")
}

fn head(output: &Output, template: &LintedTemplate) -> String {
    let name = match template.name.as_str() {
        "" => output.word(Word::WithoutName),
        name => name,
    };
    let about: Vec<&str> = [
        Some(template.language.as_str()),
        template.category.as_deref(),
    ]
    .into_iter()
    .flatten()
    .filter(|word| !word.is_empty())
    .collect();
    format!("{name} ({})", about.join(", "))
}

/// A finding on a line, and on another what mends it.
fn told(output: &Output, finding: &TemplateFinding, mended: bool) -> Vec<String> {
    let word = match (mended, finding.severity) {
        (true, _) => Word::Mended,
        (false, TemplateSeverity::Refused) => Word::WouldBeRefused,
        (false, TemplateSeverity::Warning) => Word::Warned,
    };
    let characters = match (finding.place.from, finding.place.to) {
        (Some(from), Some(to)) if to == from + 1 => format!(" [{}]", from + 1),
        (Some(from), Some(to)) => format!(" [{}–{to}]", from + 1),
        _ => String::new(),
    };
    let mut lines = vec![format!(
        "  {}  {}{characters}: {} ({})",
        output.word(word),
        finding.place.told,
        finding.message,
        finding.rule
    )];
    if let Some(fix) = &finding.fix {
        lines.push(if mended {
            format!("      {}", fix.says)
        } else {
            format!("      {}: {}", output.word(Word::CanBeMended), fix.says)
        });
    }
    lines
}

fn summary(output: &Output, found: &LintedTemplates) -> String {
    let numbers = output.numbers();
    let count = u32::try_from(found.templates.len()).unwrap_or(u32::MAX);
    let clean = found.refused == 0;
    format!(
        "{}: {}. {}: {}. {}: {}.{}",
        output.word(Word::Templates),
        numbers.count(count),
        output.word(Word::Refusals),
        numbers.count(found.refused),
        output.word(Word::Warnings),
        numbers.count(found.warnings),
        if clean {
            format!(" {}", output.word(Word::NothingToRefuse))
        } else {
            String::new()
        }
    )
}
