//! Workspaces: one business each, the unit of isolation.

mod backup;
mod delete;
mod settings;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rumbo_base::{
    Clock, Code, Currency, Entropy, Error, Reason, Result, RoleId, TimeZone, UserId, WorkspaceId,
};
use rumbo_db::Tx;

use crate::access::BUILT_IN_ROLES;

pub use backup::back_up;
pub use delete::{STATEMENTS as DELETE_STATEMENTS, confirm, delete};
pub use settings::{AttributionSettings, MetaAppSettings, SendingSettings, Settings};
pub use store::{
    STATEMENTS, find, list, rename_user, save_settings, set_archived, set_currency, update,
    user_name,
};

/// A workspace as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    pub id: WorkspaceId,
    /// Lower case, unique in the store.
    pub slug: String,
    pub name: String,
    /// Whether it is the sample workspace, played by the sandbox.
    pub sample: bool,
    /// `en`, `es`, `pt`, or with a region such as `es-AR`.
    pub locale: String,
    /// Reporting time zone.
    pub timezone: TimeZone,
    /// Reporting currency; `None` until chosen, by hand or by the first ad account.
    pub currency: Option<Currency>,
    /// ISO 3166 two-letter code, for phone numbers written without a prefix.
    pub phone_region: Option<String>,
    pub settings: Settings,
    pub archived_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

impl Workspace {
    /// The currency to report in: the one chosen, else the US dollar.
    pub fn reporting_currency(&self) -> Currency {
        self.currency.unwrap_or(Currency::USD)
    }
}

/// What a new workspace is made of.
#[derive(Clone, Debug, Default)]
pub struct NewWorkspace {
    pub name: String,
    pub sample: bool,
    pub currency: Option<String>,
    pub timezone: Option<String>,
    pub locale: Option<String>,
}

/// Languages that the interface, templates and defaults come in.
pub const LANGUAGES: [&str; 3] = ["en", "es", "pt"];

/// Makes a workspace with its six built-in roles and its owner, who is super_admin.
///
/// # Errors
/// `InvalidInput` for an empty or overlong name, an unknown currency, zone or language.
pub async fn create(
    tx: &mut Tx,
    clock: &Clock,
    entropy: &Entropy,
    new: NewWorkspace,
) -> Result<Workspace> {
    let name = valid_name(&new.name)?;
    let timezone = new
        .timezone
        .as_deref()
        .map_or(Ok(TimeZone::UTC), str::parse)?;
    let currency = new
        .currency
        .as_deref()
        .map(str::parse::<Currency>)
        .transpose()?;
    let locale = valid_locale(new.locale.as_deref().unwrap_or("en"))?;
    let now = clock.now();
    let workspace = Workspace {
        id: entropy.id(now),
        slug: free_slug(tx, &name).await?,
        name,
        sample: new.sample,
        phone_region: region_of(&locale),
        locale,
        timezone,
        currency,
        settings: Settings {
            // The sandbox answers at once and has no limits to save.
            breakdowns: if new.sample {
                rumbo_base::Breakdown::ALL.to_vec()
            } else {
                Vec::new()
            },
            ..Settings::default()
        },
        archived_at: None,
        updated_at: now,
    };
    let owner = store::owner(tx, entropy.id(now), &workspace.locale, now).await?;
    store::insert(tx, &workspace, owner, now).await?;
    tx.enter(workspace.id).await?;
    for (role, level) in BUILT_IN_ROLES {
        let id: RoleId = entropy.id(now);
        store::insert_role(tx, workspace.id, id, role, level, now).await?;
        if role == OWNER_ROLE {
            store::insert_membership(tx, workspace.id, owner, id, now).await?;
        }
    }
    Ok(workspace)
}

const OWNER_ROLE: &str = "super_admin";

/// The person of a machine without sign-in: the owner of every workspace made on it.
///
/// # Errors
/// When the store cannot be read.
pub async fn local_owner(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<UserId>> {
    store::local_member(tx, workspace).await
}

/// Checks a workspace's name.
///
/// # Errors
/// `InvalidInput` when it is empty or longer than 120 characters.
pub fn valid_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::new(
            Code::InvalidInput,
            "A workspace needs a name of 1 to 120 characters.",
        )
        .reason(Reason::NameLength)
        .param("longest", 120)
        .field("name"));
    }
    Ok(name.to_owned())
}

/// Checks a locale and brings it to the form `es` or `es-AR`.
///
/// # Errors
/// `InvalidInput` for a language Rumbo does not speak.
pub fn valid_locale(locale: &str) -> Result<String> {
    let normal = locale.trim().replace('_', "-");
    let (language, region) = normal.split_once('-').unwrap_or((&normal, ""));
    let language = language.to_ascii_lowercase();
    let region = region.to_ascii_uppercase();
    let region_ok =
        region.is_empty() || (region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase()));
    if !LANGUAGES.contains(&language.as_str()) || !region_ok {
        return Err(Error::new(
            Code::InvalidInput,
            format!("\"{locale}\" is not a language Rumbo speaks. Use en, es or pt, or with a region such as es-AR."),
        )
        .reason(Reason::ValueUnknown)
        .param("value", locale)
        .param("choices", LANGUAGES.join(", "))
        .field("locale"));
    }
    Ok(if region.is_empty() {
        language
    } else {
        format!("{language}-{region}")
    })
}

fn region_of(locale: &str) -> Option<String> {
    locale.split_once('-').map(|(_, region)| region.to_owned())
}

async fn free_slug(tx: &mut Tx, name: &str) -> Result<String> {
    let base = slug(name);
    for number in 1..10_000 {
        let candidate = if number == 1 {
            base.clone()
        } else {
            format!("{base}-{number}")
        };
        if !store::slug_taken(tx, &candidate).await? {
            return Ok(candidate);
        }
    }
    Err(Error::new(
        Code::Conflict,
        "There are too many workspaces of this name. Choose another.",
    )
    .reason(Reason::NameTaken)
    .param("name", name)
    .field("name"))
}

/// Lower-case letters, digits and hyphens; accents are dropped.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        let plain = match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "workspace".to_owned()
    } else {
        slug.chars().take(60).collect()
    }
}
