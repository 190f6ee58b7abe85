//! Templates at YCloud: Meta's components under YCloud's names. Variables are numbers, and the sample
//! of a header is a public address.

use async_trait::async_trait;
use rumbo_base::{Code, Error, Reason};
use rumbo_http::{Method, Request};
use rumbo_meta::templates::{
    ButtonKind, Category, Component, Created, Listed, ParameterFormat, Refusal, RemoteTemplate,
    Samples, Template, TemplateEdit,
};
use serde_json::{Map, Value, json};

use super::{PAGE, Ycloud, as_meta};
use crate::json::{list, text};
use crate::settings::failed;
use crate::wire::{Answer, ask, left, shown};
use crate::{TemplateAccount, TemplateFailure, TemplateKey};

/// Pages of a list, at most: YCloud numbers them up to here.
const PAGES: usize = 100;

#[async_trait]
impl TemplateAccount for Ycloud {
    async fn list(&self, account: &str) -> Result<Listed, Error> {
        let mut rows = Vec::new();
        for number in 1..=PAGES {
            let page = self.page(account, number).await?;
            let is_last = page.len() < PAGE;
            rows.extend(page);
            if is_last {
                return Ok(Listed::of(rows));
            }
        }
        // What is missing of a list that was cut off is not gone.
        let mut listed = Listed::of(rows);
        listed
            .unreadable
            .push(format!("YCloud lists no more than {PAGES} pages."));
        Ok(listed)
    }

    async fn create(&self, account: &str, template: &Template) -> Result<Created, TemplateFailure> {
        if template.variables_are_named() {
            return Err(TemplateFailure::Failed(named_variables()));
        }
        let category = template.category.as_ref().map(Category::word);
        let mut body = json!({
            "wabaId": account,
            "name": template.name,
            "language": template.language,
            "category": category.unwrap_or_default(),
            "components": components(&template.components)?,
        });
        let opted_out = template.rest.get("cta_url_link_tracking_opted_out");
        settings_of(&mut body, template.message_send_ttl_seconds, opted_out);
        let request = Request::json(Method::POST, "whatsapp/templates", &body);
        let answer = self.change(request).await?;
        let made = RemoteTemplate::of(as_meta(&answer.body)).map_err(|why| {
            TemplateFailure::Lost(Error::new(
                Code::MetaUnavailable,
                format!("YCloud answered with a template that cannot be read: {why}"),
            ))
        })?;
        Ok(Created {
            id: made.id,
            status: made.status,
            category: made
                .template
                .category
                .map(|category| category.word().to_owned()),
        })
    }

    async fn edit(&self, of: TemplateKey<'_>, edit: &TemplateEdit) -> Result<(), TemplateFailure> {
        if edit.parameter_format == Some(ParameterFormat::Named) {
            return Err(TemplateFailure::Failed(named_variables()));
        }
        let mut body = json!({
            "components": components(edit.components.as_deref().unwrap_or_default())?,
        });
        settings_of(&mut body, edit.ttl_seconds, None);
        let request = Request::json(Method::PATCH, path(of)?, &body);
        self.change(request).await.map(drop)
    }

    async fn delete(&self, of: TemplateKey<'_>) -> Result<(), TemplateFailure> {
        match self.change(Request::new(Method::DELETE, path(of)?)).await {
            Err(TemplateFailure::Refused {
                refusal: Some(Refusal::Gone),
                ..
            }) => Ok(()),
            done => done.map(drop),
        }
    }
}

impl Ycloud {
    /// One page of an account's templates, in Meta's form.
    async fn page(&self, account: &str, number: usize) -> Result<Vec<Value>, Error> {
        let request = Request::get("whatsapp/templates")
            .query("page", number.to_string())
            .query("limit", PAGE.to_string())
            .query("filter.wabaId", account);
        let answer = ask(&self.http, self.request(request)).await?;
        if !answer.is_success() {
            let words = self.refusal(&answer).map_or_else(String::new, |it| it.text);
            return Err(failed("YCloud", &answer, &words));
        }
        Ok(list(&answer.body, "items").iter().map(as_meta).collect())
    }

