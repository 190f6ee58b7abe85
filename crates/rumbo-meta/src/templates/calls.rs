//! Calls about templates: list, read, create, edit, delete, and the samples of headers.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::remote::KEPT;
use super::{Category, Component, Listed, ParameterFormat, RemoteTemplate, Template};
use crate::error::MetaError;
use crate::graph::{GraphClient, GraphRequest};

/// Rows a page: whole templates are long, and Meta's own default is 25.
const LIMIT: u32 = 100;

/// What is asked of a template.
const FIELDS: &[&str] = &[
    "id",
    "name",
    "language",
    "status",
    "category",
    "previous_category",
    "parameter_format",
    "components",
    "quality_score",
    "rejected_reason",
    "message_send_ttl_seconds",
    "library_template_name",
    "cta_url_link_tracking_opted_out",
];

/// What Meta says of a template that was made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Created {
    pub id: String,
    pub status: String,
    /// It may be another than was asked for.
    pub category: Option<String>,
}

/// What an edit replaces. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateEdit {
    /// Not possible for an approved template.
    pub category: Option<Category>,
    /// All of them: they are replaced whole.
    pub components: Option<Vec<Component>>,
    pub parameter_format: Option<ParameterFormat>,
    pub ttl_seconds: Option<i64>,
}

/// Why Meta refused something about a template, by the numbers of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is one of this name in this language (2388024).
    Exists,
    /// One of this name was deleted and the name is not free again (2388023).
    NameBlocked,
    /// The account has as many templates as it may (2388019).
    AccountFull,
    /// Its state does not allow it (2388039).
    State,
    /// Something in it is not as it must be: Meta's subcode says what.
    Content(i64),
    /// There is no such template, or it is not this person's to see (100/33).
    Gone,
}

impl Refusal {
    /// Which of them a failure is; `None` for all that is not about templates.
    pub fn of(error: &MetaError) -> Option<Self> {
        let graph = error.graph()?;
        if graph.is_unknown_object() {
            return Some(Self::Gone);
        }
        Self::of_numbers(graph.code, graph.subcode)
    }

    /// Which of them Meta's numbers say, also where somebody passes them on.
    pub fn of_numbers(code: i64, subcode: Option<i64>) -> Option<Self> {
        match (code, subcode) {
            (100, Some(33)) => Some(Self::Gone),
            (100, Some(2_388_024)) => Some(Self::Exists),
            (100, Some(2_388_023)) => Some(Self::NameBlocked),
            (100, Some(2_388_019)) => Some(Self::AccountFull),
            (100, Some(2_388_039)) => Some(Self::State),
            (100, Some(subcode)) if (2_388_000..2_390_000).contains(&subcode) => {
                Some(Self::Content(subcode))
            }
            _ => None,
        }
    }
}

/// All templates of a WhatsApp business account, page by page.
///
/// # Errors
/// See [`MetaError`]; so for all calls here.
pub async fn list(client: &GraphClient, account: &str) -> Result<Listed, MetaError> {
    let request = GraphRequest::get(&format!("{account}/message_templates")).fields(FIELDS);
    let rows: Vec<Value> = client.pages(request, LIMIT).collect().await?;
    Ok(Listed::of(rows))
}

/// One template by its id; `account` is the one whose limits count.
pub async fn read(
    client: &GraphClient,
    account: &str,
    id: &str,
) -> Result<RemoteTemplate, MetaError> {
    let request = GraphRequest::get(id).fields(FIELDS).about(account);
    let row: Value = client.call(&request).await?;
    RemoteTemplate::of(row).map_err(MetaError::Shape)
}

/// Makes a template, which goes to review. It is tried again only when it surely did not arrive: a
/// second try of one that did would be refused for its name.
pub async fn create(
    client: &GraphClient,
    account: &str,
    template: &Template,
) -> Result<Created, MetaError> {
    let category = template.category.as_ref().map(Category::word);
    let mut request = GraphRequest::post(&format!("{account}/message_templates"))
        .param("name", &template.name)
        .param("language", &template.language)
        .param("category", category.unwrap_or_default())
        .param("components", components(&template.components)?)
        .once();
    if let Some(format) = &template.parameter_format {
        request = request.param("parameter_format", format.word());
    }
    if let Some(seconds) = template.message_send_ttl_seconds {
        request = request.param("message_send_ttl_seconds", seconds.to_string());
    }
    for (name, value) in &template.rest {
        if KEPT.contains(&name.as_str()) && !value.is_null() {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            request = request.param(name, text);
        }
    }
    client.call(&request).await
}

/// Edits a template; `account` is the one whose limits count.
pub async fn edit(
    client: &GraphClient,
    account: &str,
    id: &str,
    edit: &TemplateEdit,
) -> Result<(), MetaError> {
    let mut request = GraphRequest::post(id).about(account).once();
    if let Some(category) = &edit.category {
        request = request.param("category", category.word());
    }
    if let Some(list) = &edit.components {
        request = request.param("components", components(list)?);
    }
    if let Some(format) = &edit.parameter_format {
        request = request.param("parameter_format", format.word());
    }
    if let Some(seconds) = edit.ttl_seconds {
        request = request.param("message_send_ttl_seconds", seconds.to_string());
    }
    done(client, &request).await
}

/// Deletes a template in every language.
pub async fn delete(client: &GraphClient, account: &str, name: &str) -> Result<(), MetaError> {
    let request = GraphRequest::delete(&format!("{account}/message_templates")).param("name", name);
    done(client, &request).await
}

/// Deletes a template in one language. Meta wants the name beside the id.
pub async fn delete_language(
    client: &GraphClient,
    account: &str,
    name: &str,
    id: &str,
) -> Result<(), MetaError> {
    let request = GraphRequest::delete(&format!("{account}/message_templates"))
        .param("name", name)
        .param("hsm_id", id);
    done(client, &request).await
}

/// Lets a template be sent again that Meta paused for its pace.
pub async fn unpause(client: &GraphClient, account: &str, id: &str) -> Result<(), MetaError> {
    done(
        client,
        &GraphRequest::post(&format!("{id}/unpause")).about(account),
    )
    .await
}

/// Uploads the sample of a header and gives the handle that stands for it in
/// `example.header_handle`. It is no media id: messages are sent with one of those.
pub async fn upload_sample(
    client: &GraphClient,
    app_id: &str,
    file_name: &str,
    file_type: &str,
    bytes: Bytes,
) -> Result<String, MetaError> {
    #[derive(Deserialize)]
    struct Session {
        id: String,
    }
    #[derive(Deserialize)]
    struct Handle {
        h: String,
    }
    let request = GraphRequest::post(&format!("{app_id}/uploads"))
        .param("file_name", file_name)
        .param("file_length", bytes.len().to_string())
        .param("file_type", file_type);
    let session: Session = client.call(&request).await?;
    let handle: Handle = client.upload(&session.id, bytes).await?.parse()?;
    // Several parts of one file come as lines; the first stands for the file.
    Ok(handle.h.lines().next().unwrap_or_default().to_owned())
}

async fn done(client: &GraphClient, request: &GraphRequest) -> Result<(), MetaError> {
    #[derive(Deserialize)]
    struct Done {
        success: bool,
    }
    let done: Done = client.call(request).await?;
    if done.success {
        Ok(())
    } else {
        Err(MetaError::Shape("success is false".to_owned()))
    }
}

/// The parameter's text.
fn components(list: &[Component]) -> Result<String, MetaError> {
    serde_json::to_string(list).map_err(|error| MetaError::Shape(error.to_string()))
}
