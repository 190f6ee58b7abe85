//! Conversations across channels.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rumbo_base::{
    CacheTag, Code, ContactId, ConversationId, Currency, DateRange, Error, MessageId, Micros,
    PageRequest, Reason, Result, UserId, percent,
};
use rumbo_channels::Content;
use rumbo_crm::contacts;
use rumbo_db::Tx;
use rumbo_engage::conversations::{
    self as kept, Assigned, Assignment, ConversationState, DayFigures, Filter, Message,
};
use rumbo_engage::outbox::{self, OneMessage, Origin, Purpose};
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Context;
use crate::dashboard::count;
use crate::wire::{
    AddConversationNote, AssignConversation, ChannelCost, ChannelDay, ChannelFigures,
    CheaperChannel, CheaperContact, CloseConversation, CompareChannels, ComparedChannel,
    ConversationMedia, ConversationMessage, ConversationNote, ConversationPage, ConversationReply,
    ConversationRow, ConversationThread, Done, Exported, FetchMessageFile, FoundMessage,
    GetChannelFigures, GetConversation, GetMessageFile, InboxFound, ListConversations,
    ListReplyTemplates, MarkConversation, MessageFileContent, PreviewTemplateReply,
    RemoveConversationNote, ReplyTemplate, ReplyTemplates, ReplyToConversation, ReplyVariable,
    ReplyWithTemplate, ResumeAutomation, SaveMessageFile, SearchInbox, TemplateReplyDraft,
    TemplateReplyPreview,
};
use crate::{audit_trail, exports, files};

/// The largest file that is shown from itself, in bytes; what is larger is saved and opened elsewhere.
const SHOWN: u64 = 32 << 20;

/// Characters of a message in a list.
const PREVIEW: usize = 160;

/// People whose conversations a search looks for.
const PEOPLE: u32 = 20;

/// Conversations, the one written in last first.
///
/// # Errors
/// `InvalidInput` for a state, a person or a cursor that does not exist.
pub async fn list_conversations(cx: &Context, req: ListConversations) -> Result<ConversationPage> {
    let scope = cx.scope()?;
    let filter = Filter {
        state: req.state.as_deref().map(state_of).transpose()?,
        channel: req.channel_id,
        assigned: match req.assigned.as_deref() {
            None => Assigned::Anybody,
            Some("nobody") => Assigned::Nobody,
            Some(who) => user(scope, who)?.map_or(Assigned::Nobody, Assigned::To),
        },
        unread: req.unread,
    };
    let mut tx = scope.read().await?;
    let page = kept::list(&mut tx, scope.workspace, &filter, &req.page).await?;
    let tally = kept::tally(&mut tx, scope.workspace, scope.actor).await?;
    Ok(ConversationPage {
        rows: page.rows.into_iter().map(row).collect(),
        next: page.next,
        unread: count(tally.unread),
        mine: count(tally.mine),
    })
}

/// One conversation with a page of its messages.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a cursor of another list.
pub async fn get_conversation(cx: &Context, req: GetConversation) -> Result<ConversationThread> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let conversation = kept::one(&mut tx, scope.workspace, req.id).await?;
    let page = kept::thread(&mut tx, scope.workspace, req.id, &req.page).await?;
    let notes = if req.page.cursor.is_none() {
        kept::notes(&mut tx, scope.workspace, req.id).await?
    } else {
        Vec::new()
    };
    let chatwoot_url = rumbo_engage::chatwoot::place(&mut tx, scope.workspace, req.id).await?;
    let answered: HashMap<String, MessageId> = page
        .rows
        .iter()
        .filter_map(|message| Some((message.provider_message_id.clone()?, message.id)))
        .collect();
    Ok(ConversationThread {
        conversation: row(conversation),
        messages: page
            .rows
            .into_iter()
            .map(|message| shown(message, &answered))
            .collect::<Result<_>>()?,
        next: page.next,
        notes: notes.into_iter().map(note).collect(),
        chatwoot_url,
    })
}

