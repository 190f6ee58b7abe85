//! `rumbo templates`

mod lint;
mod shown;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::templates::{linted, submittable};
use rumbo_app::wire::{
    AskTemplateReview, CompareTemplateVersions, DecideTemplateReview, DeleteTemplate,
    DuplicateTemplate, GetTemplate, LintTemplates, ListTemplates, PageRequest, PullTemplates,
    RestoreTemplateVersion, SaveTemplate, SubmitTemplate, TemplateDetail, TemplateRow,
    TemplateState,
};
use rumbo_base::TemplateId;

pub use lint::LintArgs;

use super::pages::{PageArgs, with_next};
use crate::exit::{Exit, Failure};
use crate::session::{Program, Session};
use crate::words::Word;

/// What to do with WhatsApp templates.
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// List templates, by name and language
    List(ListArgs),
    /// Read templates and what became of them from Meta
    Pull {
        /// The WhatsApp account, by id or name; all of them when absent
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
    },
    /// Tell what Meta would refuse, before it is submitted
    Lint(LintArgs),
    /// Show a template, with its versions and what happened to it
    Show(Which),
    /// Bring a template to Meta: one that is here, or one from a file, which is saved first
    Submit(SubmitArgs),
    /// Ask somebody else to look at a template before it is submitted
    Review {
        #[command(flatten)]
        which: Which,
        /// What is to be looked at
        #[arg(long)]
        note: Option<String>,
    },
    /// Say that a template is fit to be submitted; who wrote it or asked cannot
    Approve {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long)]
        note: Option<String>,
    },
    /// Send a template back to who wrote it
    Decline {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long)]
        note: Option<String>,
    },
    /// Tell what Meta says of a template: state, quality, category, edits that are left
    Status(Which),
    /// List the versions of a template
    Versions(Which),
    /// Show what is not the same in two versions, and what that breaks
    Diff {
        #[command(flatten)]
        which: Which,
        /// The earlier version; the one at Meta when absent
        #[arg(long, value_name = "N")]
        before: Option<u32>,
        /// The later version; the newest when absent
        #[arg(long, value_name = "N")]
        after: Option<u32>,
    },
    /// Make an earlier version the newest again
    Restore {
        #[command(flatten)]
        which: Which,
        /// Its number
        #[arg(long, value_name = "N")]
        version: u32,
        /// Why
        #[arg(long)]
        note: Option<String>,
    },
    /// Copy a template under another name, in another language or to another account
    Duplicate {
        #[command(flatten)]
        which: Which,
        /// The copy's name
        #[arg(long, value_name = "NAME")]
        to_name: Option<String>,
        /// The copy's language, such as pt_BR
        #[arg(long, value_name = "CODE")]
        to_language: Option<String>,
        /// The copy's WhatsApp account, by id or name
        #[arg(long, value_name = "ACCOUNT")]
        to_account: Option<String>,
    },
    /// Delete a template here and at Meta, in its language alone
    Delete {
        #[command(flatten)]
        which: Which,
        /// Although something uses it, which will fail
        #[arg(long)]
        although_used: bool,
    },
}

/// Which template.
#[derive(Debug, Args)]
pub struct Which {
    /// Its id, or its name where that is clear
    template: String,
    /// Meta's code of its language, such as es_AR, where there are several
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The WhatsApp account, by id or name, where there are several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

/// Which templates of the list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Words of the name or of any text in it
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// draft, in_review, pending, approved, rejected, paused, disabled, archived or unknown
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<TemplateState>,
    /// marketing, utility or authentication
    #[arg(
        long,
        value_name = "CATEGORY",
        value_parser = ["marketing", "utility", "authentication"],
        ignore_case = true
    )]
    category: Option<String>,
    /// Meta's code of a language, such as es_AR
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// green, yellow, red or unknown
    #[arg(
        long,
        value_name = "QUALITY",
        value_parser = ["green", "yellow", "red", "unknown"],
        ignore_case = true
    )]
    quality: Option<String>,
    /// The WhatsApp account's id
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

/// What to submit.
#[derive(Debug, Args)]
pub struct SubmitArgs {
    /// Its id, or its name where that is clear
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    template: Option<String>,
    /// Meta's code of its language, such as es_AR, where there are several
    #[arg(long, value_name = "CODE", conflicts_with = "file")]
    language: Option<String>,
    /// JSON: the template as it is sent to Meta; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The WhatsApp account, by id or name, where there are several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Why it was changed
    #[arg(long, requires = "file")]
    note: Option<String>,
}

