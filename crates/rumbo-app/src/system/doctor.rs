//! What `rumbo doctor` looks at. It changes nothing but a secret of no meaning in the vault, which
//! it takes away again.

use rumbo_base::{Code, Error, Result};

use crate::wire::{ConnectionState, DoctorCheck};
use crate::{Context, connection};

/// Less free space than this is worth a word.
const LITTLE_SPACE: u64 = 1 << 30;

pub(super) async fn examine(cx: &Context) -> Vec<DoctorCheck> {
    let mut checks = vec![disk(cx), database(cx).await, vault(cx).await];
    if cx.scope().is_err() {
        checks.push(warning(
            "workspace",
            "There is no workspace yet.",
            "Make one: rumbo workspace create NAME",
        ));
        return checks;
    }
    checks.push(sign_in(cx).await);
    checks.push(found(
        "sums",
        "Campaign and account sums equal their ad-days.",
        sums(cx).await,
    ));
    checks.push(found(
        "credit",
        "Every lead, opportunity and sale is credited to the touch it should be.",
        credit(cx).await,
    ));
    checks
}

fn ok(name: &str, detail: impl Into<String>) -> DoctorCheck {
    DoctorCheck {
        name: name.to_owned(),
        outcome: "ok".to_owned(),
        detail: detail.into(),
        fix: None,
    }
}

fn warning(name: &str, detail: impl Into<String>, fix: &str) -> DoctorCheck {
    DoctorCheck {
        name: name.to_owned(),
        outcome: "warning".to_owned(),
        detail: detail.into(),
        fix: Some(fix.to_owned()),
    }
}

fn failed(name: &str, detail: impl Into<String>, fix: &str) -> DoctorCheck {
    DoctorCheck {
        outcome: "failed".to_owned(),
        ..warning(name, detail, fix)
    }
}

fn trouble(name: &str, error: &Error) -> DoctorCheck {
    failed(name, error.message(), "See the log for the cause.")
}

/// A check that counts differences.
fn found(name: &str, fine: &str, differences: Result<usize>) -> DoctorCheck {
    match differences {
        Ok(0) => ok(name, fine),
        Ok(count) => failed(
            name,
            format!("{count} stored values differ from what they are made of."),
            "Run: rumbo sync --full, and report this with the log.",
        ),
        Err(error) => trouble(name, &error),
    }
}

fn disk(cx: &Context) -> DoctorCheck {
    let folder = cx.app().data_dir();
    match fs4::available_space(folder) {
        Ok(free) if free < LITTLE_SPACE => warning(
            "disk_space",
            format!(
                "{} MB are free where the data is ({}).",
                free >> 20,
                folder.display()
            ),
            "Free some space: an upgrade needs twice the size of the data.",
        ),
        Ok(free) => ok(
            "disk_space",
            format!(
                "{} GB are free where the data is ({}).",
                free >> 30,
                folder.display()
            ),
        ),
        Err(error) => failed(
            "disk_space",
            format!(
                "The data folder {} cannot be looked at: {error}.",
                folder.display()
            ),
            "Check that it exists and that you may write to it.",
        ),
    }
}

async fn database(cx: &Context) -> DoctorCheck {
    match cx.app.0.db.check().await {
        Ok(problems) if problems.is_empty() => ok(
            "database",
            format!(
                "The database is sound, schema {}.",
                rumbo_db::schema_version()
            ),
        ),
        Ok(problems) => failed(
            "database",
            problems.join("; "),
            "Restore the last copy from the backups folder.",
        ),
        Err(error) => trouble("database", &error),
    }
}

async fn vault(cx: &Context) -> DoctorCheck {
    match cx.app.0.vault.check().await {
        Ok(()) => ok(
            "vault",
            format!("Secrets are kept in: {}.", cx.app.vault_kind()),
        ),
        Err(error) => failed(
            "vault",
            error.message(),
            "Unlock the keyring, or set RUMBO_VAULT=passphrase and RUMBO_PASSPHRASE.",
        ),
    }
}

async fn sign_in(cx: &Context) -> DoctorCheck {
    // What is shown between two looks may be old: here the token itself is looked for.
    match connection::look_again(cx).await {
        Err(error) => trouble("sign_in", &error),
        Ok(found) if found.last_error_code == Some(Code::KeyringUnavailable) => failed(
            "sign_in",
            found.last_error.unwrap_or_default(),
            "Unlock the keyring, and try again.",
        ),
        Ok(found) => match found.state {
            ConnectionState::Connected => ok(
                "sign_in",
                format!(
                    "Signed in at Meta as {}.",
                    found.user_name.unwrap_or_default()
                ),
            ),
            ConnectionState::Missing if found.meta_user_id.is_some() => failed(
                "sign_in",
                found.last_error.unwrap_or_default(),
                "Connect Meta again, or: rumbo connect",
            ),
            ConnectionState::Missing => warning(
                "sign_in",
                "Nobody is signed in at Meta.",
                "Connect Meta, or: rumbo connect",
            ),
            ConnectionState::MissingScope => warning(
                "sign_in",
                format!(
                    "Permissions are missing: {}.",
                    found
                        .missing
                        .iter()
                        .map(|m| m.scope.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                "Ask Meta for them: connect again.",
            ),
            ConnectionState::Expiring => warning(
                "sign_in",
                format!("The sign-in ends in {} days.", found.days_left.unwrap_or(0)),
                "Connect again before then.",
            ),
            ConnectionState::Expired | ConnectionState::Revoked => failed(
                "sign_in",
                "The sign-in has ended. What is stored stays.",
                "Connect again.",
            ),
        },
    }
}

async fn sums(cx: &Context) -> Result<usize> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    Ok(rumbo_ads::insights::check_sums(&mut tx, scope.workspace)
        .await?
        .len())
}

async fn credit(cx: &Context) -> Result<usize> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    Ok(rumbo_crm::credit::check_credit(&mut tx, scope.workspace)
        .await?
        .len())
}
