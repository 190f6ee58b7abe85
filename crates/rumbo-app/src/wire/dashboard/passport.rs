//! Where a number comes from.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Code, Error, Reason, Result};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::{Exchanged, UsedRate};
use super::{Attribution, GetRoi, Learned, RoiBy};

/// Asks what a number of a report is made of.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExplainNumber {
    /// The report it stands in.
    pub report: GetRoi,
    pub currency: String,
    /// `total`, `unattributed`, `attributed` (every row together), the key of a row; or
    /// `rows:KEY,KEY` and `but:KEY,KEY`, these rows together and all but these, each key
    /// percent-encoded.
    pub row: String,
    /// The id of a metric.
    pub metric: String,
    /// How many rows of Meta's, and how many of the CRM's, are listed at most; 1,000 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Lists only Meta's rows, from this place on (the first is 0).
    #[serde(default)]
    pub ad_days_from: Option<u32>,
    /// Lists only the CRM's rows, from this place on.
    #[serde(default)]
    pub outcomes_from: Option<u32>,
    /// Lists only what was spent on other channels, from this place on.
    #[serde(default)]
    pub spend_from: Option<u32>,
}

/// One sum under a number.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PassportSum {
    /// The id of the metric that shows it.
    pub metric: String,
    pub value: Option<String>,
}

/// What a row of a converted number was before.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PassportOriginal {
    pub currency: String,
    /// What it adds to each of `sums` in that currency, in their order.
    pub adds: Vec<Option<String>>,
    /// The day whose rate it takes.
    pub day: NaiveDate,
    /// By which rate it was converted; null where there is none, and then it adds nothing.
    pub rate: Option<UsedRate>,
}

/// The rows that have money and no rate for their day. For them everything in their currency is not in
/// the number: part of an amount would be a wrong amount.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct PassportWithoutRate {
    pub ad_days: Vec<PassportAdDay>,
    pub ad_days_count: u32,
    pub outcomes: Vec<PassportOutcome>,
    pub outcomes_count: u32,
    #[serde(default)]
    pub spend: Vec<PassportSpend>,
    #[serde(default)]
    pub spend_count: u32,
}

/// One ad on one day, as Meta told it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PassportAdDay {
    pub day: NaiveDate,
    pub account_id: String,
    /// The platform's id.
    pub ad_external_id: String,
    pub ad_name: String,
    pub campaign_name: String,
    /// What it adds to each of `sums`, in their order.
    pub adds: Vec<Option<String>>,
    /// What it was, if it is of another currency than the number.
    pub original: Option<PassportOriginal>,
    /// Everything that Meta told of it, in its own currency: each as the metric that shows it.
    pub told: Vec<PassportSum>,
    /// Of the money in `told`.
    pub currency: String,
    /// Of this ad on this day alone: it cannot be added to that of another day.
    pub reach: Option<u32>,
    /// The same. Decimal text.
    pub frequency: Option<String>,
    pub attribution_setting: Option<String>,
    /// The sync run that brought it.
    pub run: u32,
    pub run_started_at: Option<DateTime<Utc>>,
    /// Meta's own JSON, as text: `actions` and `action_values`, and every field without a column.
    pub actions: Option<String>,
    pub rest: Option<String>,
}

/// What was spent on a campaign of another channel on one day.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PassportSpend {
    pub id: String,
    /// A day of the workspace.
    pub day: NaiveDate,
    /// The channel, as in the rows of the report.
    pub channel: String,
    /// Null for none.
    pub campaign: Option<String>,
    pub note: Option<String>,
    pub amount: String,
    pub currency: String,
    /// What it adds to each of `sums`, in their order.
    pub adds: Vec<Option<String>>,
    /// What it was, if it is of another currency than the number.
    pub original: Option<PassportOriginal>,
}

/// What a row of the CRM is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PassportKind {
    Lead,
    Opportunity,
    Sale,
    Refund,
}