/// Finds people by name, number or address, and messages by words.
pub async fn search_inbox(cx: &Context, req: SearchInbox) -> Result<InboxFound> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let text = req.text.trim();
    let mut people = Vec::new();
    if !text.is_empty() {
        let filter = contacts::Filter {
            search: Some(text.to_owned()),
            ..contacts::Filter::default()
        };
        let page = PageRequest {
            limit: Some(PEOPLE),
            cursor: None,
        };
        for contact in contacts::list(&mut tx, scope.workspace, &filter, &page)
            .await?
            .rows
        {
            people.extend(kept::of_contact(&mut tx, scope.workspace, contact.id).await?);
        }
        people.sort_by_key(|row| std::cmp::Reverse(row.last_message_at));
    }
    let messages = kept::search(&mut tx, scope.workspace, text, req.limit.unwrap_or(50)).await?;
    Ok(InboxFound {
        people: people.into_iter().map(row).collect(),
        messages: messages
            .into_iter()
            .map(|hit| FoundMessage {
                id: hit.id,
                conversation_id: hit.conversation_id,
                kind: hit.kind,
                name: hit.name,
                direction: hit.direction,
                body: hit.body,
                at: hit.occurred_at,
            })
            .collect(),
    })
}

/// Answers in a conversation: through the outbox, with everything that guards it.
///
/// # Errors
/// `NotFound`; `InvalidInput` for an empty text or a key that is none.
pub async fn reply_to_conversation(
    cx: &Context,
    req: ReplyToConversation,
) -> Result<ConversationReply> {
    let body = req.body.trim();
    if body.is_empty() {
        return Err(
            Error::new(Code::InvalidInput, "The answer is empty. Write something.")
                .reason(Reason::ValueMissing)
                .field("body"),
        );
    }
    let key = key(&req.key)?;
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let conversation = kept::one(&mut tx, scope.workspace, req.id).await?;
    let contact_id = answerable(&conversation)?;
    let sender = outbox::sender(&mut tx, scope.workspace, conversation.channel_id).await?;
    let message = OneMessage {
        origin: Origin::Person,
        origin_id: key,
        sender,
        contact_id,
        address: conversation.address,
        content: Content::Text {
            body: body.to_owned(),
            subject: None,
            html: None,
        },
        rendered: body.to_owned(),
        purpose: Purpose::Service,
        template: None,
        expires_at: None,
    };
    planned(cx, tx, req.id, message).await
}

/// What makes an answer one.
fn key(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| {
        Error::new(Code::InvalidInput, "The key of an answer has to be a UUID.")
            .reason(Reason::ValueUnknown)
            .field("key")
            .param("value", text)
            .param("choices", "UUID")
    })
}

/// Whom an answer goes to.
fn answerable(conversation: &kept::ConversationRow) -> Result<ContactId> {
    conversation.contact_id.ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "Nobody answers a group from here. Write in the group itself.",
        )
        .reason(Reason::GroupUnanswered)
        .field("id")
    })
}

/// Plans an answer, and begins to send it.
async fn planned(
    cx: &Context,
    mut tx: Tx,
    conversation: ConversationId,
    message: OneMessage,
) -> Result<ConversationReply> {
    let scope = cx.scope()?;
    let (dispatch_id, state, why) = outbox::plan_one(&mut tx, scope, message).await?;
    // Whoever answers has read what is answered.
    kept::mark_read(&mut tx, scope, conversation).await?;
    let deed = Deed {
        action: "reply_to_conversation",
        object_kind: "conversation",
        object_id: conversation.to_string(),
        before: Value::Null,
        after: json!({ "dispatch_id": dispatch_id.to_string(), "state": state.word() }),
    };
    audit::record(&mut tx, scope, &deed).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Conversations, CacheTag::Outbox]);
    cx.app.send_soon(scope.workspace);
    Ok(ConversationReply {
        dispatch_id,
        state: state.word().to_owned(),
        reason: why.map(|why| why.word().to_owned()),
    })
}

