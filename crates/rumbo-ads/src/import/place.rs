//! Where the rows of a file belong.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rumbo_base::{AdAccountId, Code, Currency, Error, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;
use rumbo_platform::table_file::fold;

use super::rows::{FileRow, Named, Parsed};
use super::{AdsMapping, invalid};
use crate::META;
use crate::objects::{AdAccountRow, FILE_ACCOUNT, accounts};

rumbo_db::statements! {
    CAMPAIGN_NAMES = "SELECT external_id, name FROM ad_campaigns WHERE workspace_id = $1 AND ad_account_id = $2";
    CAMPAIGN_HOLDER = "SELECT a.name FROM ad_campaigns o \
        JOIN ad_accounts a ON a.workspace_id = o.workspace_id AND a.id = o.ad_account_id \
        WHERE o.workspace_id = $1 AND o.platform = $2 AND o.external_id = $3 AND o.ad_account_id <> $4";
    AD_SET_HOLDER = "SELECT a.name FROM ad_sets o \
        JOIN ad_accounts a ON a.workspace_id = o.workspace_id AND a.id = o.ad_account_id \
        WHERE o.workspace_id = $1 AND o.platform = $2 AND o.external_id = $3 AND o.ad_account_id <> $4";
    AD_HOLDER = "SELECT a.name FROM ads o \
        JOIN ad_accounts a ON a.workspace_id = o.workspace_id AND a.id = o.ad_account_id \
        WHERE o.workspace_id = $1 AND o.platform = $2 AND o.external_id = $3 AND o.ad_account_id <> $4";
}

/// The account a file is of.
#[derive(Debug)]
pub(super) enum Chosen {
    Stored(Box<AdAccountRow>),
    /// One to be made, by what the file or the person calls it; perhaps nothing.
    New(Named),
}

/// The account a file is of: the one named, else the only one with the file's currency. One that
/// is not here is made, so that a second account can come in by file as the first did.
pub(super) async fn choose_account(
    tx: &mut Tx,
    scope: &Scope,
    mapping: &AdsMapping,
    parsed: &Parsed,
) -> Result<Chosen> {
    let stored = accounts(tx, scope.workspace).await?;
    let named = one_named(parsed.rows.iter().map(|row| &row.account))?;
    let fits = |row: &AdAccountRow| {
        parsed
            .currency
            .is_none_or(|currency| row.currency().is_ok_and(|own| own == currency))
    };
    let asked = mapping.account.as_deref().map(asked_for);
    if let Some(wanted) = asked.as_ref().or(named) {
        return match find(&stored, wanted) {
            Some(found) if fits(found) => Ok(Chosen::Stored(Box::new(found.clone()))),
            Some(found) => Err(other_currency(found, parsed)),
            // A name that a person wrote may be mistyped; a number is meant.
            None if asked.is_some() && wanted.id.is_none() => Err(Error::new(
                Code::NotFound,
                format!(
                    "There is no ad account \"{}\" here. Choose one of those that are, or give the account's number.",
                    wanted.name.as_deref().unwrap_or_default()
                ),
            )
            .reason(Reason::AccountUnknown)
            .param("account", wanted.name.as_deref().unwrap_or_default())
            .field("account")),
            None => Ok(Chosen::New(wanted.clone())),
        };
    }
    let mut fitting = stored.iter().filter(|row| fits(row));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(Chosen::Stored(Box::new(only.clone()))),
        (None, _) => Ok(Chosen::New(Named::default())),
        (Some(_), Some(_)) => Err(account_needed()),
    }
}

/// The account that the rows of a file name, if they do.
pub(crate) fn one_named<'a>(rows: impl Iterator<Item = &'a Named>) -> Result<Option<&'a Named>> {
    let named: BTreeSet<&Named> = rows.filter(|account| !account.is_nothing()).collect();
    if named.len() > 1 {
        return Err(invalid(
            "account",
            Reason::AccountsMixed,
            "The file holds rows of more than one ad account. Export one account at a time.",
        ));
    }
    Ok(named.first().copied())
}

/// A file may be of any of several accounts.
pub(crate) fn account_needed() -> Error {
    invalid(
        "account",
        Reason::AccountNeeded,
        "The workspace has several ad accounts and the file does not say which one it is of. Choose the account.",
    )
}

