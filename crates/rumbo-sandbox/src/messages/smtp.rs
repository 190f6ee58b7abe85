//! A mail server that takes letters from one login and knows who has no mailbox. Faults strike it by the
//! paths `smtp/MAIL`, `smtp/RCPT` and `smtp/DATA`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{SentMessage, secret};
use crate::app::App;
use crate::fault::{Effect, error_of};
use crate::graph::{Call, Method, Params};
use crate::server::strike;

pub(crate) const USER: &str = "ventas@casaalba.example";
pub(crate) const SENDER: &str = "Casa Alba <ventas@casaalba.example>";
/// Largest letter, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

pub(crate) fn password(app: &App) -> String {
    secret(app, "smtp", 20)
}

/// Takes connections until the sandbox stops.
pub(crate) fn serve(listener: TcpListener, app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                // A client that leaves in the middle is its own affair.
                talk(stream, &app).await.unwrap_or_default();
            });
        }
    })
}

/// What was said so far.
#[derive(Default)]
struct Said {
    logged_in: bool,
    sender: Option<String>,
    recipient: Option<String>,
}

/// What the server does after a line.
enum Then {
    Reply(String),
    ReadLetter,
    Hang,
}

async fn talk(stream: TcpStream, app: &App) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut said = Said::default();
    reply(&mut stream, "220 mail.casaalba.example ESMTP").await?;
    loop {
        let Some(line) = line(&mut stream).await? else {
            return Ok(());
        };
        if line.eq_ignore_ascii_case("QUIT") {
            return reply(&mut stream, "221 2.0.0 Bye").await;
        }
        let then = answer(app, &mut stream, &mut said, &line).await?;
        match then {
            Then::Reply(text) => reply(&mut stream, &text).await?,
            Then::Hang => return Ok(()),
            Then::ReadLetter => {
                reply(&mut stream, "354 End data with <CR><LF>.<CR><LF>").await?;
                let Some(letter) = letter(&mut stream).await? else {
                    return Ok(());
                };
                match take(app, &mut said, &letter).await {
                    Then::Reply(text) => reply(&mut stream, &text).await?,
                    _ => return Ok(()),
                }
            }
        }
    }
}

async fn answer(
    app: &App,
    stream: &mut BufReader<TcpStream>,
    said: &mut Said,
    line: &str,
) -> std::io::Result<Then> {
    let upper = line.to_ascii_uppercase();
    let verb = upper.split(' ').next().unwrap_or_default();
    let text = |text: &str| Ok(Then::Reply(text.to_owned()));
    match verb {
        "EHLO" | "HELO" => {
            *said = Said {
                logged_in: said.logged_in,
                ..Said::default()
            };
            text(
                "250-mail.casaalba.example\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN",
            )
        }
        "NOOP" => text("250 2.0.0 OK"),
        "RSET" => {
            said.sender = None;
            said.recipient = None;
            text("250 2.0.0 OK")
        }
        "AUTH" => {
            if !upper.starts_with("AUTH PLAIN") {
                return text("504 5.5.4 Unrecognized authentication type");
            }
            let given = match line.split(' ').nth(2) {
                Some(given) => given.to_owned(),
                None => {
                    reply(stream, "334 ").await?;
                    self::line(stream).await?.unwrap_or_default()
                }
            };
            let right = STANDARD.encode(format!("\0{USER}\0{}", password(app)));
            said.logged_in = given.trim() == right;
            if said.logged_in {
                text("235 2.7.0 Authentication successful")
            } else {
                text("535 5.7.8 Authentication credentials invalid")
            }
        }
        "MAIL" => {
            if !said.logged_in {
                return text("530 5.7.0 Authentication required");
            }
            let from = path(line).unwrap_or_default();
            if from != USER {
                return text("553 5.7.1 Sender address rejected: not owned by user");
            }
            Ok(struck(app, "MAIL", &from).await.unwrap_or_else(|| {
                said.sender = Some(from);
                Then::Reply("250 2.1.0 OK".to_owned())
            }))
        }
        "RCPT" => {
            if said.sender.is_none() {
                return text("503 5.5.1 Need MAIL before RCPT");
            }
            let to = path(line).unwrap_or_default();
            if !to.contains('@') {
                return text("501 5.1.3 Bad recipient address syntax");
            }
            if app.is_unreachable(&to) {
                return text("550 5.1.1 The email account that you tried to reach does not exist");
            }
            if app.has_stopped(&to) {
                return text("550 5.7.1 The recipient refuses the message");
            }
            Ok(struck(app, "RCPT", &to).await.unwrap_or_else(|| {
                said.recipient = Some(to);
                Then::Reply("250 2.1.5 OK".to_owned())
            }))
        }
        "DATA" if said.recipient.is_some() => Ok(Then::ReadLetter),
        "DATA" => text("503 5.5.1 Need RCPT before DATA"),
        _ => text("502 5.5.2 Command not recognized"),
    }
}