/// The templates that can be sent in a conversation: approved, of its channel's own account, and such
/// that they can be filled. Those in the person's language come first.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a group.
pub async fn list_reply_templates(cx: &Context, req: ListReplyTemplates) -> Result<ReplyTemplates> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let conversation = kept::one(&mut tx, scope.workspace, req.id).await?;
    let contact_id = answerable(&conversation)?;
    let sender = outbox::sender(&mut tx, scope.workspace, conversation.channel_id).await?;
    let person = outbox::person(&mut tx, scope, &sender, contact_id).await?;
    let all = outbox::templates(&mut tx, scope.workspace).await?;
    let spoken = |language: &str| -> Option<String> {
        Some(language.split(['_', '-']).next()?.to_lowercase())
    };
    let own = person.language.as_deref().and_then(spoken);
    let mut templates: Vec<ReplyTemplate> = all
        .into_iter()
        .filter(|template| sender.sends_templates() && template.sendable_by(&sender).is_ok())
        .filter_map(|template| {
            let needs = template.needs().ok()?;
            Some(ReplyTemplate {
                id: template.id,
                body: template.body().to_owned(),
                buttons: template.buttons(),
                variables: needs
                    .into_iter()
                    .map(|need| ReplyVariable {
                        value: need.value_for(&person),
                        key: need.key,
                        sample: need.sample,
                    })
                    .collect(),
                name: template.name,
                language: template.language,
                category: template.category.word().to_owned(),
            })
        })
        .collect();
    templates.sort_by_key(|template| spoken(&template.language) != own);
    Ok(ReplyTemplates {
        sends_templates: sender.sends_templates(),
        templates,
        fields: outbox::FIELDS.iter().map(|it| (*it).to_owned()).collect(),
    })
}

/// The message that a template would be in a conversation.
async fn template_reply(
    tx: &mut Tx,
    scope: &Scope,
    draft: &TemplateReplyDraft,
    key: Uuid,
) -> Result<OneMessage> {
    let conversation = kept::one(tx, scope.workspace, draft.id).await?;
    let contact_id = answerable(&conversation)?;
    let sender = outbox::sender(tx, scope.workspace, conversation.channel_id).await?;
    let person = outbox::person(tx, scope, &sender, contact_id).await?;
    let template = outbox::template(tx, scope.workspace, draft.template_id)
        .await?
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "This template does not exist any more. Look again.",
            )
            .reason(Reason::Gone)
            .param("what", "template")
            .field("template_id")
        })?;
    let reply = outbox::TemplateReply {
        sender: &sender,
        contact_id,
        address: &conversation.address,
        template: &template,
        values: &draft.values,
    };
    reply.message(&person, key)
}

/// What the person would read, and whether it goes out. Writes nothing.
///
/// # Errors
/// As [`reply_with_template`].
pub async fn preview_template_reply(
    cx: &Context,
    req: PreviewTemplateReply,
) -> Result<TemplateReplyPreview> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let message = template_reply(&mut tx, scope, &req.draft, Uuid::nil()).await?;
    let (state, why) = outbox::preview_one(&mut tx, scope, &message).await?;
    Ok(TemplateReplyPreview {
        text: message.rendered,
        state: state.word().to_owned(),
        reason: why.map(|why| why.word().to_owned()),
    })
}

/// Answers in a conversation with a template: through the outbox, also when free text may not be sent.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a template that this channel cannot send, a variable without a value
/// or with a field that is empty for the person, and a key that is none.
pub async fn reply_with_template(
    cx: &Context,
    req: ReplyWithTemplate,
) -> Result<ConversationReply> {
    let key = key(&req.key)?;
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let message = template_reply(&mut tx, scope, &req.draft, key).await?;
    planned(cx, tx, req.draft.id, message).await
}

/// Marks a conversation as read, or its last message as unread.
///
/// # Errors
/// `NotFound`.
pub async fn mark_conversation(cx: &Context, req: MarkConversation) -> Result<ConversationRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let changed = if req.read {
        kept::mark_read(&mut tx, scope, req.id).await?
    } else {
        kept::mark_unread(&mut tx, scope, req.id).await?
    };
    after(cx, tx, scope, req.id, changed).await
}

/// Gives a conversation to somebody, or to nobody.
///
/// # Errors
/// `NotFound`; `InvalidInput` for who is no member of the workspace.
pub async fn assign_conversation(cx: &Context, req: AssignConversation) -> Result<ConversationRow> {
    let scope = cx.scope()?;
    let to = match req.to.as_str() {
        "nobody" => Assignment::Nobody,
        who => user(scope, who)?.map_or(Assignment::Nobody, Assignment::To),
    };
    let mut tx = scope.write().await?;
    let changed = kept::assign(&mut tx, scope, req.id, to).await?;
    after(cx, tx, scope, req.id, changed).await
}

/// Ends a conversation, or lets it go on.
///
/// # Errors
/// `NotFound`.
pub async fn close_conversation(cx: &Context, req: CloseConversation) -> Result<ConversationRow> {
    let scope = cx.scope()?;
    let state = if req.closed {
        ConversationState::Closed
    } else {
        ConversationState::Open
    };
    let mut tx = scope.write().await?;
    let changed = kept::set_state(&mut tx, scope, req.id, state).await?;
    after(cx, tx, scope, req.id, changed).await
}

