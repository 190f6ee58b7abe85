//! Where the rows of a file belong.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rumbo_base::{Code, Error, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;
use rumbo_platform::table_file::fold;

use super::rows::{FileRow, Named, Parsed};
use super::{AdsMapping, invalid};
use crate::objects::{AdAccountRow, accounts};

rumbo_db::statements! {
    CAMPAIGN_NAMES = "SELECT external_id, name FROM ad_campaigns WHERE workspace_id = $1 AND ad_account_id = $2";
}

/// The account that a file makes when the workspace has none.
pub(super) const FILE_ACCOUNT: &str = "file";

/// The account a file is of; `None` when there is none and one is to be made.
pub(super) async fn choose_account(
    tx: &mut Tx,
    scope: &Scope,
    mapping: &AdsMapping,
    parsed: &Parsed,
) -> Result<Option<AdAccountRow>> {
    let stored = accounts(tx, scope.workspace).await?;
    let named: BTreeSet<&String> = parsed
        .rows
        .iter()
        .filter_map(|row| row.account.as_ref())
        .collect();
    if named.len() > 1 {
        return Err(invalid(
            "account",
            "The file holds rows of more than one ad account. Export one account at a time."
                .to_owned(),
        ));
    }
    let wanted = mapping.account.as_ref().or_else(|| named.first().copied());
    let fits = |row: &AdAccountRow| {
        parsed
            .currency
            .is_none_or(|currency| row.currency().is_ok_and(|own| own == currency))
    };
    if let Some(wanted) = wanted {
        let bare = wanted.trim().trim_start_matches("act_");
        let found = stored
            .iter()
            .find(|row| row.external_id == bare)
            .or_else(|| stored.iter().find(|row| fold(&row.name) == fold(wanted)));
        let Some(found) = found else {
            if mapping.account.is_none() && stored.is_empty() {
                return Ok(None);
            }
            return Err(Error::new(
                Code::NotFound,
                format!("There is no ad account \"{wanted}\" here. Choose the account that the file is of."),
            )
            .field("account"));
        };
        if !fits(found) {
            return Err(other_currency(found, parsed));
        }
        return Ok(Some(found.clone()));
    }
    let mut fitting = stored.iter().filter(|row| fits(row));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(Some(only.clone())),
        (None, _) if stored.is_empty() => Ok(None),
        (None, _) => match stored.first() {
            Some(first) => Err(other_currency(first, parsed)),
            None => Ok(None),
        },
        (Some(_), Some(_)) => Err(invalid(
            "account",
            "The workspace has several ad accounts and the file does not say which one it is of. Choose the account.".to_owned(),
        )),
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
        format!(
            "The money of the file is {file}, and the ad account \"{}\" has {own}. Choose another account.",
            account.name
        ),
    )
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
    let rows: Vec<(String, String)> = on_tx!(tx, |c| sqlx::query_as(CAMPAIGN_NAMES)
        .bind(scope.workspace)
        .bind(account.id)
        .fetch_all(c)
        .await)
    .db()?;
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for (external, name) in rows {
        names.entry(fold(&name)).or_default().push(external);
    }
    Ok(names)
}

/// Finds the place of every row, and refuses what cannot be told apart: two campaigns of one name,
/// and two rows of one ad and day.
pub(super) fn places(rows: &[FileRow], known: &HashMap<String, Vec<String>>) -> Result<Vec<Place>> {
    let mut taken: BTreeMap<(chrono::NaiveDate, String), &FileRow> = BTreeMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let place = place(row, known)?;
        if let Some(other) = taken.insert((row.day, place.ad.clone()), row) {
            return Err(twice(other, row));
        }
        found.push(place);
    }
    Ok(found)
}

fn place(row: &FileRow, known: &HashMap<String, Vec<String>>) -> Result<Place> {
    let campaign = match &row.campaign {
        Named { id: Some(id), .. } => id.clone(),
        Named { name, .. } => {
            let name = name.as_deref().unwrap_or_default();
            match known.get(&fold(name)).map(Vec::as_slice) {
                None | Some([]) => made("campaign", &[name]),
                Some([only]) => only.clone(),
                Some(_) => {
                    return Err(invalid(
                        "campaign_id",
                        format!(
                            "Several campaigns are called \"{name}\" (row {}). Export again with the column Campaign ID.",
                            row.number
                        ),
                    ));
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

fn twice(one: &FileRow, other: &FileRow) -> Error {
    let (first, second) = (one.number, other.number);
    if other.ad.id.is_some() || other.campaign.id.is_some() {
        return invalid(
            "day",
            format!(
                "Rows {first} and {second} are of the same ad and day. Export again without further breakdowns, such as age or placement."
            ),
        );
    }
    let name = other.campaign.name.as_deref().unwrap_or_default();
    invalid(
        "campaign_id",
        format!(
            "Rows {first} and {second} are of the same day and of \"{name}\". If two campaigns share this name, export again with the column Campaign ID; otherwise without further breakdowns."
        ),
    )
}