/// What a person wrote as the account: its number, with `act_` or without, or its name.
pub(crate) fn asked_for(text: &str) -> Named {
    let text = text.trim();
    let bare = text.strip_prefix("act_").unwrap_or(text);
    let number = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    Named {
        id: number.then(|| bare.to_owned()),
        name: (!number).then(|| text.to_owned()),
    }
}

/// By number, else by name: of a file that has the number too, only an account that an earlier
/// file without it has made.
pub(crate) fn find<'a>(stored: &'a [AdAccountRow], wanted: &Named) -> Option<&'a AdAccountRow> {
    let by_id = wanted
        .id
        .as_ref()
        .and_then(|id| stored.iter().find(|row| row.external_id == *id));
    by_id.or_else(|| {
        let name = fold(wanted.name.as_deref()?);
        stored
            .iter()
            .find(|row| fold(&row.name) == name && (wanted.id.is_none() || row.of_file()))
    })
}

/// Meta's number and the name of an account that is to be made. Without a number it gets an id of
/// ours that is the same next time.
pub(super) fn file_account(
    named: &Named,
    currency: Currency,
    stored: &[AdAccountRow],
) -> (String, String) {
    match (&named.id, &named.name) {
        (Some(id), name) => (id.clone(), name.clone().unwrap_or_else(|| id.clone())),
        (None, Some(name)) => (made("account", &[name]), name.clone()),
        (None, None) if stored.is_empty() => (FILE_ACCOUNT.to_owned(), "Ads Manager".to_owned()),
        (None, None) => (
            format!("{FILE_ACCOUNT}:{}", currency.code()),
            format!("Ads Manager ({})", currency.code()),
        ),
    }
}

fn other_currency(account: &AdAccountRow, parsed: &Parsed) -> Error {
    let file = parsed
        .currency
        .map(|c| c.code().to_owned())
        .unwrap_or_default();
    let own = account
        .currency()
        .map(|c| c.code().to_owned())
        .unwrap_or_default();
    invalid(
        "account",
        Reason::AccountOtherCurrency,
        format!(
            "The money of the file is {file}, and the ad account \"{}\" has {own}. Choose another account.",
            account.name
        ),
    )
    .param("currency", &file)
    .param("own", &own)
    .param("account", &account.name)
}

/// The ids under which a row is kept. Those of Meta where the file has them; made ones, that begin
/// with `file:`, where it names an object only, and for the part of a campaign or ad set that the
/// file does not break down by ad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub campaign: String,
    pub ad_set: String,
    pub ad: String,
}

/// Meta's ids of the campaigns of an account by folded name; more than one where a name is shared.
pub(super) async fn campaign_names(
    tx: &mut Tx,
    scope: &Scope,
    account: &AdAccountRow,
) -> Result<HashMap<String, Vec<String>>> {
    let rows = campaigns_of(tx, scope.workspace, account.id).await?;
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for (external, name) in rows {
        names.entry(fold(&name)).or_default().push(external);
    }
    Ok(names)
}

/// Id and name of every campaign of an account.
pub(crate) async fn campaigns_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<Vec<(String, String)>> {
    on_tx!(tx, |c| sqlx::query_as(CAMPAIGN_NAMES)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()
}

/// Refuses a file that names campaigns, ad sets or ads of another account: their figures would
/// count there by campaign and here by account, and nothing would add up.
pub(super) async fn refuse_other_accounts(
    tx: &mut Tx,
    scope: &Scope,
    account: AdAccountId,
    rows: impl Iterator<Item = (&FileRow, &Place)>,
) -> Result<()> {
    let mut asked: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (row, place) in rows {
        for (text, named, id) in [
            (CAMPAIGN_HOLDER, &row.campaign, &place.campaign),
            (AD_SET_HOLDER, &row.ad_set, &place.ad_set),
            (AD_HOLDER, &row.ad, &place.ad),
        ] {
            // Made ids begin with what they lie under.
            if named.id.is_none() || !asked.insert((text, id)) {
                continue;
            }
            let holder: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(text)
                .bind(scope.workspace)
                .bind(META)
                .bind(id)
                .bind(account)
                .fetch_optional(c)
                .await)
            .db()?;
            if let Some(holder) = holder {
                let name = named.name.as_deref().unwrap_or(id);
                return Err(invalid(
                    "account",
                    Reason::CampaignOfOtherAccount,
                    format!(
                        "\"{name}\" (row {}) is of the ad account \"{holder}\". Choose that account for the file.",
                        row.number
                    ),
                )
                .param("name", name)
                .param("row", row.number)
                .param("account", &holder));
            }
        }
    }
    Ok(())
}

