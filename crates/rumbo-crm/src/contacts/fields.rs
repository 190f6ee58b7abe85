//! What can be said about a contact, checked.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use rumbo_base::{Reason, Result, UserId};

use super::{Contact, ContactKind, ContactStatus};
use crate::input::{Change, invalid, short_text};
use crate::phone;

/// Values for a contact. What is absent stays as it is; an empty text takes a value away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactFields {
    pub name: Option<String>,
    /// In any form; kept as E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub status: Option<ContactStatus>,
    pub kind: Option<ContactKind>,
    pub lead_source: Option<String>,
    /// A member of the workspace.
    pub owner_id: Change<UserId>,
    pub language: Option<String>,
    pub timezone: Option<String>,
    pub preferred_channel: Option<String>,
    /// ISO 3166 two-letter code.
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub birth_date: Change<NaiveDate>,
    /// Where no date is known.
    pub birth_year: Change<i64>,
    pub tags: Option<Vec<String>>,
    pub notes: Option<String>,
    /// The business's own fields to set; an empty text takes one away.
    pub custom: BTreeMap<String, String>,
}

impl ContactFields {
    /// Puts the values into a contact. A phone number without a prefix is one of the contact's
    /// country, or else of `region`.
    ///
    /// # Errors
    /// `InvalidInput` with the field that cannot be kept.
    pub fn apply(&self, contact: &mut Contact, region: Option<&str>) -> Result<()> {
        if let Some(name) = &self.name {
            let name = short_text("name", name, 200)?.unwrap_or_default();
            contact.name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if let Some(country) = &self.country {
            contact.country = country_code(country)?;
        }
        if let Some(text) = &self.phone {
            let region = contact.country.as_deref().or(region);
            contact.phone = short_text("phone", text, 60)?
                .map(|text| phone::e164(&text, region))
                .transpose()?;
        }
        if let Some(text) = &self.email {
            contact.email = short_text("email", text, 254)?
                .map(|text| phone::email(&text))
                .transpose()?;
        }
        contact.status = self.status.unwrap_or(contact.status);
        contact.kind = self.kind.unwrap_or(contact.kind);
        if let Some(source) = &self.lead_source {
            contact.lead_source = lead_source(source)?;
        }
        contact.owner_id = self.owner_id.over(contact.owner_id);
        if let Some(zone) = &self.timezone {
            contact.timezone = short_text("timezone", zone, 60)?
                .map(|zone| zone.parse::<rumbo_base::TimeZone>().map(|z| z.to_string()))
                .transpose()?;
        }
        for (field, value, place, longest) in [
            ("language", &self.language, &mut contact.language, 35),
            (
                "preferred channel",
                &self.preferred_channel,
                &mut contact.preferred_channel,
                40,
            ),
            ("region", &self.region, &mut contact.region, 120),
            ("city", &self.city, &mut contact.city, 120),
            ("notes", &self.notes, &mut contact.notes, 20_000),
        ] {
            if let Some(value) = value {
                *place = short_text(field, value, longest)?;
            }
        }
        contact.birth_date = self.birth_date.over(contact.birth_date);
        contact.birth_year = self.birth_year.over(contact.birth_year);
        let year = contact
            .birth_date
            .map(|day| i64::from(day.year()))
            .or(contact.birth_year);
        if let Some(year) = year.filter(|year| !(1880..=2100).contains(year)) {
            let field = if contact.birth_date.is_some() {
                "birth_date"
            } else {
                "birth_year"
            };
            return Err(invalid(
                field,
                Reason::BirthYearImpossible,
                "That is not a year that somebody was born in.",
            )
            .param("year", year));
        }
        if let Some(tags) = &self.tags {
            contact.tags = clean_tags(tags)?;
        }
        for (name, value) in &self.custom {
            let Some(name) = short_text("custom field", name, 80)? else {
                continue;
            };
            match short_text(&name, value, 4_000)? {
                Some(value) => contact.custom.insert(name, value),
                None => contact.custom.remove(&name),
            };
        }
        Ok(())
    }
}

fn country_code(text: &str) -> Result<Option<String>> {
    let Some(text) = short_text("country", text, 60)? else {
        return Ok(None);
    };
    let code = text.to_ascii_uppercase();
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(invalid(
            "country",
            Reason::CountryUnknown,
            format!("\"{text}\" is not a country code. Use two letters, such as BR."),
        )
        .param("value", text));
    }
    Ok(Some(code))
}

fn clean_tags(tags: &[String]) -> Result<Vec<String>> {
    let mut clean: Vec<String> = Vec::new();
    for tag in tags {
        if let Some(tag) = short_text("tag", tag, 60)?
            && !clean.contains(&tag)
        {
            clean.push(tag);
        }
    }
    if clean.len() > 100 {
        return Err(invalid(
            "tags",
            Reason::TooManyTags,
            "A contact can have 100 tags. Take some away.",
        )
        .param("most", 100));
    }
    Ok(clean)
}

/// Brings a lead source to its form: `META_ADS`, `CLICK_TO_WHATSAPP`, or a custom one in the same
/// manner. The words that older systems use are understood.
///
/// # Errors
/// `InvalidInput` when it has other than letters, digits and underscores, or more than 40.
pub fn lead_source(text: &str) -> Result<String> {
    let plain = rumbo_platform::table_file::fold(text).to_uppercase();
    let word: String = plain
        .chars()
        .map(|c| {
            if matches!(c, ' ' | '-' | '.' | '/') {
                '_'
            } else {
                c
            }
        })
        .collect();
    let known = match word.as_str() {
        "" => "UNKNOWN",
        "META" | "FACEBOOK" | "FACEBOOK_ADS" | "FB" | "FB_ADS" | "INSTAGRAM_ADS" => "META_ADS",
        "GOOGLE" | "ADWORDS" => "GOOGLE_ADS",
        "TIKTOK" => "TIKTOK_ADS",
        "CTWA" => "CLICK_TO_WHATSAPP",
        "ORGANICO" | "DIRECT" => "ORGANIC",
        "REFERIDO" | "INDICACAO" => "REFERRAL",
        other => other,
    };
    let fine = known.len() <= 40
        && known
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !fine {
        return Err(invalid(
            "lead_source",
            Reason::LeadSourceInvalid,
            format!(
                "\"{text}\" is not a lead source. Use up to 40 letters, digits and underscores."
            ),
        )
        .param("value", text));
    }
    Ok(known.to_owned())
}