/// The part of a lead, opportunity, sale or refund that is credited here.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PassportOutcome {
    pub kind: PassportKind,
    pub id: String,
    /// Whose it is; null for a contact that was merged into another since.
    pub contact_id: Option<String>,
    /// The contact's name; empty for one that was merged into another since.
    pub contact: String,
    /// The name of the opportunity, the number of the sale.
    pub reference: String,
    /// Where it counts.
    pub day: NaiveDate,
    pub happened_at: DateTime<Utc>,
    /// Of a sale: its whole amount and what was given back. Of a refund: what was left of the sale
    /// before it, and the refund.
    pub gross: Option<String>,
    pub refunded: Option<String>,
    /// What a sale cost; null while it is not known.
    #[serde(default)]
    pub cost: Option<String>,
    /// The currency of all three, of a sale or refund.
    pub currency: Option<String>,
    /// What it adds to each of `sums`, in their order.
    pub adds: Vec<Option<String>>,
    /// What it was, if it is of another currency than the number.
    pub original: Option<PassportOriginal>,
}

/// Of how many sales it is known what they cost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct KnownCosts {
    pub known: super::Shares,
    pub sales: super::Shares,
}

/// What a number is made of. Adding up `adds` gives `sums`, and the formula of them `value`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NumberPassport {
    /// The id of the number.
    pub id: String,
    pub metric: String,
    pub value: Option<String>,
    pub formula: String,
    pub by: RoiBy,
    pub row: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub currency: String,
    pub attribution: Attribution,
    /// What the data-driven model learned, where that credits: by these effects each sale was split
    /// over its touches.
    #[serde(default)]
    pub learned: Option<Learned>,
    pub as_of: Option<DateTime<Utc>>,
    pub sums: Vec<PassportSum>,
    /// Of the sales in it, where the number needs what all of them cost.
    #[serde(default)]
    pub costs: Option<KnownCosts>,
    pub ad_days: Vec<PassportAdDay>,
    pub ad_days_count: u32,
    pub outcomes: Vec<PassportOutcome>,
    pub outcomes_count: u32,
    /// Of a report by channel what was spent outside the ad accounts, by day.
    #[serde(default)]
    pub spend: Vec<PassportSpend>,
    #[serde(default)]
    pub spend_count: u32,
    /// How the rows came into one currency, when that was asked for. `value` is null where the report
    /// has no such number because of what is in `missing`.
    pub exchanged: Option<Exchanged>,
    /// The rows behind `missing`; listed with the first page only.
    pub without_rate: PassportWithoutRate,
}

impl ExplainNumber {
    /// The number's id: `METRIC/BY/FROM/TO/CURRENCY/ROW`, and what the report was asked beyond
    /// that.
    pub fn id(&self) -> String {
        let plain = |text: &str| -> String {
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
        };
        let report = &self.report;
        let mut id = format!(
            "{}/{}/{}/{}/{}/{}",
            plain(&self.metric),
            by_word(report.by),
            report.from,
            report.to,
            plain(&self.currency),
            plain(&self.row)
        );
        let mut more = |name: &str, value: &str| {
            // Writing to a text cannot fail.
            let _ = write!(id, "/{name}={}", plain(value));
        };
        for account in &report.accounts {
            more("account", account);
        }
        if let Some(campaign) = &report.campaign {
            more("campaign", campaign);
        }
        if let Some(ad_set) = &report.ad_set {
            more("ad_set", ad_set);
        }
        if let Some(attribution) = &report.attribution {
            let json = serde_json::to_string(attribution).unwrap_or_default();
            more("attribution", &json);
        }
        if let Some(currency) = &report.convert_to {
            more("convert_to", currency);
        }
        if let Some(as_of) = &report.as_of {
            more("as_of", &as_of.to_rfc3339());
        }
        id
    }

    /// Reads a number's id.
    ///
    /// # Errors
    /// `InvalidInput` for what is no such id.
    pub fn of_id(id: &str) -> Result<Self> {
        Self::read(id).ok_or_else(|| no_number("id"))
    }

