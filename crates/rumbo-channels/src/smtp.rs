//! E-mail by any SMTP server. One connection is kept open between messages; which step of the dialogue
//! an answer is missing in decides whether the message may be sent again.

pub(crate) mod codes;
mod letter;

use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use rumbo_base::{Clock, Code, Error, Reason, Secret};
use rumbo_http::HttpSettings;
use tokio::sync::Mutex;

use crate::event::{Told, WebhookRefusal, WebhookRequest};
use crate::settings::missing;
use crate::wire::{cannot_carry, never_left, shown};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Found, NotSent, Outcome, Outgoing,
    Polled, Provider, Scope, Standing, Trouble, TroubleKind,
};

/// An address at a mail server.
pub(crate) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, Secret)>,
    sender: Mailbox,
    letter: letter::Form,
    hello: ClientId,
    clock: Clock,
    step_timeout: Duration,
    open: Mutex<Option<AsyncSmtpConnection>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// From the first byte, port 465.
    Tls,
    /// By STARTTLS, which the server must offer, port 587.
    StartTls,
    /// Not at all: only to this machine itself.
    None,
}

/// The steps of the dialogue that refuse in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Connect,
    Login,
    Sender,
    Recipient,
    Data,
    /// The message itself has left: without an answer nobody knows.
    Message,
}

/// Why a step failed.
struct Failed {
    step: Step,
    /// `None` where there was no answer.
    reply: Option<u16>,
    text: String,
}

impl Smtp {
    pub(crate) fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let host = settings.needed("host")?;
        let security = security(settings, &host)?;
        let port = match settings.setting("port") {
            Some(text) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    format!("{text} is not possible here. Use 1 to 65535."),
                )
                .field("port")
                .reason(Reason::NumberOutOfRange)
                .param("value", &text)
                .param("least", 1)
                .param("most", 65_535)
            })?,
            None => match security {
                Security::Tls => 465,
                Security::StartTls => 587,
                Security::None => 25,
            },
        };
        let sender = mailbox("sender", &settings.sender)?;
        let login = match (settings.setting("user"), settings.secret_if_any("password")) {
            (Some(user), Some(password)) => Some((user, password)),
            (Some(_), None) => return Err(missing("password")),
            (None, _) => None,
        };
        let letter = letter::Form {
            reply_to: settings
                .setting("reply_to")
                .map(|text| mailbox("reply_to", &text))
                .transpose()?,
            subject: settings.setting("subject"),
            unsubscribe: settings.setting("unsubscribe"),
        };
        let domain = sender.email.domain().to_owned();
        Ok(Self {
            host,
            port,
            security,
            login,
            sender,
            letter,
            hello: ClientId::Domain(domain),
            clock,
            step_timeout: http.call_timeout,
            open: Mutex::new(None),
        })
    }

    /// Waits for one step, not without end.
    async fn step<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, lettre::transport::smtp::Error>> + Send,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(self.step_timeout, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Failed {
                step,
                reply: error.status().map(u16::from),
                text: self.words(&error),
            }),
            Err(_) => Err(Failed {
                step,
                reply: None,
                text: format!("{} did not answer in time.", self.host),
            }),
        }
    }

    fn words(&self, error: &lettre::transport::smtp::Error) -> String {
        let said =
            std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        shown(&said, self.login.iter().map(|(_, password)| password))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failed> {
        let tls = || {
            TlsParameters::new(self.host.clone()).map_err(|error| Failed {
                step: Step::Connect,
                reply: None,
                text: self.words(&error),
            })
        };
        let implicit = match self.security {
            Security::Tls => Some(tls()?),
            Security::StartTls | Security::None => None,
        };
        let mut connection = self
            .step(
                Step::Connect,
                AsyncSmtpConnection::connect_tokio1(
                    (self.host.as_str(), self.port),
                    Some(self.step_timeout),
                    &self.hello,
                    implicit,
                    None,
                ),
            )
            .await?;
        if self.security == Security::StartTls {
            if !connection.can_starttls() {
                return Err(Failed {
                    step: Step::Login,
                    reply: None,
                    text: format!("{} offers no encryption.", self.host),
                });
            }
            self.step(Step::Connect, connection.starttls(tls()?, &self.hello))
                .await?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            self.step(Step::Login, connection.auth(&mechanisms, &credentials))
                .await?;
        }
        Ok(connection)
    }

    /// The dialogue of one message, on the connection that is open or on a new one.
    async fn deliver(&self, to: &Address, letter: &[u8]) -> Result<Response, Failed> {
        let mut open = self.open.lock().await;
        let kept = match open.take() {
            // A server closes what was idle: then nothing was sent on it either.
            Some(mut connection) => {
                let alive = self
                    .step(Step::Connect, async {
                        Ok(connection.test_connected().await)
                    })
                    .await
                    .unwrap_or(false);
                alive.then_some(connection)
            }
            None => None,
        };
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut options = Vec::new();
        if connection
            .server_info()
            .supports_feature(Extension::EightBitMime)
        {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let mail = Mail::new(Some(self.sender.email.clone()), options);
        let done = async {
            self.step(Step::Sender, connection.command(mail)).await?;
            self.step(
                Step::Recipient,
                connection.command(Rcpt::new(to.clone(), Vec::new())),
            )
            .await?;
            self.step(Step::Data, connection.command(Data)).await?;
            self.step(Step::Message, connection.message(letter)).await
        }
        .await;
        // After a refusal the server's state is not ours to guess: the next message starts anew.
        match &done {
            Ok(_) => *open = Some(connection),
            // A server that answers is told goodbye; from one that does not, nothing more is awaited.
            Err(failed) if failed.reply.is_some() => {
                let _ = self.step(Step::Connect, connection.quit()).await;
            }
            Err(_) => {}
        }
        done
    }

    fn outcome(failed: Failed) -> Outcome {
        match failed.reply {
            Some(reply) => Outcome::NotSent(codes::refusal(failed.step, reply, failed.text)),
            None => match failed.step {
                Step::Message => Outcome::Unknown {
                    text: failed.text,
                    code: None,
                },
                // No mechanism or no encryption in common: somebody has to change the settings.
                Step::Login => Outcome::NotSent(NotSent {
                    again: Again::Backoff,
                    scope: Scope::Channel,
                    ..never_left(failed.text)
                }),
                Step::Connect | Step::Sender | Step::Recipient | Step::Data => {
                    Outcome::NotSent(never_left(failed.text))
                }
            },
        }
    }
}

fn security(settings: &ChannelSettings, host: &str) -> Result<Security, Error> {
    let unusable = |value: &str, choices: &str| {
        Error::new(
            Code::InvalidInput,
            format!("\"{value}\" does not fit security. Use one of these: {choices}."),
        )
        .field("security")
        .reason(Reason::ValueUnknown)
        .param("value", value)
        .param("choices", choices)
    };
    match settings.setting("security").as_deref() {
        None | Some("starttls") => Ok(Security::StartTls),
        Some("tls") => Ok(Security::Tls),
        Some("none") => {
            let here = host == "localhost"
                || host
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback());
            if here {
                Ok(Security::None)
            } else {
                // A password and people's letters would travel in the open.
                Err(unusable("none", "starttls, tls"))
            }
        }
        Some(other) => Err(unusable(other, "starttls, tls, none")),
    }
}

