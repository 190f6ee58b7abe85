//! `rumbo contacts`

mod merges;

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    ContactDetail, ContactRow, GetContact, ListContacts, ListDuplicates, ListMerges, MergeContacts,
    SaveContact, UndoMerge,
};
use rumbo_base::{ContactId, ContactMergeId};

use super::pages::{PageArgs, with_next};
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// What to do with contacts.
#[derive(Debug, Subcommand)]
pub enum ContactsCommand {
    /// Make a contact
    Add(ContactFields),
    /// Change a contact; what is left out stays
    Change {
        /// The contact's id
        id: ContactId,
        #[command(flatten)]
        fields: ContactFields,
    },
    /// List contacts, the newest change first
    List {
        /// Part of a name, phone or e-mail
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// lead, contacted, customer or churned
        #[arg(long)]
        status: Option<String>,
        /// A lead source, such as META_ADS
        #[arg(long)]
        source: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// List contacts that may be the same person, and why
    Duplicates {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Merge a contact into another; everything it has moves there
    Merge {
        /// The id of the contact that stays
        keep: ContactId,
        /// The id of the contact that is merged into it
        other: ContactId,
    },
    /// Undo a merge
    Unmerge {
        /// The merge's id: see merges
        id: ContactMergeId,
    },
    /// List merges, the last one first
    Merges {
        /// Only those into or of this contact
        #[arg(long, value_name = "ID")]
        contact: Option<ContactId>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show a contact and everything that happened
    Show {
        /// The contact's id
        id: ContactId,
    },
}

/// Fields of a contact.
#[derive(Debug, Args)]
pub struct ContactFields {
    /// What the person is called; empty removes it
    #[arg(long)]
    name: Option<String>,
    /// In any form; kept as +5491122334455
    #[arg(long)]
    phone: Option<String>,
    /// The e-mail address; empty removes it
    #[arg(long)]
    email: Option<String>,
    /// lead, contacted, customer or churned
    #[arg(long)]
    status: Option<String>,
    /// A lead source, such as META_ADS, REFERRAL or ORGANIC
    #[arg(long)]
    source: Option<String>,
    /// prospect, client or internal
    #[arg(long)]
    kind: Option<String>,
    /// The id of the member who looks after the contact
    #[arg(long, value_name = "ID")]
    owner: Option<String>,
    /// A language code, such as es or pt-BR
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Such as America/Sao_Paulo
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// How the contact prefers to be reached, such as whatsapp, phone or email
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Two-letter country code
    #[arg(long)]
    country: Option<String>,
    /// State or province
    #[arg(long)]
    region: Option<String>,
    /// The city; empty removes it
    #[arg(long)]
    city: Option<String>,
    /// Such as 1990-12-31
    #[arg(long, value_name = "DAY", value_parser = flags::day_or_nothing)]
    birth_date: Option<String>,
    /// Where no date is known; 0 takes it away
    #[arg(long, value_name = "YEAR")]
    birth_year: Option<u32>,
    /// A field of your own, such as size=M; may be repeated, and an empty value takes it away
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = own_field)]
    custom: Vec<(String, String)>,
    /// A tag; may be repeated, and replaces all tags
    #[arg(long = "tag", value_name = "TAG")]
    tags: Option<Vec<String>>,
    /// What is worth knowing of the person; empty removes it
    #[arg(long)]
    notes: Option<String>,
}

/// Runs the command.
pub async fn run(program: &Program, command: ContactsCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            match command {
                ContactsCommand::Add(fields) => {
                    let row = api::save_contact(cx, request(None, fields)).await?;
                    output.result(&row, |output| rows_text(output, std::slice::from_ref(&row)));
                }
                ContactsCommand::Change { id, fields } => {
                    let row = api::save_contact(cx, request(Some(id), fields)).await?;
                    output.result(&row, |output| rows_text(output, std::slice::from_ref(&row)));
                }
                ContactsCommand::List {
                    search,
                    status,
                    source,
                    page,
                } => {
                    let request = ListContacts {
                        search,
                        status,
                        source,
                        page: page.into(),
                    };
                    let page = api::list_contacts(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(output, rows_text(output, &page.rows), page.next.as_deref())
                    });
                }
                ContactsCommand::Duplicates { page } => {
                    let request = ListDuplicates { page: page.into() };
                    let page = api::list_duplicates(cx, request).await?;
                    output.result(&page, |output| merges::duplicates_text(output, &page));
                }
                ContactsCommand::Merge { keep, other } => {
                    let request = MergeContacts { keep, other };
                    let merge = api::merge_contacts(cx, request).await?;
                    output.result(&merge, |output| {
                        merges::rows_text(output, std::slice::from_ref(&merge))
                    });
                }
                ContactsCommand::Unmerge { id } => {
                    let merge = api::undo_merge(cx, UndoMerge { id }).await?;
                    output.result(&merge, |output| {
                        merges::rows_text(output, std::slice::from_ref(&merge))
                    });
                }
                ContactsCommand::Merges { contact, page } => {
                    let request = ListMerges {
                        contact_id: contact,
                        page: page.into(),
                    };
                    let page = api::list_merges(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(
                            output,
                            merges::rows_text(output, &page.rows),
                            page.next.as_deref(),
                        )
                    });
                }
                ContactsCommand::Show { id } => {
                    let detail = api::get_contact(cx, GetContact { id }).await?;
                    output.result(&detail, |output| detail_text(output, &detail));
                }
            }
            Ok(Exit::Done)
        })
        .await
}

