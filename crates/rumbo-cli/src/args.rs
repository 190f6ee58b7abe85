//! The command line as a whole. Each group of commands has its own arguments beside its code.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Command as Line, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::commands::{
    accounts, actions, agent, audit, audit_csv, breakdown, call, changes, channels, chatwoot,
    cohorts, completions, connect, consent, contacts, contributions, demo, drift, explain, export,
    gap, import, inbox, models, opportunities, outbox, pacing, rates, reach, roi, sales, sandbox,
    send, settle, simulate, spend, stats, sync, templates, touchpoints, workspace,
};
use crate::flags;

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong call, 3 partly done, 4 needs sign-in.
With --json standard output holds JSON alone; everything else goes to standard error.";

/// See what every campaign really earned, from a terminal.
#[derive(Debug, Parser)]
#[command(name = "rumbo", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Reads the command line.
pub fn read(line: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = forgiving(Arguments::command());
    let matches = command.try_get_matches_from_mut(line)?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Takes `-5` for a value, so that the flag itself says why it cannot be used, and words of a list in
/// any case.
fn forgiving(command: Line) -> Line {
    command
        .mut_args(|arg| {
            let takes = arg.get_action().takes_values();
            arg.allow_negative_numbers(takes).ignore_case(takes)
        })
        .mut_subcommands(forgiving)
}

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Where the data lies (or RUMBO_DATA_DIR; else the system's place for program data)
    #[arg(
        long,
        global = true,
        help_heading = "For every command",
        value_name = "FOLDER"
    )]
    pub data_dir: Option<PathBuf>,
    /// The workspace, by slug, id or exact name; else the one in use
    #[arg(
        long,
        global = true,
        help_heading = "For every command",
        value_name = "NAME"
    )]
    pub workspace: Option<String>,
    /// Print one JSON document instead of text
    #[arg(long, global = true, help_heading = "For every command")]
    pub json: bool,
    /// Language of headings and numbers: en, es or pt, such as es-AR; else the workspace's
    #[arg(long, global = true, help_heading = "For every command", value_name = "LANG", value_parser = flags::locale)]
    pub lang: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make, list, choose, archive and delete workspaces
    #[command(subcommand)]
    Workspace(workspace::WorkspaceCommand),
    /// Sign in at Meta
    Connect(connect::ConnectArgs),
    /// Sign out: revoke at Meta and delete the token here
    Disconnect,
    /// List ad accounts, or choose which to sync
    Accounts(accounts::AccountsArgs),
    /// Bring ads, their figures and leads from Meta
    Sync(sync::SyncArgs),
    /// How the workspace, its connection and its data stand
    Status,
    /// Headline figures of a period beside the period before
    Stats(stats::StatsArgs),
    /// What each channel, account, campaign, ad set or ad earned
    Roi(roi::RoiArgs),
    /// Meta's claims beside the CRM, and why they differ
    Gap(gap::GapArgs),
    /// Which of Meta's actions count as leads and purchases, and which are the same events again
    Actions(actions::ActionsArgs),
    /// Tell why a report says something else than before
    Changes(changes::ChangesArgs),
    /// Tell which rows moved a number: by their weight in it, or by themselves
    Contributions(contributions::ContributionsArgs),
    /// List what a number of a report is made of
    Explain(explain::ExplainArgs),
    /// Put all models of attribution side by side
    Models(models::ModelsArgs),
    /// What was spent outside the ad accounts: list, enter, correct, remove
    #[command(subcommand)]
    Spend(spend::SpendCommand),
    /// Rates of exchange: list, import the ECB's file, enter by hand
    #[command(subcommand)]
    Rates(rates::RatesCommand),
    /// What became of the people acquired in the same month or by the same campaign
    Cohorts(cohorts::CohortsArgs),
    /// Meta's figures by age, gender, country, placement or device
    Breakdown(breakdown::BreakdownArgs),
    /// How many people were reached in exactly some days, asked of Meta
    Reach(reach::ReachArgs),
    /// Show where this month's spend will end, beside the budgets
    Pacing(pacing::PacingArgs),
    /// Tell what moving a daily budget between campaigns would change
    Simulate(simulate::SimulateArgs),
    /// List settings at Meta that are not as they were, and mark those that were meant
    Drift(drift::DriftArgs),
    /// Show how much of a day is there while Meta still restates it, by its age
    Settle(settle::SettleArgs),
    /// Import ads, contacts, opportunities, sales or spend from a CSV or spreadsheet file
    Import(import::ImportArgs),
    /// Compare an Ads Manager export with what is stored, cell by cell
    AuditCsv(audit_csv::AuditCsvArgs),
    /// Write a table to a CSV file
    Export(export::ExportArgs),
    /// Contacts by hand
    #[command(subcommand)]
    Contacts(contacts::ContactsCommand),
    /// Opportunities by hand
    #[command(subcommand)]
    Opportunities(opportunities::OpportunitiesCommand),
    /// Sales by hand
    #[command(subcommand)]
    Sales(sales::SalesCommand),
    /// Touchpoints by hand: how a contact arrived
    #[command(subcommand)]
    Touchpoints(touchpoints::TouchpointsCommand),
    /// Messaging channels: the numbers, bots and addresses by which people are written to
    #[command(subcommand)]
    Channels(channels::ChannelsCommand),
    /// Chatwoot: mirror conversations to an inbox of its agents, and send what they answer
    #[command(subcommand)]
    Chatwoot(chatwoot::ChatwootCommand),
    /// WhatsApp templates: check, pull, submit, compare, restore, copy, delete
    #[command(subcommand)]
    Templates(templates::TemplatesCommand),
    /// Send a template or a text to many
    Send(Box<send::SendArgs>),
    /// Messages that go out: list, settle, withdraw, pause
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// Who wants to be written to, and lists of those who do not
    #[command(subcommand)]
    Consent(consent::ConsentCommand),
    /// Conversations with people at every messaging channel
    #[command(subcommand)]
    Inbox(inbox::InboxCommand),
    /// Who did what: templates, sends, consent, exports
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Run without a window: receive webhooks, and do what runs in the background
    Agent(agent::AgentArgs),
    /// Examine this installation
    Doctor,
    /// Play Meta on this machine, for trying out and for tests
    Sandbox(sandbox::SandboxArgs),
    /// Show Rumbo on the sample workspace: connect, sync 90 days, print the result
    Demo(demo::DemoArgs),
    /// Call a command of the core by name, with its request as JSON
    Call(call::CallArgs),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever asks for help is told of everything that can be written.
    #[test]
    fn every_flag_of_every_command_has_words() {
        fn mute(command: &Line, path: &str, found: &mut Vec<String>) {
            let path = format!("{path} {}", command.get_name());
            if command.get_about().is_none() {
                found.push(path.clone());
            }
            let args = command.get_arguments();
            let without =
                args.filter(|arg| arg.get_help().is_none_or(|it| it.to_string().is_empty()));
            found.extend(without.map(|arg| format!("{path} {}", arg.get_id())));
            for below in command.get_subcommands() {
                mute(below, &path, found);
            }
        }
        let mut found = Vec::new();
        mute(&Arguments::command(), "", &mut found);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