async fn after(
    cx: &Context,
    mut tx: Tx,
    scope: &Scope,
    id: ConversationId,
    changed: bool,
) -> Result<ConversationRow> {
    let found = kept::one(&mut tx, scope.workspace, id).await?;
    if changed {
        tx.commit().await?;
        cx.changed(&[CacheTag::Conversations]);
    }
    Ok(row(found))
}

/// Lets rules, sequences and the bot write to the person again, on every channel.
///
/// # Errors
/// `NotFound`.
pub async fn resume_automation(cx: &Context, req: ResumeAutomation) -> Result<ConversationRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let resumed = kept::resume_automation(&mut tx, scope, req.id).await?;
    let row = after(cx, tx, scope, req.id, resumed).await?;
    if resumed {
        cx.changed(&[CacheTag::Outbox]);
        cx.app.send_soon(scope.workspace);
    }
    Ok(row)
}

/// Writes a note about a conversation, which nobody outside ever sees.
///
/// # Errors
/// `NotFound`; `InvalidInput` for an empty or a very long one.
pub async fn add_conversation_note(
    cx: &Context,
    req: AddConversationNote,
) -> Result<ConversationNote> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let id = kept::add_note(&mut tx, scope, req.id, &req.body).await?;
    let notes = kept::notes(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Conversations]);
    notes
        .into_iter()
        .find(|note| note.id == id)
        .map(note)
        .ok_or_else(|| Error::internal("a note that was just written cannot be read"))
}