fn request(id: Option<ContactId>, fields: ContactFields) -> SaveContact {
    SaveContact {
        id,
        name: fields.name,
        phone: fields.phone,
        email: fields.email,
        status: fields.status,
        lead_source: fields.source,
        kind: fields.kind,
        owner_id: fields.owner,
        language: fields.language,
        timezone: fields.timezone,
        preferred_channel: fields.channel,
        country: fields.country,
        region: fields.region,
        city: fields.city,
        birth_date: fields.birth_date,
        birth_year: fields.birth_year,
        tags: fields.tags,
        notes: fields.notes,
        custom: Some(BTreeMap::from_iter(fields.custom)),
    }
}

fn own_field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write a field as name=value".to_owned()),
    }
}

fn rows_text(output: &Output, rows: &[ContactRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Id,
        Word::Name,
        Word::Phone,
        Word::Email,
        Word::Status,
        Word::Source,
        Word::Campaign,
        Word::FirstSeen,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.metric("sales")]);
    let or_nothing =
        |text: Option<&String>| text.map_or_else(|| NOTHING.to_owned(), |text| short(text));
    for row in rows {
        grid.row([
            row.id.to_string(),
            short(&row.name),
            or_nothing(row.phone.as_ref()),
            or_nothing(row.email.as_ref()),
            row.status.clone(),
            row.lead_source.clone(),
            or_nothing(row.campaign.as_ref()),
            row.first_seen_at.format("%Y-%m-%d").to_string(),
            output.numbers().count(row.sales),
        ]);
    }
    grid.text()
}

/// A contact and its timeline.
pub fn detail_text(output: &Output, detail: &ContactDetail) -> String {
    let mut text = rows_text(output, std::slice::from_ref(&detail.contact));
    let headings =
        [Word::Date, Word::Data, Word::Name, Word::Campaign].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.word(Word::Amount)]);
    for entry in &detail.timeline {
        let amount = match (&entry.amount, &entry.currency) {
            (Some(amount), Some(currency)) => output.numbers().money(amount, currency),
            _ => NOTHING.to_owned(),
        };
        let campaign = entry
            .campaign
            .as_deref()
            .map_or_else(|| NOTHING.to_owned(), short);
        grid.row([
            entry.at.format("%Y-%m-%d %H:%M UTC").to_string(),
            entry.kind.clone(),
            short(&entry.title),
            campaign,
            amount,
        ]);
    }
    if !grid.is_empty() {
        text.push('\n');
        text.push_str(&grid.text());
    }
    text
}
