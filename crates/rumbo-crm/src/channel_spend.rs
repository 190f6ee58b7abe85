//! What was spent outside the ad accounts: on other platforms, on messages, on agencies and fees.
//!
//! It comes from people and their files, by day, platform and campaign. Nothing is lost: a correction
//! leaves the version it replaced, and a row that was taken away stays, marked. What Meta says was
//! spent is never entered here: it would count twice.

mod list;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    ChannelSpendId, Code, Currency, DateRange, Error, ImportId, Micros, Reason, Result, TimeZone,
    WorkspaceId, allocate,
};
use rumbo_db::Tx;
use rumbo_platform::table_file::fold;
use rumbo_platform::{Scope, workspaces};

use crate::input::{Change, invalid, not_found, short_text};

pub use list::{
    ReplacedSpend, STATEMENTS as LIST_STATEMENTS, SpendFilter, SpendRow, SpendSum, list, row, sums,
};
pub use store::STATEMENTS;
pub(crate) use store::{insert, with_external_ids, with_ids, write};

/// The platforms that have names in every language; others are the business's own words.
pub const PLATFORMS: [&str; 7] = [
    "google_ads",
    "tiktok_ads",
    "sms",
    "email",
    "agency",
    "fee",
    "other",
];

/// The most days that one amount is spread over.
pub const MOST_DAYS: i64 = 366;

/// The first day that anything can have been spent on.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The longest name of a campaign and the longest note, in characters.
const LONGEST_CAMPAIGN: usize = 200;
const LONGEST_NOTE: usize = 500;

/// What was spent on a platform's campaign on a day, as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ChannelSpend {
    pub id: ChannelSpendId,
    /// A day of the workspace's time zone.
    pub day: NaiveDate,
    /// One of [`PLATFORMS`], or a word of the business's own.
    pub platform: String,
    /// Empty for none.
    pub campaign: String,
    pub note: Option<String>,
    /// Never below zero. 0 says that it is known that nothing was spent.
    pub amount_micros: Micros,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    /// Of a row of a file: what tells it from all others.
    pub external_id: Option<String>,
    /// The import that brought it, or changed it last; `None` where it was entered by hand.
    pub import_id: Option<ImportId>,
    /// When it was taken away.
    pub removed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Something to enter.
#[derive(Clone, Debug)]
pub struct NewSpend {
    /// The amount is spread over them evenly, to the coin.
    pub days: DateRange,
    pub platform: String,
    pub campaign: Option<String>,
    pub note: Option<String>,
    /// Of all days together.
    pub amount: Micros,
    pub currency: Currency,
}

/// What to change of a row. What is left out stays.
#[derive(Clone, Debug, Default)]
pub struct SpendChange {
    pub day: Option<NaiveDate>,
    pub platform: Option<String>,
    pub campaign: Change<String>,
    pub note: Change<String>,
    pub amount: Option<Micros>,
    pub currency: Option<Currency>,
}

/// A platform as it is stored: letters, digits and underscores, with the usual names as one word.
///
/// # Errors
/// `InvalidInput` for a name that cannot be kept, or for Meta, whose figures are its own.
pub fn platform(text: &str) -> Result<String> {
    let word: String = fold(text)
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let parts: Vec<&str> = word.split('_').filter(|part| !part.is_empty()).collect();
    let word = parts.join("_");
    let known = match word.as_str() {
        "" => {
            return Err(invalid(
                "platform",
                Reason::ValueMissing,
                "Say on which platform it was spent, such as google_ads.",
            ));
        }
        "meta" | "meta_ads" | "facebook" | "facebook_ads" | "fb" | "fb_ads" | "instagram"
        | "instagram_ads" => {
            return Err(invalid(
                "platform",
                Reason::SpendOfMeta,
                "What was spent at Meta comes from Meta's own figures. Connect the ad account, or import an export of Ads Manager.",
            ));
        }
        "google" | "adwords" | "google_adwords" => "google_ads",
        "tiktok" => "tiktok_ads",
        "mail" | "e_mail" | "correo" | "correo_electronico" | "email_marketing" => "email",
        "agencia" => "agency",
        "fees" | "comision" | "comisiones" | "comissao" | "taxa" | "taxas" => "fee",
        "otro" | "otros" | "outro" | "outros" | "others" => "other",
        own => own,
    };
    let fine = known.len() <= 40
        && known
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fine {
        return Err(invalid(
            "platform",
            Reason::PlatformInvalid,
            format!(
                "\"{text}\" cannot be the name of a platform. Use up to 40 letters, digits and underscores."
            ),
        )
        .param("value", text));
    }
    Ok(known.to_owned())
}

