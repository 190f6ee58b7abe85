//! Files of addresses: a bare list, or a table of which one column holds them.

use rumbo_base::{Code, ContactId, Error, Reason, Result};
use rumbo_channels::ChannelKind;
use rumbo_platform::table_file::{Table, fold};

/// Headings of columns with ids of contacts, without case and accents.
const CONTACTS: &[&str] = &["contact_id", "rumbo_contact_id"];

/// Headings of columns with phone numbers.
const PHONES: &[&str] = &[
    "phone",
    "phone number",
    "phone_number",
    "telefono",
    "numero de telefono",
    "celular",
    "movil",
    "telefone",
    "whatsapp",
    "numero",
    "number",
];

/// Headings of columns with e-mail addresses.
const EMAILS: &[&str] = &["email", "e-mail", "correo", "correo electronico", "mail"];

/// Headings of columns with addresses of any kind.
const ANY: &[&str] = &[
    "address",
    "direccion",
    "endereco",
    "to",
    "recipient",
    "destinatario",
];

/// What may be in a file, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Contacts, by their ids or by how they are reached.
    People,
    /// Addresses on a kind of channel.
    On(ChannelKind),
}

impl Wanted {
    fn headings(self) -> [&'static [&'static str]; 5] {
        match self {
            Self::People => [CONTACTS, PHONES, EMAILS, ANY, &["id"]],
            Self::On(ChannelKind::Email) => [EMAILS, ANY, PHONES, &[], &[]],
            Self::On(ChannelKind::Whatsapp | ChannelKind::Sms) => [PHONES, ANY, EMAILS, &[], &[]],
            Self::On(ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram) => {
                [ANY, &["id"], PHONES, EMAILS, &[]]
            }
        }
    }
}

/// Where the addresses of a file stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    pub column: usize,
    /// The first address, where the file is a list whose first line was taken for a heading.
    pub first: Option<String>,
}

/// Finds the column of addresses.
///
/// # Errors
/// `InvalidInput` naming `field` where no column is one.
pub fn find(table: &Table, wanted: Wanted, field: &str) -> Result<Addresses> {
    let at = |column| Addresses {
        column,
        first: None,
    };
    let Some(header) = &table.header else {
        return Ok(at(0));
    };
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let named = wanted
        .headings()
        .into_iter()
        .flatten()
        .find_map(|heading| folded.iter().position(|name| name == heading));
    if let Some(column) = named {
        return Ok(at(column));
    }
    if let Some(column) = header.iter().position(|name| is_address(name)) {
        return Ok(Addresses {
            column,
            first: header.get(column).cloned(),
        });
    }
    if header.len() == 1 {
        return Ok(at(0));
    }
    Err(Error::new(
        Code::InvalidInput,
        "No column of this file is called address, phone or email. Name the one that holds the addresses.",
    )
    .reason(Reason::AddressColumnMissing)
    .field(field))
}

/// Whether a text is no heading.
fn is_address(text: &str) -> bool {
    text.contains('@')
        || text.chars().filter(char::is_ascii_digit).count() >= 6
        || text.trim().parse::<ContactId>().is_ok()
}
