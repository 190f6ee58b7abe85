//! `rumbo connect` and `rumbo disconnect`

use std::io::IsTerminal;
use std::time::Duration;

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    CancelSignIn, Connection, Disconnect, FinishSignIn, GetConnection, GetSignIn, SaveMetaApp,
    SignInStarted, SignInStatus, StartSignIn, UseAccessToken,
};
use rumbo_base::{Code, Error, Secret};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use url::Url;

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::numbers::NOTHING;
use crate::output::{Output, note, print_line};
use crate::secrets;
use crate::session::{Program, Session};
use crate::signals::StopSignals;
use crate::words::Word;

/// How often the state of a sign-in is asked for.
const POLL: Duration = Duration::from_millis(150);

/// How to sign in. What is left out stays as it was the last time.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The address of Graph: Meta's own, or that of a sandbox
    #[arg(long, value_name = "URL", value_parser = flags::address)]
    pub graph_url: Option<Url>,
    /// Where the sign-in dialog is; beside Graph when that is not Meta's
    #[arg(long, value_name = "URL", value_parser = flags::address)]
    pub dialog_url: Option<Url>,
    /// The version of Graph, such as v26.0
    #[arg(long, value_name = "VERSION")]
    pub graph_version: Option<String>,
    /// The id of the Meta app
    #[arg(long, value_name = "ID")]
    pub app_id: Option<String>,
    /// Read the app secret from a line of standard input
    #[arg(long)]
    pub app_secret_stdin: bool,
    /// Keep the app id and the secret for every workspace that has none of its own
    #[arg(long)]
    pub everywhere: bool,
    /// The loopback ports to try, in order, such as 9001,9002; 8765 to 8768 unless changed
    #[arg(long, value_name = "PORTS", value_delimiter = ',')]
    pub ports: Option<Vec<u16>>,
    /// What is switched on: ads, and of portfolios, pages, leads and whatsapp what is wanted. What
    /// is off asks for no permission and reads nothing
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub features: Option<Vec<String>>,
    /// Do not open a browser: print the address and wait
    #[arg(long)]
    pub no_browser: bool,
    /// Read an access token from a line of standard input instead of signing in (after the app
    /// secret, when both are read)
    #[arg(long, conflicts_with_all = ["no_browser", "rerequest"])]
    pub token_stdin: bool,
    /// Ask again for permissions that were declined
    #[arg(long)]
    pub rerequest: bool,
}

/// Signs in.
pub async fn run(program: &Program, args: ConnectArgs) -> Result<Exit, Failure> {
    let app_secret = if args.app_secret_stdin {
        Some(secrets::read_line("app secret", "app-secret-stdin")?)
    } else {
        None
    };
    let token = if args.token_stdin {
        Some(secrets::read_line("access token", "token-stdin")?)
    } else {
        None
    };
    let program = Program {
        no_browser: args.no_browser,
        ..program.clone()
    };
    let dialog_url = dialog_of(args.graph_url.as_ref(), args.dialog_url.as_ref());
    let app = SaveMetaApp {
        app_id: args.app_id,
        app_secret,
        graph_url: args.graph_url.as_ref().map(without_slash),
        dialog_url,
        graph_version: args.graph_version,
        ports: args.ports,
        features: args.features,
        everywhere: args.everywhere,
        ..SaveMetaApp::default()
    };
    program
        .in_workspace(async |session| {
            let cx = &session.cx;
            api::save_meta_app(cx, app).await?;
            match token {
                Some(token) => {
                    api::use_access_token(cx, UseAccessToken { token }).await?;
                }
                None => sign_in(session, args.rerequest).await?,
            }
            let connection = api::get_connection(cx, GetConnection {}).await?;
            if session.output.is_json() {
                print_line(&connection);
            } else {
                session
                    .output
                    .say(&connection_text(&session.output, &connection));
            }
            Ok(Exit::Done)
        })
        .await
}

/// Where the dialog is. Meta's own two sites belong together; anything else that plays Graph is
/// taken to play the dialog too. A full dialog address, as a sandbox announces it, is cut to
/// the site.
fn dialog_of(graph: Option<&Url>, dialog: Option<&Url>) -> Option<String> {
    match (dialog, graph) {
        (Some(dialog), _) => {
            let mut site = dialog.clone();
            site.set_query(None);
            site.set_fragment(None);
            let path = site.path().trim_end_matches('/').to_owned();
            if let Some(versioned) = path.strip_suffix("/dialog/oauth") {
                let parent = match versioned.rsplit_once('/') {
                    Some((parent, last)) if last.starts_with('v') => parent,
                    _ => versioned,
                };
                site.set_path(parent);
            }
            Some(without_slash(&site))
        }
        (None, Some(graph)) if graph.host_str() == Some("graph.facebook.com") => {
            Some("https://www.facebook.com".to_owned())
        }
        (None, Some(graph)) => Some(graph.origin().ascii_serialization()),
        (None, None) => None,
    }
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

async fn sign_in(session: &Session, rerequest: bool) -> Result<(), Failure> {
    let started = api::start_sign_in(&session.cx, StartSignIn { rerequest }).await?;
    announce(&session.output, &started);
    wait_for_sign_in(session).await
}

/// Waits until the person has answered and the token is here. Ctrl-C gives up.
pub async fn wait_for_sign_in(session: &Session) -> Result<(), Failure> {
    let cx = &session.cx;
    let mut stop = StopSignals::listen().map_err(Error::internal)?;
    let mut landings = Landings::new(&session.output);
    let mut poll = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            landed_url = landings.next() => {
                // A slip of the clipboard is said and ends nothing; a wrong answer ends it.
                if let Err(error) = api::finish_sign_in(cx, FinishSignIn { landed_url }).await
                {
                    note(error.message());
                }
            }
            () = stop.asked() => {
                api::cancel_sign_in(cx, CancelSignIn {}).await?;
                return Err(given_up());
            }
            _ = poll.tick() => {}
        }
        match api::get_sign_in(cx, GetSignIn {}).await? {
            SignInStatus::Waiting { .. } | SignInStatus::Exchanging => {}
            SignInStatus::Done => return Ok(()),
            SignInStatus::Failed { error } => return Err(error.into()),
            SignInStatus::Idle => return Err(given_up()),
        }
    }
}

