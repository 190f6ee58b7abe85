//! Chatwoot, an inbox for agents: its Application API and the webhooks of an account
//! (docs/chatwoot.md says where each fact is from).
//!
//! It is no [`crate::Channel`]: nobody is reached by it. What people and the business write to one
//! another is shown there too, and what agents answer there goes out by the channels.

mod read;

use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_base::{Clock, Code, Error, Reason, Result, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request};
use serde_json::{Map, Value, json};
use url::Url;

pub use read::{
    ChatwootEvent, ConversationTold, MessageTold, Reply, ReplyFile, read_chatwoot, verify_chatwoot,
};

use crate::wire::{self, Answer, Called, shown};

/// Longest a call may take. Chatwoot's own server gives up sooner.
pub const CALL: Duration = Duration::from_secs(20);

/// Messages of a conversation in one answer, where it is asked for those after one.
pub const MESSAGES_A_PAGE: usize = 100;

/// Conversations in one answer.
pub const CONVERSATIONS_A_PAGE: usize = 25;

/// Why a call did not do what it was to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatwootFailure {
    /// Nothing left this machine, nothing listened, or what answered is no Chatwoot: nothing was done.
    #[error("{0}")]
    NeverLeft(String),
    /// It may have been done: no whole answer came, or one that says nothing of it.
    #[error("{0}")]
    Lost(String),
    /// The token is no longer taken, or may not do this (401, 403).
    #[error("{0}")]
    Unauthorized(String),
    /// What it is about is not there (404).
    #[error("{0}")]
    NotFound(String),
    /// It is not accepted as it is (400, 422 and the like).
    #[error("{0}")]
    Refused(String),
    /// Too many calls (429): nothing was done.
    #[error("Chatwoot asks to wait.")]
    Wait(Option<Duration>),
}

impl ChatwootFailure {
    /// Whether the whole of Chatwoot cannot be used now, and not only this call.
    pub fn is_everywhere(&self) -> bool {
        matches!(
            self,
            Self::NeverLeft(_) | Self::Unauthorized(_) | Self::Wait(_)
        )
    }
}

impl From<ChatwootFailure> for Error {
    fn from(failure: ChatwootFailure) -> Self {
        let text = failure.to_string();
        let error = match failure {
            ChatwootFailure::NeverLeft(_) | ChatwootFailure::Lost(_) => Self::new(
                Code::Offline,
                format!("Chatwoot cannot be reached: {text}. Check the address and the network."),
            )
            .reason(Reason::ProviderFailed),
            ChatwootFailure::Unauthorized(_) => Self::new(
                Code::InvalidInput,
                "Chatwoot does not take this access token. Copy it again from the profile settings in Chatwoot.",
            )
            .reason(Reason::ProviderFailed)
            .field("token"),
            ChatwootFailure::NotFound(_) => Self::new(
                Code::NotFound,
                "Chatwoot does not have it, or this access token may not see it. Choose again.",
            )
            .reason(Reason::Gone)
            .param("what", "chatwoot"),
            ChatwootFailure::Refused(_) => Self::new(
                Code::InvalidInput,
                format!("Chatwoot did not accept it: {text}"),
            )
            .reason(Reason::ProviderFailed),
            ChatwootFailure::Wait(wait) => {
                let error = Self::new(Code::Throttled, "Chatwoot asks to wait. Try again soon.");
                match wait {
                    Some(wait) => error.retry_after(wait),
                    None => error,
                }
            }
        };
        error.param("provider", "Chatwoot").param("answer", text)
    }
}

/// What became of a call.
pub type ChatwootResult<T> = std::result::Result<T, ChatwootFailure>;

/// Whose access token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatwootProfile {
    pub id: i64,
    pub name: String,
    pub accounts: Vec<ChatwootAccount>,
}

/// An account that the token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatwootAccount {
    pub id: i64,
    pub name: String,
    /// `administrator` or `agent`.
    pub role: String,
}

/// An inbox of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatwootInbox {
    pub id: i64,
    pub name: String,
    /// Such as `Channel::Api`.
    pub channel: String,
}

