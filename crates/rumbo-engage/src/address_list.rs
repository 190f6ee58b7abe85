//! Files of addresses: a bare list, or a table of which some columns hold them.

use rumbo_base::{Code, ContactId, Error, Reason, Result};
use rumbo_channels::ChannelKind;
use rumbo_platform::table_file::{Row, Table, fold};

/// Headings of columns with ids of contacts, without case and accents.
const CONTACTS: &[&str] = &[
    "contact_id",
    "contact id",
    "rumbo_contact_id",
    "id de contacto",
    "id do contato",
];

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
    "mobile",
    "mobile phone",
    "mobile number",
    "cell",
    "cell phone",
    "cellphone",
    "tel",
];

/// Headings of columns with e-mail addresses.
const EMAILS: &[&str] = &[
    "email",
    "e-mail",
    "email address",
    "e-mail address",
    "correo",
    "correo electronico",
    "mail",
];

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
    /// The surest first: whoever has nothing in one is told by the next.
    pub columns: Vec<usize>,
    /// The first address, where the file is a list whose first line was taken for a heading.
    pub first: Option<String>,
}

impl Addresses {
    /// The address of a row, where it has any.
    pub fn of(&self, row: &Row) -> Option<String> {
        self.columns
            .iter()
            .find_map(|column| row.cell(*column).text())
    }
}

/// Finds the columns of addresses.
///
/// # Errors
/// `InvalidInput` naming `field` where no column is one.
pub fn find(table: &Table, wanted: Wanted, field: &str) -> Result<Addresses> {
    let at = |columns| Addresses {
        columns,
        first: None,
    };
    let Some(header) = &table.header else {
        return Ok(at(vec![0]));
    };
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let named: Vec<usize> = wanted
        .headings()
        .into_iter()
        .flatten()
        .filter_map(|heading| folded.iter().position(|name| name == heading))
        .collect();
    if !named.is_empty() {
        return Ok(at(named));
    }
    if let Some(column) = header.iter().position(|name| is_address(name)) {
        return Ok(Addresses {
            columns: vec![column],
            first: header.get(column).cloned(),
        });
    }
    if header.len() == 1 {
        return Ok(at(vec![0]));
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

#[cfg(test)]
mod tests {
    use rumbo_platform::table_file::{ReadOptions, read_bytes};

    use super::*;

    fn addresses(text: &str) -> Result<Vec<Option<String>>> {
        let table = read_bytes(text.as_bytes(), &ReadOptions::default())?;
        let found = find(&table, Wanted::People, "to")?;
        let first = found.first.iter().cloned().map(Some);
        let rest = table.rows.iter().map(|row| found.of(row));
        Ok(first.chain(rest).collect())
    }

    #[test]
    fn who_has_nothing_in_the_surest_column_is_told_by_the_next() {
        let (phone, email) = ("+5491155551001", "dora@example.com");
        let both = [Some(phone.to_owned()), Some(email.to_owned()), None];
        for text in [
            "name,email,phone\nAna,ana@example.com,+5491155551001\nDora,dora@example.com,\nEva,,\n",
            "[{\"phone\":\"+5491155551001\",\"email\":\"ana@example.com\"},{\"phone\":null,\"email\":\"dora@example.com\"},{\"name\":\"Eva\"}]",
        ] {
            assert_eq!(addresses(text).expect("a table"), both, "{text}");
        }
    }

    #[test]
    fn a_column_of_addresses_goes_by_many_names() {
        for heading in [
            "Mobile",
            "Cell phone",
            "E-mail address",
            "Contact ID",
            "Teléfono",
        ] {
            let text = format!("name,{heading}\nAna,+5491155551001\n");
            let found = addresses(&text).expect(heading);
            assert_eq!(found, [Some("+5491155551001".to_owned())], "{heading}");
        }
        let strange = addresses("name,colour\nAna,red\n").expect_err("no addresses");
        assert_eq!(strange.reason_id(), Some(Reason::AddressColumnMissing));
    }
}