/// Finds the place of every row, and refuses what cannot be told apart: two campaigns of one name,
/// and two rows of one ad and day.
pub(super) fn places(
    rows: &[FileRow],
    account: &AdAccountRow,
    known: &HashMap<String, Vec<String>>,
) -> Result<Vec<Place>> {
    let mut taken: BTreeMap<(chrono::NaiveDate, String), &FileRow> = BTreeMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let place = place(row, account, known)?;
        if let Some(other) = taken.insert((row.day, place.ad.clone()), row) {
            return Err(twice(other, row));
        }
        found.push(place);
    }
    Ok(found)
}

fn place(
    row: &FileRow,
    account: &AdAccountRow,
    known: &HashMap<String, Vec<String>>,
) -> Result<Place> {
    let campaign = match &row.campaign {
        Named { id: Some(id), .. } => id.clone(),
        Named { name, .. } => {
            let name = name.as_deref().unwrap_or_default();
            match known.get(&fold(name)).map(Vec::as_slice) {
                // Two accounts may each have a campaign of this name.
                None | Some([]) => made("campaign", &[&account.external_id, name]),
                Some([only]) => only.clone(),
                // Meta's own, and the one that an earlier file made before Meta's was here: what
                // that file said is said again.
                Some([one, other]) if is_made(one) != is_made(other) => {
                    if is_made(one) { one } else { other }.clone()
                }
                Some(_) => {
                    return Err(invalid(
                        "campaign_id",
                        Reason::CampaignUnclear,
                        format!(
                            "Several campaigns are called \"{name}\" (row {}). Export again with the column Campaign ID.",
                            row.number
                        ),
                    )
                    .param("name", name)
                    .param("row", row.number));
                }
            }
        }
    };
    let ad_set = match &row.ad_set {
        Named { id: Some(id), .. } => id.clone(),
        Named {
            name: Some(name), ..
        } => made("ad_set", &[&campaign, name]),
        Named { .. } => made("ad_set", &[&campaign]),
    };
    let ad = match &row.ad {
        Named { id: Some(id), .. } => id.clone(),
        Named {
            name: Some(name), ..
        } => made("ad", &[&ad_set, name]),
        Named { .. } => made("ad", &[&ad_set]),
    };
    Ok(Place {
        campaign,
        ad_set,
        ad,
    })
}

/// An id of ours: the same for the same names.
fn made(kind: &str, names: &[&str]) -> String {
    let key: Vec<String> = names.iter().map(|name| fold(name)).collect();
    format!(
        "file:{kind}:{:016x}",
        xxhash_rust::xxh3::xxh3_64(key.join("\u{1f}").as_bytes())
    )
}

fn is_made(id: &str) -> bool {
    id.starts_with("file:")
}

fn twice(one: &FileRow, other: &FileRow) -> Error {
    let (first, second) = (one.number, other.number);
    if other.ad.id.is_some() || other.campaign.id.is_some() {
        return invalid(
            "day",
            Reason::RowsOfOneDay,
            format!(
                "Rows {first} and {second} are of the same ad and day. Export again without further breakdowns, such as age or placement."
            ),
        )
        .param("first", first)
        .param("second", second);
    }
    let name = other.campaign.name.as_deref().unwrap_or_default();
    invalid(
        "campaign_id",
        Reason::RowsOfOneName,
        format!(
            "Rows {first} and {second} are of the same day and of \"{name}\". If two campaigns share this name, export again with the column Campaign ID; otherwise without further breakdowns."
        ),
    )
    .param("first", first)
    .param("second", second)
    .param("name", name)
}