/// What a row has to be, whoever says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    today: NaiveDate,
}

impl Rules {
    /// Of a workspace whose days are those of `zone`.
    pub fn at(now: DateTime<Utc>, zone: TimeZone) -> Self {
        Self {
            today: zone.day_of(now),
        }
    }

    async fn of(tx: &mut Tx, scope: &Scope) -> Result<Self> {
        let workspace = workspaces::find(tx, scope.workspace)
            .await?
            .ok_or_else(|| not_found("workspace"))?;
        Ok(Self::at(scope.now(), workspace.timezone))
    }

    /// # Errors
    /// `InvalidInput` for a day that has not come, or came too long ago.
    pub fn day(self, day: NaiveDate) -> Result<()> {
        let today = self.today;
        if day > today {
            return Err(invalid(
                "day",
                Reason::SpendAhead,
                format!("{day} has not come yet: today is {today}. Enter what was spent, not what is planned."),
            )
            .param("day", day)
            .param("today", today));
        }
        if day < FIRST_DAY {
            return Err(invalid(
                "day",
                Reason::SpendTooEarly,
                format!("{day} lies before {FIRST_DAY}. Check the year."),
            )
            .param("day", day)
            .param("first", FIRST_DAY));
        }
        Ok(())
    }

    /// # Errors
    /// `InvalidInput` for an amount below zero or too large. Fractions of a coin are kept: platforms bill in them.
    pub fn amount(amount: Micros) -> Result<()> {
        if amount < Micros::ZERO {
            return Err(invalid(
                "amount",
                Reason::SpendNegative,
                "An amount spent cannot be below zero. Where a credit note gives money back, lower the amount of its day: what it was before is kept.",
            ));
        }
        amount.of_one().map_err(|error| error.field("amount"))
    }

    /// The name of a campaign as it is stored.
    pub fn campaign(text: Option<&str>) -> Result<String> {
        let text = short_text("campaign", text.unwrap_or_default(), LONGEST_CAMPAIGN)?;
        Ok(text.unwrap_or_default())
    }

    /// A note as it is stored.
    pub fn note(text: Option<&str>) -> Result<Option<String>> {
        short_text("note", text.unwrap_or_default(), LONGEST_NOTE)
    }
}