    fn read(id: &str) -> Option<Self> {
        let mut parts = id.trim().split('/').map(|part| {
            url::form_urlencoded::parse(format!("x={part}").as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        });
        let metric = parts.next()?;
        let by = by_of(&parts.next()?)?;
        let from = parts.next()?.parse().ok()?;
        let to = parts.next()?.parse().ok()?;
        let currency = parts.next()?;
        let row = parts.next()?;
        let mut report = GetRoi {
            by,
            from,
            to,
            accounts: Vec::new(),
            campaign: None,
            ad_set: None,
            compare: false,
            compare_with: super::CompareWith::default(),
            without_spend: false,
            new_customers: true,
            people: false,
            attribution: None,
            convert_to: None,
            as_of: None,
        };
        for part in parts {
            let (name, value) = part.split_once('=')?;
            match name {
                "account" => report.accounts.push(value.to_owned()),
                "campaign" => report.campaign = Some(value.to_owned()),
                "ad_set" => report.ad_set = Some(value.to_owned()),
                "attribution" => report.attribution = Some(serde_json::from_str(value).ok()?),
                "convert_to" => report.convert_to = Some(value.to_owned()),
                "as_of" => {
                    let at = DateTime::parse_from_rfc3339(value).ok()?;
                    report.as_of = Some(at.with_timezone(&Utc));
                }
                _ => return None,
            }
        }
        Some(Self {
            report,
            currency,
            row,
            metric,
            limit: None,
            ad_days_from: None,
            outcomes_from: None,
            spend_from: None,
        })
    }
}

/// What is refused that names no number.
pub(crate) fn no_number(field: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        "This is no id of a number. Write it as METRIC/BY/FROM/TO/CURRENCY/ROW, such as \
         roas/campaign/2026-03-01/2026-03-31/USD/total.",
    )
    .reason(Reason::NumberIdUnknown)
    .field(field)
}

const BY: [(RoiBy, &str); 6] = [
    (RoiBy::Channel, "channel"),
    (RoiBy::Account, "account"),
    (RoiBy::Campaign, "campaign"),
    (RoiBy::AdSet, "ad_set"),
    (RoiBy::Ad, "ad"),
    (RoiBy::Creative, "creative"),
];

fn by_word(by: RoiBy) -> &'static str {
    BY.iter()
        .find(|(known, _)| *known == by)
        .map_or("", |(_, word)| word)
}

fn by_of(word: &str) -> Option<RoiBy> {
    // As the command line has it.
    let word = if word == "adset" { "ad_set" } else { word };
    BY.iter()
        .find(|(_, known)| *known == word)
        .map(|(by, _)| *by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let plain = ExplainNumber::of_id("roas/campaign/2026-03-01/2026-03-31/USD/total").unwrap();
        assert_eq!(plain.id(), "roas/campaign/2026-03-01/2026-03-31/USD/total");
        let asked = ExplainNumber {
            report: GetRoi {
                accounts: vec!["act_1".to_owned(), "2".to_owned()],
                campaign: Some("a/b".to_owned()),
                attribution: Some(Attribution::default()),
                convert_to: Some("BRL".to_owned()),
                as_of: Some("2026-03-05T10:00:00Z".parse().unwrap()),
                ..plain.report.clone()
            },
            row: "rest:campaign:01a1 %/ñ".to_owned(),
            ..plain.clone()
        };
        let again = ExplainNumber::of_id(&asked.id()).unwrap();
        assert_eq!(format!("{asked:?}"), format!("{again:?}"));
        let many = ExplainNumber {
            row: "but:a%2Cb,c d".to_owned(),
            ..plain
        };
        let again = ExplainNumber::of_id(&many.id()).unwrap();
        assert_eq!(many.row, again.row);
        let set = "roas/adset/2026-03-01/2026-03-31/USD/total";
        assert_eq!(
            ExplainNumber::of_id(set).unwrap().id(),
            set.replace("adset", "ad_set")
        );
        for wrong in [
            "",
            "roas",
            "roas/campaign/2026-03-01/x/USD/total",
            "a/b/c/d/e/f/g",
        ] {
            assert!(ExplainNumber::of_id(wrong).is_err(), "{wrong}");
        }
    }
}