fn state(word: &str) -> Result<TemplateState, String> {
    TemplateState::ALL
        .into_iter()
        .find(|state| state.word().eq_ignore_ascii_case(word))
        .ok_or_else(|| {
            let words: Vec<&str> = TemplateState::ALL.iter().map(|it| it.word()).collect();
            format!("use one of {}", words.join(", "))
        })
}

/// Runs the command.
pub async fn run(program: &Program, command: TemplatesCommand) -> Result<Exit, Failure> {
    // Nothing stored is read for it: there need not be a workspace, or any data.
    if let TemplatesCommand::Lint(args) = &command {
        return lint::run(program, args);
    }
    program
        .in_workspace(async |session| Box::pin(in_workspace(session, command)).await)
        .await
}

async fn in_workspace(session: &Session, command: TemplatesCommand) -> Result<Exit, Failure> {
    let (cx, output) = (&session.cx, &session.output);
    match command {
        TemplatesCommand::Lint(_) => {}
        TemplatesCommand::List(args) => {
            let request = ListTemplates {
                search: args.search,
                state: args.state,
                category: args.category.map(|word| word.to_lowercase()),
                language: args.language,
                quality: args.quality.map(|word| word.to_lowercase()),
                account: args.account,
                page: args.page.into(),
            };
            let page = api::list_templates(cx, request).await?;
            output.result(&page, |output| {
                with_next(
                    output,
                    shown::rows(output, &page.rows),
                    page.next.as_deref(),
                )
            });
        }
        TemplatesCommand::Pull { account } => {
            let request = PullTemplates {
                account,
                unless_within: None,
            };
            let pulled = api::pull_templates(cx, request).await?;
            output.result(&pulled, |output| shown::pulled(output, &pulled));
            let failed = pulled
                .accounts
                .iter()
                .filter(|one| one.error.is_some())
                .count();
            return Ok(match failed {
                0 => Exit::Done,
                all if all == pulled.accounts.len() => Exit::Failed,
                _ => Exit::Partly,
            });
        }
        TemplatesCommand::Show(which) => {
            let found = found(session, &which).await?;
            output.result(&found, |output| shown::whole(output, &found));
        }
        TemplatesCommand::Status(which) => {
            let found = found(session, &which).await?;
            output.result(&found, |output| shown::status(output, &found));
        }
        TemplatesCommand::Review { which, note } => {
            let id = row(session, &which).await?.id;
            let asked = api::ask_template_review(cx, AskTemplateReview { id, note }).await?;
            output.result(&asked, |output| shown::status(output, &asked));
        }
        TemplatesCommand::Approve { which, note } => {
            let decided = decide(session, &which, true, note).await?;
            output.result(&decided, |output| shown::status(output, &decided));
        }
        TemplatesCommand::Decline { which, note } => {
            let decided = decide(session, &which, false, note).await?;
            output.result(&decided, |output| shown::status(output, &decided));
        }
        TemplatesCommand::Versions(which) => {
            let found = found(session, &which).await?;
            output.result(&found.versions, |output| shown::versions(output, &found));
        }
        TemplatesCommand::Submit(args) => {
            let id = to_submit(session, args).await?;
            let submitted = api::submit_template(cx, SubmitTemplate { id }).await?;
            output.result(&submitted, |output| shown::status(output, &submitted));
        }
        TemplatesCommand::Diff {
            which,
            before,
            after,
        } => {
            let found = found(session, &which).await?;
            let newest = found.versions.first().map_or(1, |one| one.version);
            let after = after.unwrap_or(newest);
            let before = before.unwrap_or(match found.row.version {
                at if at < after => at,
                _ => after.saturating_sub(1).max(1),
            });
            let request = CompareTemplateVersions {
                id: found.row.id,
                before,
                after,
            };
            let compared = api::compare_template_versions(cx, request).await?;
            output.result(&compared, |output| shown::compared(output, &compared));
        }
        TemplatesCommand::Restore {
            which,
            version,
            note,
        } => {
            let id = found(session, &which).await?.row.id;
            let request = RestoreTemplateVersion { id, version, note };
            let restored = api::restore_template_version(cx, request).await?;
            output.result(&restored, |output| shown::versions(output, &restored));
        }
        TemplatesCommand::Duplicate {
            which,
            to_name,
            to_language,
            to_account,
        } => {
            let request = DuplicateTemplate {
                id: found(session, &which).await?.row.id,
                name: to_name,
                language: to_language,
                account: to_account,
            };
            let copy = api::duplicate_template(cx, request).await?;
            output.result(&copy, |output| shown::status(output, &copy));
        }
        TemplatesCommand::Delete {
            which,
            although_used,
        } => {
            let id = found(session, &which).await?.row.id;
            let request = DeleteTemplate { id, although_used };
            let done = api::delete_template(cx, request).await?;
            output.result(&done, |output| {
                output.word(Word::TemplateDeleted).to_owned()
            });
        }
    }
    Ok(Exit::Done)
}