fn mailbox(field: &'static str, text: &str) -> Result<Mailbox, Error> {
    text.parse().map_err(|_| {
        Error::new(
            Code::InvalidInput,
            format!("\"{text}\" is not an e-mail address. Write it like name@company.com."),
        )
        .field(field)
        .reason(Reason::EmailInvalid)
        .param("value", text)
    })
}

#[async_trait]
impl Channel for Smtp {
    fn provider(&self) -> Provider {
        Provider::Smtp
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: false,
            templates: false,
            longest_text: None,
            window_hours: None,
            per_second: 5,
            per_pair_minute: None,
            statuses: false,
            reads: false,
            polls: false,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let to: Address = match message.address.parse() {
            Ok(to) => to,
            Err(_) => {
                return Outcome::NotSent(codes::unusable_address(message.address));
            }
        };
        let made = self
            .letter
            .write(message, &self.sender, &to, self.clock.now());
        let (id, letter) = match made {
            Ok(made) => made,
            Err(text) => return cannot_carry(text),
        };
        match self.deliver(&to, &letter).await {
            Ok(_) => Outcome::Accepted(Accepted {
                id,
                address: None,
                held: false,
            }),
            Err(failed) => Self::outcome(failed),
        }
    }

    async fn find(
        &self,
        _dispatch_id: &str,
        _message_id: Option<&str>,
        _address: &str,
    ) -> Result<Found, Error> {
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        let mut open = self.open.lock().await;
        let standing = |connected, trouble| Standing {
            connected,
            name: None,
            sender: Some(self.sender.email.to_string()),
            trouble,
            pairing_code: None,
        };
        match self.connect().await {
            Ok(connection) => {
                *open = Some(connection);
                Ok(standing(true, None))
            }
            Err(failed) => {
                // A server that answers the login was reached: it does not take the password.
                let kind = match (failed.step, failed.reply) {
                    (Step::Login, Some(500..=599)) => TroubleKind::CredentialRefused,
                    (Step::Login, None) => TroubleKind::Refused,
                    _ => TroubleKind::Unreachable,
                };
                Ok(standing(false, Some(Trouble::with(kind, failed.text))))
            }
        }
    }

    /// A mail server calls nobody.
    fn verify(&self, _request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        Err(WebhookRefusal::Unsigned)
    }

    fn read(&self, _request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        Err(WebhookRefusal::Unreadable(
            "a mail server calls no webhook".to_owned(),
        ))
    }

    async fn poll(&self, _cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}