fn path(line: &str) -> Option<String> {
    let (_, rest) = line.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

/// What a scripted fault does instead of the right reply.
async fn struck(app: &App, verb: &str, address: &str) -> Option<Then> {
    let effect = strike(app, &call(verb, address))?;
    if let Some((error, _)) = error_of(&effect) {
        return Some(Then::Reply(format!("{} {}", error.status, error.message)));
    }
    match effect {
        Effect::Slow { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            None
        }
        _ => Some(Then::Hang),
    }
}

fn call(verb: &str, address: &str) -> Call {
    let mut params = Params::default();
    params.set("address", address);
    Call::new(Method::Post, &format!("smtp/{verb}"), params)
}

async fn take(app: &App, said: &mut Said, letter: &str) -> Then {
    let address = said.recipient.take().unwrap_or_default();
    said.sender = None;
    let effect = strike(app, &call("DATA", &address));
    if let Some((error, _)) = effect.as_ref().and_then(error_of) {
        return Then::Reply(format!("{} {}", error.status, error.message));
    }
    let id = header(letter, "Message-ID").unwrap_or_default();
    let dispatch = id
        .trim_start_matches('<')
        .split_once('@')
        .map(|(dispatch, _)| dispatch.to_owned());
    app.took(SentMessage {
        provider: "smtp",
        id,
        dispatch_id: dispatch,
        address,
        body: letter.to_owned(),
        at: app.clock.now(),
        status: "accepted".to_owned(),
        callback: None,
    });
    match effect {
        None => Then::Reply("250 2.0.0 OK: queued".to_owned()),
        Some(Effect::Slow { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Then::Reply("250 2.0.0 OK: queued".to_owned())
        }
        Some(_) => Then::Hang,
    }
}

/// A header's value, unfolded.
fn header(letter: &str, name: &str) -> Option<String> {
    let mut lines = letter
        .lines()
        .take_while(|line| !line.is_empty())
        .peekable();
    while let Some(line) = lines.next() {
        let Some((found, value)) = line.split_once(':') else {
            continue;
        };
        if found.eq_ignore_ascii_case(name) {
            let mut value = value.trim().to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
                value.push_str(more.trim());
            }
            return Some(value);
        }
    }
    None
}

async fn line(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if stream.read_until(b'\n', &mut bytes).await? == 0 {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Everything up to the line that is a dot.
async fn letter(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut all = String::new();
    while all.len() < LARGEST {
        let Some(line) = line(stream).await? else {
            return Ok(None);
        };
        if line == "." {
            return Ok(Some(all));
        }
        all.push_str(line.strip_prefix('.').unwrap_or(&line));
        all.push('\n');
    }
    Ok(None)
}

async fn reply(stream: &mut BufReader<TcpStream>, text: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(text.as_bytes()).await?;
    stream.get_mut().write_all(b"\r\n").await
}

/// Where a mail server listens beside the sandbox: the same host, a port of its own.
pub(crate) async fn listen(beside: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::new(beside.ip(), 0)).await
}