    /// Makes a call that changes templates; an answer that is not whole leaves open what became of it.
    async fn change(&self, request: Request) -> Result<Answer, TemplateFailure> {
        let answer = match self.http.send(self.request(request)).await {
            Ok(response) => Answer::of(&response),
            Err(error) if left(&error) => return Err(TemplateFailure::Lost(error.into())),
            Err(error) => return Err(TemplateFailure::Failed(error.into())),
        };
        if answer.is_success() {
            return Ok(answer);
        }
        let Some(error) = answer.body.get("error").filter(|error| error.is_object()) else {
            let lost = failed("YCloud", &answer, "");
            return Err(TemplateFailure::Lost(lost));
        };
        let meta = error.get("whatsappApiError").filter(|it| it.is_object());
        let number = |name: &str| meta.and_then(|it| text(it, name))?.parse::<i64>().ok();
        let words = meta
            .and_then(|it| text(it, "error_user_msg").or_else(|| text(it, "message")))
            .or_else(|| text(error, "message"))
            .unwrap_or_default();
        let said = shown(&words, &self.secrets);
        let source = failed("YCloud", &answer, &said);
        let code = text(error, "code").unwrap_or_default();
        let refusal = number("code")
            .and_then(|code| Refusal::of_numbers(code, number("error_subcode")))
            .or(match code.as_str() {
                "ALREADY_EXISTS" => Some(Refusal::Exists),
                "NOT_FOUND" => Some(Refusal::Gone),
                _ => None,
            });
        // A key that is wrong or calls that are too many say nothing of the template.
        let of_the_caller = refusal.is_none() && matches!(answer.status, 401 | 403 | 429);
        if of_the_caller || (answer.status >= 500 && meta.is_none()) {
            return Err(TemplateFailure::Failed(source));
        }
        Err(TemplateFailure::Refused {
            refusal,
            said,
            source,
        })
    }
}

/// The address of one template. The words of it come from lists too: none may lead elsewhere.
fn path(of: TemplateKey<'_>) -> Result<String, TemplateFailure> {
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let TemplateKey {
        account,
        name,
        language,
        ..
    } = of;
    if [account, name, language].into_iter().all(is_word) {
        return Ok(format!("whatsapp/templates/{account}/{name}/{language}"));
    }
    Err(TemplateFailure::Failed(
        Error::new(
            Code::InvalidInput,
            "YCloud knows templates by name and language, and one of these holds characters that no template has.",
        )
        .reason(Reason::ValueNotKept)
        .field("name"),
    ))
}

fn settings_of(body: &mut Value, ttl_seconds: Option<i64>, opted_out: Option<&Value>) {
    let Some(fields) = body.as_object_mut() else {
        return;
    };
    if let Some(seconds) = ttl_seconds {
        fields.insert("messageSendTtlSeconds".to_owned(), seconds.into());
    }
    if let Some(opted_out) = opted_out.filter(|it| it.is_boolean()) {
        fields.insert("ctaUrlLinkTrackingOptedOut".to_owned(), opted_out.clone());
    }
}

fn named_variables() -> Error {
    Error::new(
        Code::InvalidInput,
        "YCloud takes numbered variables, and these have names. Number them.",
    )
    .reason(Reason::TemplateVariablesNamed)
    .field("template")
}

/// Components with samples in the shapes that YCloud documents.
fn components(list: &[Component]) -> Result<Value, TemplateFailure> {
    list.iter()
        .map(component_of)
        .collect::<Result<Vec<Value>, _>>()
        .map(Value::from)
}

fn component_of(component: &Component) -> Result<Value, TemplateFailure> {
    let mut component = component.clone();
    let flat = |samples: Samples| Samples::Flat(samples.values().to_vec());
    if let Some(example) = &mut component.example {
        example.body_text = example
            .body_text
            .take()
            .map(|samples| Samples::Rows(vec![samples.values().to_vec()]));
        example.header_text = example.header_text.take().map(flat);
        let sample = example.header_url.take().or(example.header_handle.take());
        if let Some(sample) = sample {
            let is_address = sample
                .values()
                .iter()
                .all(|value| value.starts_with("https://") || value.starts_with("http://"));
            if !is_address {
                return Err(TemplateFailure::Failed(
                    Error::new(
                        Code::InvalidInput,
                        "YCloud takes the sample of a header as a public address, not as a file that was uploaded. Enter its address.",
                    )
                    .reason(Reason::SampleAddressNeeded)
                    .field("template"),
                ));
            }
            example.header_url = Some(flat(sample));
        }
        example.rest = Map::new();
    }
    for button in &mut component.buttons {
        if button.kind == ButtonKind::Url || button.kind == ButtonKind::CopyCode {
            button.example = button.example.take().map(flat);
        }
    }
    let cards = std::mem::take(&mut component.cards);
    let mut written = serde_json::to_value(&component)
        .map_err(|error| TemplateFailure::Failed(Error::internal(error)))?;
    if !cards.is_empty()
        && let Some(fields) = written.as_object_mut()
    {
        let cards = cards
            .iter()
            .map(|card| Ok(json!({ "components": components(&card.components)? })))
            .collect::<Result<Vec<Value>, TemplateFailure>>()?;
        fields.insert("cards".to_owned(), cards.into());
    }
    Ok(written)
}