impl ChatwootInbox {
    /// Whether messages of people may be written into it: Chatwoot allows that in its API inboxes
    /// only.
    pub fn takes_messages(&self) -> bool {
        self.channel == "Channel::Api"
    }
}

/// A person in Chatwoot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatwootContact {
    pub id: i64,
    pub identifier: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// A person to be written down in Chatwoot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact<'a> {
    /// Our own name of the person: unique in the account.
    pub identifier: &'a str,
    pub name: &'a str,
    /// In E.164.
    pub phone: Option<&'a str>,
    pub email: Option<&'a str>,
}

/// A message to be written into a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage<'a> {
    /// Our own name of the message, by which it is known again.
    pub source_id: &'a str,
    pub content: &'a str,
    /// Of the person; else of the business.
    pub incoming: bool,
    /// For agents only.
    pub private: bool,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// A Chatwoot, with an access token.
#[derive(Clone, Debug)]
pub struct Chatwoot {
    http: HttpClient,
    token: Secret,
    header: HeaderValue,
}

impl Chatwoot {
    /// A client for an address and a token. Nothing is called.
    ///
    /// # Errors
    /// `InvalidInput` where the address is none or the token cannot be one.
    pub fn new(
        base_url: &str,
        token: Secret,
        mut settings: HttpSettings,
        clock: Clock,
    ) -> Result<Self> {
        let url = address(base_url)?;
        let mut header = HeaderValue::from_str(token.expose())
            .ok()
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    "The access token is missing or has characters that no token has. Copy it again from Chatwoot.",
                )
                .reason(Reason::ValueMissing)
                .field("token")
            })?;
        header.set_sensitive(true);
        settings.call_timeout = CALL;
        settings.max_body = 8 << 20;
        Ok(Self {
            http: HttpClient::new(url, settings, clock)?,
            token,
            header,
        })
    }

    /// Whose token it is, and which accounts it reaches.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn profile(&self) -> ChatwootResult<ChatwootProfile> {
        let body = self.get("api/v1/profile", &[]).await?;
        let accounts = list(&body, "/accounts")
            .iter()
            .filter_map(|account| {
                Some(ChatwootAccount {
                    id: number(account, "id")?,
                    name: text(account, "name").unwrap_or_default(),
                    role: text(account, "role").unwrap_or_default(),
                })
            })
            .collect();
        Ok(ChatwootProfile {
            id: number(&body, "id").ok_or_else(|| unreadable("the profile has no id"))?,
            name: text(&body, "available_name")
                .or_else(|| text(&body, "name"))
                .unwrap_or_default(),
            accounts,
        })
    }

    /// The inboxes of an account that the token's person sees.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn inboxes(&self, account: i64) -> ChatwootResult<Vec<ChatwootInbox>> {
        let body = self.get(&below(account, "inboxes"), &[]).await?;
        Ok(list(&body, "/payload")
            .iter()
            .filter_map(|inbox| {
                Some(ChatwootInbox {
                    id: number(inbox, "id")?,
                    name: text(inbox, "name").unwrap_or_default(),
                    channel: text(inbox, "channel_type").unwrap_or_default(),
                })
            })
            .collect())
    }

    /// People in whose name, number, address or identifier the text is.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn search_contacts(
        &self,
        account: i64,
        wanted: &str,
    ) -> ChatwootResult<Vec<ChatwootContact>> {
        let path = below(account, "contacts/search");
        let body = self.get(&path, &[("q", wanted)]).await?;
        Ok(list(&body, "/payload").iter().filter_map(contact).collect())
    }

    /// Writes a person down. `Refused` where Chatwoot has somebody with the same identifier, number
    /// or address.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn create_contact(
        &self,
        account: i64,
        new: &NewContact<'_>,
    ) -> ChatwootResult<ChatwootContact> {
        let mut fields = Map::new();
        fields.insert("identifier".to_owned(), new.identifier.into());
        fields.insert("name".to_owned(), new.name.into());
        if let Some(phone) = new.phone {
            fields.insert("phone_number".to_owned(), phone.into());
        }
        if let Some(email) = new.email {
            fields.insert("email".to_owned(), email.into());
        }
        let path = below(account, "contacts");
        let body = self.change(Method::POST, &path, fields.into()).await?;
        // Older versions put the person one level higher.
        body.pointer("/payload/contact")
            .or_else(|| body.get("payload"))
            .or(Some(&body))
            .and_then(contact)
            .ok_or_else(|| unreadable("the new contact has no id"))
    }

    /// The newest conversations of a person.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn conversations_of(
        &self,
        account: i64,
        contact: i64,
    ) -> ChatwootResult<Vec<ConversationTold>> {
        let path = below(account, &format!("contacts/{contact}/conversations"));
        let body = self.get(&path, &[]).await?;
        Ok(list(&body, "/payload")
            .iter()
            .filter_map(read::conversation)
            .collect())
    }

    /// A page of an inbox's conversations, whatever their status, the one with the last activity
    /// first.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn conversations(
        &self,
        account: i64,
        inbox: i64,
        page: u32,
    ) -> ChatwootResult<Vec<ConversationTold>> {
        let (inbox, page) = (inbox.to_string(), page.to_string());
        let query = [
            ("inbox_id", inbox.as_str()),
            ("status", "all"),
            ("assignee_type", "all"),
            ("page", page.as_str()),
        ];
        let body = self.get(&below(account, "conversations"), &query).await?;
        Ok(list(&body, "/data/payload")
            .iter()
            .filter_map(read::conversation)
            .collect())
    }

    /// One conversation, with whom it is.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn conversation(
        &self,
        account: i64,
        conversation: i64,
    ) -> ChatwootResult<ConversationTold> {
        let path = below(account, &format!("conversations/{conversation}"));
        let body = self.get(&path, &[]).await?;
        read::conversation(&body).ok_or_else(|| unreadable("the conversation has no number"))
    }

    /// Begins a conversation with a person. `ours` is our own name of it, by which it is known again.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn create_conversation(
        &self,
        account: i64,
        inbox: i64,
        contact: i64,
        ours: &str,
    ) -> ChatwootResult<ConversationTold> {
        let fields = json!({
            "source_id": ours,
            "inbox_id": inbox,
            "contact_id": contact,
            "status": "open",
            "additional_attributes": { (read::OURS): ours },
        });
        let path = below(account, "conversations");
        let body = self.change(Method::POST, &path, fields).await?;
        read::conversation(&body).ok_or_else(|| unreadable("the new conversation has no number"))
    }

    /// Messages of a conversation after one, oldest first: at most [`MESSAGES_A_PAGE`].
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn messages(
        &self,
        account: i64,
        conversation: i64,
        after: i64,
    ) -> ChatwootResult<Vec<MessageTold>> {
        let path = below(account, &format!("conversations/{conversation}/messages"));
        let after = after.to_string();
        let body = self.get(&path, &[("after", after.as_str())]).await?;
        Ok(list(&body, "/payload")
            .iter()
            .filter_map(|message| read::message(message, conversation, None))
            .collect())
    }

    /// Writes a message into a conversation.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn create_message(
        &self,
        account: i64,
        conversation: i64,
        new: &NewMessage<'_>,
    ) -> ChatwootResult<MessageTold> {
        let path = below(account, &format!("conversations/{conversation}/messages"));
        let fields = json!({
            "content": new.content,
            "message_type": if new.incoming { "incoming" } else { "outgoing" },
            "private": new.private,
            "content_type": "text",
            "source_id": new.source_id,
            "echo_id": new.source_id,
            "external_created_at": new.at.timestamp(),
        });
        let body = self.change(Method::POST, &path, fields).await?;
        read::message(&body, conversation, None)
            .ok_or_else(|| unreadable("the new message has no id"))
    }

    /// Says how a message of the business fared: `sent`, `delivered`, `read` or `failed` with a
    /// reason. For API inboxes only.
    ///
    /// # Errors
    /// See [`ChatwootFailure`].
    pub async fn set_status(
        &self,
        account: i64,
        conversation: i64,
        message: i64,
        status: &str,
        reason: Option<&str>,
    ) -> ChatwootResult<()> {
        let path = below(
            account,
            &format!("conversations/{conversation}/messages/{message}"),
        );
        let fields = json!({ "status": status, "external_error": reason });
        self.change(Method::PATCH, &path, fields).await.map(|_| ())
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> ChatwootResult<Value> {
        let request = Request::get(path)
            .header(HEADER, self.header.clone())
            .queries(
                query
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            );
        self.answer(wire::call(&self.http, request).await, false)
    }

    async fn change(&self, method: Method, path: &str, fields: Value) -> ChatwootResult<Value> {
        let request = Request::json(method, path, &fields).header(HEADER, self.header.clone());
        self.answer(wire::call(&self.http, request).await, true)
    }

    /// What an answer means. `changes` says that the call was to change something: an answer that
    /// says nothing of it leaves open whether it did.
    fn answer(&self, called: Called, changes: bool) -> ChatwootResult<Value> {
        let answer = match called {
            Called::Answer(answer) => answer,
            Called::NeverLeft(text) => return Err(ChatwootFailure::NeverLeft(text)),
            Called::Lost(text) => return Err(ChatwootFailure::Lost(text)),
        };
        if answer.is_success() {
            // A page for people, of a proxy or of another program, is no answer of Chatwoot's.
            if answer.body.is_null() && !changes {
                return Err(ChatwootFailure::NeverLeft(
                    "the answer is not Chatwoot's".to_owned(),
                ));
            }
            return Ok(answer.body);
        }
        let said = self.said(&answer);
        Err(match answer.status {
            401 | 403 => ChatwootFailure::Unauthorized(said),
            404 => ChatwootFailure::NotFound(said),
            429 => ChatwootFailure::Wait(answer.retry_after),
            400 | 409 | 413 | 422 => ChatwootFailure::Refused(said),
            // It moved, or something before it answers.
            300..=499 => ChatwootFailure::NeverLeft(said),
            _ => ChatwootFailure::Lost(said),
        })
    }

    fn said(&self, answer: &Answer) -> String {
        let words = answer
            .text("/error")
            .or_else(|| answer.text("/message"))
            .or_else(|| answer.text("/errors/0"));
        match words {
            Some(words) => shown(words, [&self.token]),
            None => format!("status {}", answer.status),
        }
    }
}