/// Enters what was spent: one row for each day, which together have the amount.
///
/// # Errors
/// `InvalidInput` naming what cannot be used.
pub async fn add(tx: &mut Tx, scope: &Scope, new: NewSpend) -> Result<Vec<SpendRow>> {
    let rules = Rules::of(tx, scope).await?;
    let count = new.days.days();
    if count > MOST_DAYS {
        return Err(Error::new(
            Code::InvalidInput,
            format!("{count} days are not possible here. Use 1 to {MOST_DAYS}."),
        )
        .reason(Reason::NumberOutOfRange)
        .param("value", count)
        .param("least", 1)
        .param("most", MOST_DAYS)
        .field("to"));
    }
    rules.day(new.days.from)?;
    rules.day(new.days.to).map_err(|error| {
        // One day is its own first and last.
        let field = if count == 1 { "day" } else { "to" };
        error.field(field)
    })?;
    Rules::amount(new.amount)?;
    let platform = platform(&new.platform)?;
    let campaign = Rules::campaign(new.campaign.as_deref())?;
    let note = Rules::note(new.note.as_deref())?;
    let now = scope.now();
    let weights = vec![1; usize::try_from(count).unwrap_or(1)];
    let parts = allocate(new.amount, &weights, new.currency);
    let rows: Vec<ChannelSpend> = new
        .days
        .iter()
        .zip(parts)
        .map(|(day, amount_micros)| ChannelSpend {
            id: scope.id(),
            day,
            platform: platform.clone(),
            campaign: campaign.clone(),
            note: note.clone(),
            amount_micros,
            currency: new.currency,
            external_id: None,
            import_id: None,
            removed_at: None,
            created_at: now,
            updated_at: now,
        })
        .collect();
    insert(tx, scope, &rows).await?;
    let mut made = Vec::with_capacity(rows.len());
    for spend in &rows {
        made.push(row(tx, scope.workspace, spend.id).await?);
    }
    Ok(made)
}

/// Corrects a row. What it said before is kept as a version.
///
/// # Errors
/// `NotFound`, also for a row that was taken away; `InvalidInput` naming what cannot be used.
pub async fn change(
    tx: &mut Tx,
    scope: &Scope,
    id: ChannelSpendId,
    change: SpendChange,
) -> Result<SpendRow> {
    let stored = get(tx, scope.workspace, id).await?;
    if stored.removed_at.is_some() {
        return Err(not_found("spend"));
    }
    let mut spend = stored.clone();
    if let Some(day) = change.day {
        Rules::of(tx, scope).await?.day(day)?;
        spend.day = day;
    }
    if let Some(named) = &change.platform {
        spend.platform = platform(named)?;
    }
    let kept = Some(stored.campaign.clone());
    spend.campaign = Rules::campaign(change.campaign.over(kept).as_deref())?;
    spend.note = Rules::note(change.note.over(stored.note.clone()).as_deref())?;
    if let Some(amount) = change.amount {
        Rules::amount(amount)?;
        spend.amount_micros = amount;
    }
    spend.currency = change.currency.unwrap_or(stored.currency);
    keep(tx, scope, &stored, spend).await
}

/// Takes a row away. It stays as a version, and can be brought back.
///
/// # Errors
/// `NotFound`, also when it was taken away before.
pub async fn remove(tx: &mut Tx, scope: &Scope, id: ChannelSpendId) -> Result<SpendRow> {
    let stored = get(tx, scope.workspace, id).await?;
    if stored.removed_at.is_some() {
        return Err(not_found("spend"));
    }
    let spend = ChannelSpend {
        removed_at: Some(scope.now()),
        ..stored.clone()
    };
    keep(tx, scope, &stored, spend).await
}

/// Brings a row back that was taken away; one that is there stays as it is.
///
/// # Errors
/// `NotFound`.
pub async fn restore(tx: &mut Tx, scope: &Scope, id: ChannelSpendId) -> Result<SpendRow> {
    let stored = get(tx, scope.workspace, id).await?;
    let spend = ChannelSpend {
        removed_at: None,
        ..stored.clone()
    };
    keep(tx, scope, &stored, spend).await
}

/// Writes what became of a row; touches nothing when nothing did.
async fn keep(
    tx: &mut Tx,
    scope: &Scope,
    stored: &ChannelSpend,
    spend: ChannelSpend,
) -> Result<SpendRow> {
    if *stored != spend {
        let spend = ChannelSpend {
            updated_at: scope.now(),
            ..spend
        };
        write(tx, scope, &spend).await?;
    }
    row(tx, scope.workspace, stored.id).await
}

async fn get(tx: &mut Tx, workspace: WorkspaceId, id: ChannelSpendId) -> Result<ChannelSpend> {
    store::find(tx, workspace, id)
        .await?
        .ok_or_else(|| not_found("spend"))
}