async fn decide(
    session: &Session,
    which: &Which,
    approve: bool,
    reason: Option<String>,
) -> Result<TemplateDetail, Failure> {
    let request = DecideTemplateReview {
        id: row(session, which).await?.id,
        approve,
        reason,
    };
    Ok(api::decide_template_review(&session.cx, request).await?)
}

/// The template that is to be submitted; one of a file is saved first, over the one that is here.
async fn to_submit(session: &Session, args: SubmitArgs) -> Result<TemplateId, Failure> {
    let Some(file) = args.file else {
        let which = Which {
            template: args.template.unwrap_or_default(),
            language: args.language,
            account: args.account,
        };
        return Ok(row(session, &which).await?.id);
    };
    let text = lint::read(&file)?;
    let request = LintTemplates {
        document: text.clone(),
        language: None,
        mend: false,
    };
    let found = linted(&request).map_err(|error| Failure::flag("file", error.message()))?;
    let [one] = found.templates.as_slice() else {
        let count = found.templates.len();
        return Err(Failure::flag(
            "file",
            format!(
                "The file holds {count} templates, and one is submitted at a time. Give each a file of its own."
            ),
        ));
    };
    // What would be refused is not saved either: the file is where it is mended.
    submittable(&text)?;
    let language = Some(one.language.as_str());
    let known = named(session, &one.name, language, args.account.as_deref()).await?;
    let request = SaveTemplate {
        id: known.first().map(|row| row.id),
        account: args.account,
        template: text,
        variables: Vec::new(),
        note: args.note,
    };
    let saved = api::save_template(&session.cx, request).await?;
    Ok(saved.row.id)
}

async fn found(session: &Session, which: &Which) -> Result<TemplateDetail, Failure> {
    let id = row(session, which).await?.id;
    Ok(api::get_template(&session.cx, GetTemplate { id }).await?)
}

/// The one template that is meant.
async fn row(session: &Session, which: &Which) -> Result<TemplateRow, Failure> {
    if let Ok(id) = which.template.parse::<TemplateId>() {
        let found = api::get_template(&session.cx, GetTemplate { id }).await?;
        return Ok(found.row);
    }
    let language = which.language.as_deref();
    let mut rows = named(session, &which.template, language, which.account.as_deref()).await?;
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        (None, _) => Err(Failure::not_here(
            "template",
            &which.template,
            format!(
                "There is no template {} here. Pull the templates, or look at the list.",
                which.template
            ),
        )),
        (Some(row), false) => {
            rows.push(row);
            let several: Vec<String> = rows
                .iter()
                .map(|row| format!("{} ({})", row.language, row.account_name))
                .collect();
            Err(Failure::flag(
                "template",
                format!(
                    "There are several templates {}: {}. Say which with --language or --account.",
                    which.template,
                    several.join(", ")
                ),
            ))
        }
    }
}

/// Every template of this name.
async fn named(
    session: &Session,
    name: &str,
    language: Option<&str>,
    account: Option<&str>,
) -> Result<Vec<TemplateRow>, Failure> {
    let request = ListTemplates {
        search: Some(name.to_owned()),
        language: language.map(str::to_owned),
        page: PageRequest::largest(),
        ..ListTemplates::default()
    };
    let page = api::list_templates(&session.cx, request).await?;
    let of_account = |row: &TemplateRow| {
        account.is_none_or(|asked| row.account == asked || row.account_name == asked)
    };
    Ok(page
        .rows
        .into_iter()
        .filter(|row| row.name == name && of_account(row))
        .collect())
}