/// The header that carries the token.
const HEADER: HeaderName = HeaderName::from_static("api_access_token");

/// An address as it is stored: without a path's end, without parameters.
///
/// # Errors
/// `InvalidInput` for what is no address of a server.
pub fn address(base_url: &str) -> Result<Url> {
    let invalid = || {
        Error::new(
            Code::InvalidInput,
            "The address must begin with https:// and name a server, such as https://app.chatwoot.com.",
        )
        .field("base_url")
        .reason(Reason::AddressInvalid)
        .param("value", base_url.trim())
    };
    let mut url = Url::parse(base_url.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .ok_or_else(invalid)?;
    url.set_query(None);
    url.set_fragment(None);
    // People copy the address of the page they are on.
    let path = url.path().split("/app").next().unwrap_or_default();
    let path = path.trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// The page of a conversation in Chatwoot.
pub fn chatwoot_page(base_url: &str, account: i64, conversation: i64) -> String {
    let base = base_url.trim_end_matches('/');
    format!("{base}/app/accounts/{account}/conversations/{conversation}")
}

fn below(account: i64, path: &str) -> String {
    format!("api/v1/accounts/{account}/{path}")
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn number(value: &Value, name: &str) -> Option<i64> {
    value.get(name)?.as_i64()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value
        .get(name)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn contact(value: &Value) -> Option<ChatwootContact> {
    Some(ChatwootContact {
        id: number(value, "id")?,
        identifier: text(value, "identifier"),
        phone: text(value, "phone_number"),
        email: text(value, "email"),
    })
}

/// It was done, and what came back cannot be used.
fn unreadable(what: &str) -> ChatwootFailure {
    ChatwootFailure::Lost(format!("Chatwoot's answer cannot be used: {what}"))
}