/// Takes a note away.
///
/// # Errors
/// `NotFound`.
pub async fn remove_conversation_note(cx: &Context, req: RemoveConversationNote) -> Result<Done> {
    let gone = || {
        Error::new(
            Code::NotFound,
            "This note does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "note")
    };
    let id = req.id.parse().map_err(|_| gone())?;
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    if !kept::remove_note(&mut tx, scope, id).await? {
        return Err(gone());
    }
    tx.commit().await?;
    cx.changed(&[CacheTag::Conversations]);
    Ok(Done {})
}

/// What went in and out of each messaging channel, how fast it was answered and what it cost.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins.
pub async fn get_channel_figures(
    cx: &Context,
    req: GetChannelFigures,
) -> Result<Vec<ChannelFigures>> {
    let scope = cx.scope()?;
    let period = DateRange::new(req.from, req.to)?;
    let zone = cx.workspace().await?.timezone;
    let mut tx = scope.read().await?;
    let figures = kept::statistics(&mut tx, scope.workspace, zone, period).await?;
    Ok(figures.into_iter().map(figures_of).collect())
}

/// The messaging channels beside one another: how far messages come, what an answer and a sale cost,
/// and who could be written to more cheaply.
///
/// # Errors
/// `InvalidInput` for a period that is none.
pub async fn compare_channels(cx: &Context, req: CompareChannels) -> Result<Vec<ComparedChannel>> {
    let scope = cx.scope()?;
    let period = DateRange::new(req.from, req.to)?;
    let zone = cx.workspace().await?.timezone;
    let mut tx = scope.read().await?;
    let all = kept::compare(&mut tx, scope.workspace, zone, period, scope.now()).await?;
    Ok(all.into_iter().map(compared).collect())
}

fn compared(one: kept::Compared) -> ComparedChannel {
    let figures = &one.figures;
    let part = |part: u64, whole: u64| {
        let numbers = i64::try_from(part).ok().zip(i64::try_from(whole).ok());
        numbers.and_then(|(part, whole)| percent(part, whole, 2))
    };
    let mut costs = figures.total.cost.iter();
    // What is in several currencies is not one cost.
    let cost = costs.next().filter(|_| costs.next().is_none());
    let per = |count: u64| {
        let (currency, amount) = cost?;
        let each = amount.0.checked_div(i64::try_from(count).ok()?)?;
        Some(Micros(each).to_text(*currency))
    };
    ComparedChannel {
        delivered: whole(figures.delivered),
        written: whole(figures.written),
        reached: whole(figures.reached),
        reach_percent: part(figures.reached, figures.written),
        failure_percent: part(
            figures.total.failed,
            figures.total.failed + figures.total.outbound,
        ),
        replies: whole(figures.replies),
        sales: whole(one.sales),
        currency: cost.map(|(currency, _)| currency.to_string()),
        cost_per_delivered: per(figures.delivered),
        cost_per_reply: per(figures.replies),
        cost_per_sale: per(one.sales),
        cheaper: one
            .cheaper
            .into_iter()
            .map(|cheaper| CheaperChannel {
                channel_id: cheaper.channel,
                name: cheaper.name,
                people: whole(cheaper.people),
                saves: ChannelCost {
                    amount: cheaper.saves.0.to_text(cheaper.saves.1),
                    currency: cheaper.saves.1.to_string(),
                },
                some: cheaper
                    .some
                    .into_iter()
                    .map(|(id, name)| CheaperContact { id, name })
                    .collect(),
            })
            .collect(),
        figures: figures_of(one.figures),
    }
}

fn figures_of(channel: kept::ChannelFigures) -> ChannelFigures {
    let (inbound, outbound, failed) = counts(&channel.total);
    ChannelFigures {
        id: channel.id,
        name: channel.name,
        kind: channel.kind,
        provider: channel.provider,
        inbound,
        outbound,
        failed,
        people: whole(channel.people),
        answers: whole(channel.answers),
        median_answer_seconds: channel.median_seconds.map(count),
        mean_answer_seconds: channel.mean_seconds.map(count),
        costs: costs(&channel.total.cost),
        days: channel
            .days
            .into_iter()
            .map(|(day, figures)| {
                let (inbound, outbound, failed) = counts(&figures);
                ChannelDay {
                    day,
                    inbound,
                    outbound,
                    failed,
                    costs: costs(&figures.cost),
                }
            })
            .collect(),
    }
}

fn counts(figures: &DayFigures) -> (u32, u32, u32) {
    (
        whole(figures.inbound),
        whole(figures.outbound),
        whole(figures.failed),
    )
}

fn whole(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn costs(cost: &BTreeMap<Currency, Micros>) -> Vec<ChannelCost> {
    cost.iter()
        .map(|(currency, amount)| ChannelCost {
            amount: amount.to_text(*currency),
            currency: currency.to_string(),
        })
        .collect()
}

fn state_of(word: &str) -> Result<ConversationState> {
    match word {
        "open" => Ok(ConversationState::Open),
        "closed" => Ok(ConversationState::Closed),
        other => Err(Error::new(
            Code::InvalidInput,
            format!("\"{other}\" is not a state of a conversation. Use open or closed."),
        )
        .reason(Reason::ValueUnknown)
        .field("state")
        .param("value", other)
        .param("choices", "open, closed")),
    }
}

/// A person by id, or the acting one.
fn user(scope: &Scope, who: &str) -> Result<Option<UserId>> {
    if who == "me" {
        return Ok(scope.actor);
    }
    who.parse().map(Some).map_err(|_| {
        Error::new(
            Code::InvalidInput,
            format!("\"{who}\" is nobody here. Use me, nobody, or the id of a member."),
        )
        .reason(Reason::ValueUnknown)
        .field("assigned")
        .param("value", who)
        .param("choices", "me, nobody")
    })
}

pub(crate) fn row(row: kept::ConversationRow) -> ConversationRow {
    let preview: String = row
        .last_body
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(PREVIEW)
        .collect();
    ConversationRow {
        id: row.id,
        channel_id: row.channel_id,
        channel: row.channel,
        kind: row.kind,
        provider: row.provider,
        address: row.address,
        contact_id: row.contact_id,
        name: row.name,
        state: row.state.word().to_owned(),
        assigned_to: row.assigned_to,
        assignee: row.assignee,
        last_message_at: row.last_message_at,
        last_inbound_at: row.last_inbound_at,
        unread: count(row.unread),
        preview,
        last_kind: row.last_kind,
        last_direction: row.last_direction,
        last_status: row.last_status,
        last_automatic: row.last_automatic.unwrap_or(false),
        open_until: kept::open_until(row.provider, row.last_inbound_at),
        automation_paused_until: row.automation_paused_until,
    }
}

fn shown(message: Message, answered: &HashMap<String, MessageId>) -> Result<ConversationMessage> {
    let price = match (message.price_micros, &message.currency) {
        (Some(amount), Some(currency)) => Some(amount.to_text(Currency::of_record(currency)?)),
        _ => None,
    };
    let came = message.direction == "inbound";
    Ok(ConversationMessage {
        id: message.id,
        direction: message.direction,
        kind: message.kind,
        body: message.body,
        media: message.media.map(|media| ConversationMedia {
            state: came.then(|| message.file_state.unwrap_or_else(|| "waiting".to_owned())),
            reason: message.file_reason,
            mime_type: message.file_type.or_else(|| mime_of(&media.0)),
            bytes: message
                .file_bytes
                .map(|bytes| bytes.to_string())
                .or_else(|| bytes_of(&media.0)),
            ..media_of(&media.0)
        }),
        template_id: message.template_id,
        template: message.template,
        address: message.address,
        automatic: message.automatic,
        origin: message.origin,
        origin_name: message.origin_name,
        author: message.author,
        dispatch_id: message.dispatch_id,
        reply_to: message
            .reply_to
            .and_then(|answers| answered.get(&answers).copied()),
        provider_message_id: message.provider_message_id,
        status: message.status,
        error_code: message.error_code,
        error_text: message.error_text,
        price,
        currency: message.currency,
        at: message.occurred_at,
        sent_at: message.sent_at,
        delivered_at: message.delivered_at,
        read_at: message.read_at,
        failed_at: message.failed_at,
    })
}

/// What is shown of a file, whichever way it went.
fn media_of(media: &serde_json::Value) -> ConversationMedia {
    let text = |name: &str| media.get(name)?.as_str().map(str::to_owned);
    ConversationMedia {
        file_name: text("file_name"),
        // Of what came it is the provider's, which is asked for it with a key.
        url: media
            .get("source")
            .and_then(|source| source.get("url")?.as_str().map(str::to_owned)),
        ..ConversationMedia::default()
    }
}

fn mime_of(media: &serde_json::Value) -> Option<String> {
    media.get("mime_type")?.as_str().map(str::to_owned)
}

fn bytes_of(media: &serde_json::Value) -> Option<String> {
    let bytes = media.get("bytes").and_then(serde_json::Value::as_i64)?;
    Some(bytes.to_string())
}

/// A file that came with a message, to be shown.
///
/// # Errors
/// `NotFound` where it is not on this computer.
pub async fn get_message_file(cx: &Context, req: GetMessageFile) -> Result<MessageFileContent> {
    let (file, place) = files::found(cx, req.id).await?;
    let told = |error| files::unreadable(&place, error);
    let length = tokio::fs::metadata(&place).await.map_err(told)?.len();
    if length > SHOWN {
        return Err(Error::new(
            Code::InvalidInput,
            "This file is too large to be shown here. Save a copy, and open that.",
        )
        .reason(Reason::FileTooLargeToShow));
    }
    let bytes = tokio::fs::read(&place).await.map_err(told)?;
    Ok(MessageFileContent {
        mime_type: file.mime_type.unwrap_or_default(),
        base64: STANDARD.encode(bytes),
    })
}

/// Fetches a file that came with a message from its provider now, also one that was given up.
///
/// # Errors
/// `NotFound` where the message came without one. What the provider says stands in the answer.
pub async fn fetch_message_file(cx: &Context, req: FetchMessageFile) -> Result<ConversationMedia> {
    let file = files::fetch_now(cx, req.id).await?;
    let media = &file.media.0;
    Ok(ConversationMedia {
        file_name: media.file_name.clone(),
        mime_type: file.mime_type.or_else(|| media.mime_type.clone()),
        bytes: file.bytes.or(media.bytes).map(|bytes| bytes.to_string()),
        url: None,
        state: file.state,
        reason: file.reason,
    })
}

/// Writes a copy of a file that came with a message.
///
/// # Errors
/// `NotFound` where it is not on this computer; `InvalidInput` for a place that cannot be written.
pub async fn save_message_file(cx: &Context, req: SaveMessageFile) -> Result<Exported> {
    let (_, place) = files::found(cx, req.id).await?;
    let to = PathBuf::from(&req.path);
    let copied = tokio::task::spawn_blocking(move || exports::copied(&place, &to)).await;
    let copied = copied.map_err(Error::internal)??;
    let deed = Deed {
        action: "save_message_file",
        object_kind: "message",
        object_id: req.id.to_string(),
        ..Deed::default()
    };
    audit_trail::record(cx, &deed).await?;
    Ok(copied)
}

fn note(note: kept::Note) -> ConversationNote {
    ConversationNote {
        id: note.id.to_string(),
        body: note.body,
        author: note.author,
        at: note.created_at,
    }
}