/// Addresses that the person pastes because the browser is on another machine and cannot reach
/// this one.
struct Landings(Option<UnboundedReceiver<String>>);

impl Landings {
    fn new(output: &Output) -> Self {
        if output.is_json() || !std::io::stdin().is_terminal() {
            return Self(None);
        }
        let (typed, landings) = unbounded_channel();
        // A thread of its own: a read from a terminal cannot be called off, and the program ends
        // without it.
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                if typed.send(line).is_err() {
                    break;
                }
            }
        });
        Self(Some(landings))
    }

    /// The next line that is not empty; never, when nobody can type.
    async fn next(&mut self) -> Secret {
        while let Some(landings) = &mut self.0 {
            match landings.recv().await {
                Some(line) if line.trim().is_empty() => {}
                Some(line) => return Secret::new(line),
                None => self.0 = None,
            }
        }
        std::future::pending().await
    }
}

fn given_up() -> Failure {
    Error::new(
        Code::Cancelled,
        "The sign-in was stopped. Run connect again when you are ready.",
    )
    .into()
}

fn announce(output: &Output, started: &SignInStarted) {
    if output.is_json() {
        print_line(&json!({
            "event": "open_url",
            "url": started.url,
            "redirect_uri": started.redirect_uri,
            "opened": started.opened,
            "expires_at": started.expires_at,
        }));
    } else {
        let lead = if started.opened {
            "Your browser shows Meta's dialog. If it does not, open this address:"
        } else {
            "Open this address in a browser and approve. When the browser is on another machine, \
             paste the address it ends at here:"
        };
        output.say(&format!("{lead}\n\n  {}\n", started.url));
    }
}

/// Signs out.
pub async fn disconnect(program: &Program) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let done = api::disconnect(&session.cx, Disconnect {}).await?;
            session
                .output
                .result(&done, |_| match (&done.kept_for, done.revoked_at_meta) {
                    (_, true) => "Signed out. Meta has withdrawn the permission.".to_owned(),
                    (Some(other), false) => format!(
                        "Signed out here. At Meta the permission stays: \"{other}\" uses the same \
                         sign-in."
                    ),
                    (None, false) => {
                        "Signed out here. Meta could not be reached: its side lapses by itself."
                            .to_owned()
                    }
                });
            Ok(Exit::Done)
        })
        .await
}

/// The connection as lines of text.
pub fn connection_text(output: &Output, connection: &Connection) -> String {
    let or_nothing =
        |text: Option<&str>| text.map_or_else(|| NOTHING.to_owned(), ToOwned::to_owned);
    let mut grid = Grid::pairs();
    grid.row([
        output.word(Word::Connection).to_owned(),
        state_name(connection),
    ]);
    let who = connection
        .user_name
        .as_deref()
        .or(connection.meta_user_id.as_deref());
    grid.row([output.word(Word::User).to_owned(), or_nothing(who)]);
    let expires = connection
        .expires_at
        .map(|at| at.format("%Y-%m-%d").to_string());
    let expires = match (expires, &who) {
        (Some(day), _) => day,
        (None, Some(_)) => output.word(Word::Never).to_owned(),
        (None, None) => NOTHING.to_owned(),
    };
    grid.row([output.word(Word::Expires).to_owned(), expires]);
    grid.row([
        output.word(Word::Scopes).to_owned(),
        connection.granted.join(", "),
    ]);
    if !connection.missing.is_empty() {
        let missing: Vec<String> = connection
            .missing
            .iter()
            .map(|lack| format!("{} ({})", lack.scope, lack.feature))
            .collect();
        grid.row([output.word(Word::Missing).to_owned(), missing.join(", ")]);
    }
    if let Some(error) = &connection.last_error {
        grid.row([output.word(Word::Errors).to_owned(), error.clone()]);
    }
    grid.text()
}

/// The state as it is in JSON.
fn state_name(connection: &Connection) -> String {
    match serde_json::to_value(connection.state) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
