//! What `rumbo doctor` looks at. It changes nothing but a secret of no meaning in the vault, which
//! it takes away again.

use rumbo_base::{Code, DateRange, Error, Reason, Result, Told};

use crate::wire::{Connection, ConnectionState, DoctorCheck};
use crate::{Context, connection};

/// Less free space than this is worth a word.
const LITTLE_SPACE: u64 = 1 << 30;

pub(super) async fn examine(cx: &Context) -> Vec<DoctorCheck> {
    let mut checks = vec![disk(cx), database(cx).await, vault(cx).await];
    if cx.scope().is_err() {
        checks.push(warning(
            "workspace",
            told(Reason::NoWorkspace, "There is no workspace yet."),
            MAKE_WORKSPACE,
        ));
        return checks;
    }
    checks.push(sign_in(cx).await);
    checks.push(found(
        "sums",
        told(
            Reason::SumsAgree,
            "Campaign and account sums equal their ad-days.",
        ),
        sums(cx).await,
    ));
    checks.push(found(
        "credit",
        told(
            Reason::CreditAgrees,
            "Every lead, opportunity and sale is credited to the touch it should be.",
        ),
        credit(cx).await,
    ));
    checks.push(ledger(cx).await);
    checks
}

/// What to do, and the reason that the interface has words for.
type Fix = (Reason, &'static str);

const MAKE_WORKSPACE: Fix = (
    Reason::FixMakeWorkspace,
    "Make one: rumbo workspace create NAME",
);
const SEE_LOG: Fix = (Reason::FixSeeLog, "See the log for the cause.");
const REPORT_THIS: Fix = (
    Reason::FixReport,
    "Report this with the log: nothing that is stored is wrong because of it.",
);
const SYNC_FULL: Fix = (
    Reason::FixSyncFull,
    "Run: rumbo sync --full, and report this with the log.",
);
const FREE_SPACE: Fix = (
    Reason::FixFreeSpace,
    "Free some space: an upgrade needs twice the size of the data.",
);
const FOLDER: Fix = (
    Reason::FixFolder,
    "Check that it exists and that you may write to it.",
);
const RESTORE: Fix = (
    Reason::FixRestore,
    "Restore the last copy from the backups folder.",
);
const VAULT: Fix = (
    Reason::FixVault,
    "Unlock the keyring, or set RUMBO_VAULT=passphrase and RUMBO_PASSPHRASE.",
);
const UNLOCK: Fix = (Reason::FixUnlock, "Unlock the keyring, and try again.");
const CONNECT: Fix = (Reason::FixConnect, "Connect Meta, or: rumbo connect");
const CONNECT_AGAIN: Fix = (
    Reason::FixConnectAgain,
    "Connect Meta again, or: rumbo connect",
);

/// What a check found: its sentence, and what tells it in another language.
struct Finding {
    detail: String,
    told: Told,
}

impl Finding {
    fn param(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.told.params.insert(name.to_owned(), value.to_string());
        self
    }
}

fn told(reason: Reason, detail: impl Into<String>) -> Finding {
    Finding {
        detail: detail.into(),
        told: Told {
            reason: Some(reason),
            ..Told::default()
        },
    }
}

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        Self {
            detail: error.message().to_owned(),
            told: error.told(),
        }
    }
}

/// The last failure of the connection.
fn last_error(found: &Connection) -> Finding {
    Finding {
        detail: found.last_error.clone().unwrap_or_default(),
        told: Told {
            reason: found.last_error_reason,
            params: found.last_error_params.clone(),
        },
    }
}

fn ok(name: &str, found: Finding) -> DoctorCheck {
    DoctorCheck {
        name: name.to_owned(),
        outcome: "ok".to_owned(),
        detail: found.detail,
        reason: found.told.reason,
        params: found.told.params,
        fix: None,
        fix_reason: None,
    }
}

fn warning(name: &str, found: Finding, (reason, fix): Fix) -> DoctorCheck {
    DoctorCheck {
        outcome: "warning".to_owned(),
        fix: Some(fix.to_owned()),
        fix_reason: Some(reason),
        ..ok(name, found)
    }
}

fn failed(name: &str, found: Finding, fix: Fix) -> DoctorCheck {
    DoctorCheck {
        outcome: "failed".to_owned(),
        ..warning(name, found, fix)
    }
}

fn trouble(name: &str, error: &Error) -> DoctorCheck {
    failed(name, error.into(), SEE_LOG)
}

/// A check that counts differences.
fn found(name: &str, fine: Finding, differences: Result<usize>) -> DoctorCheck {
    match differences {
        Ok(0) => ok(name, fine),
        Ok(count) => failed(
            name,
            told(
                Reason::ValuesDiffer,
                format!("{count} stored values differ from what they are made of."),
            )
            .param("count", count),
            SYNC_FULL,
        ),
        Err(error) => trouble(name, &error),
    }
}

fn disk(cx: &Context) -> DoctorCheck {
    let folder = cx.app().data_dir();
    let path = folder.display();
    match fs4::available_space(folder) {
        Ok(free) => {
            let (amount, unit) = if free < LITTLE_SPACE {
                (free >> 20, "MB")
            } else {
                (free >> 30, "GB")
            };
            let found = told(
                Reason::DiskFree,
                format!("{amount} {unit} are free where the data is ({path})."),
            )
            .param("megabytes", free >> 20)
            .param("path", path);
            if free < LITTLE_SPACE {
                warning("disk_space", found, FREE_SPACE)
            } else {
                ok("disk_space", found)
            }
        }
        Err(error) => failed(
            "disk_space",
            told(
                Reason::DataFolderUnseen,
                format!("The data folder {path} cannot be looked at: {error}."),
            )
            .param("path", path),
            FOLDER,
        ),
    }
}

async fn database(cx: &Context) -> DoctorCheck {
    match cx.app.0.db.check().await {
        Ok(problems) if problems.is_empty() => {
            let schema = rumbo_db::schema_version();
            ok(
                "database",
                told(
                    Reason::DatabaseSound,
                    format!("The database is sound, schema {schema}."),
                )
                .param("schema", schema),
            )
        }
        Ok(problems) => {
            let problems = problems.join("; ");
            failed(
                "database",
                told(Reason::DatabaseDamaged, problems.clone()).param("problems", problems),
                RESTORE,
            )
        }
        Err(error) => trouble("database", &error),
    }
}

async fn vault(cx: &Context) -> DoctorCheck {
    match cx.app.0.vault.check().await {
        Ok(()) => {
            let kind = cx.app.vault_kind();
            ok(
                "vault",
                told(Reason::VaultKind, format!("Secrets are kept in: {kind}."))
                    .param("vault", kind),
            )
        }
        Err(error) => failed("vault", (&error).into(), VAULT),
    }
}

async fn sign_in(cx: &Context) -> DoctorCheck {
    // What is shown between two looks may be old: here the token itself is looked for.
    let found = match connection::look_again(cx).await {
        Ok(found) => found,
        Err(error) => return trouble("sign_in", &error),
    };
    if found.last_error_code == Some(Code::KeyringUnavailable) {
        return failed("sign_in", last_error(&found), UNLOCK);
    }
    match found.state {
        ConnectionState::Connected => {
            let name = found.user_name.unwrap_or_default();
            ok(
                "sign_in",
                told(Reason::SignedInAs, format!("Signed in at Meta as {name}."))
                    .param("name", name),
            )
        }
        ConnectionState::Missing if found.meta_user_id.is_some() => {
            failed("sign_in", last_error(&found), CONNECT_AGAIN)
        }
        ConnectionState::Missing => warning(
            "sign_in",
            told(Reason::NobodySignedIn, "Nobody is signed in at Meta."),
            CONNECT,
        ),
        ConnectionState::MissingScope => {
            let scopes: Vec<&str> = found.missing.iter().map(|m| m.scope.as_str()).collect();
            let scopes = scopes.join(", ");
            warning(
                "sign_in",
                told(
                    Reason::ScopesMissing,
                    format!("Permissions are missing: {scopes}."),
                )
                .param("scopes", scopes),
                CONNECT_AGAIN,
            )
        }
        ConnectionState::Expiring => {
            let days = found.days_left.unwrap_or(0);
            warning(
                "sign_in",
                told(
                    Reason::SignInEnding,
                    format!("The sign-in ends in {days} days."),
                )
                .param("days", days),
                CONNECT_AGAIN,
            )
        }
        ConnectionState::Expired | ConnectionState::Revoked => failed(
            "sign_in",
            told(
                Reason::SignInEnded,
                "The sign-in has ended. What is stored stays.",
            ),
            CONNECT_AGAIN,
        ),
    }
}

async fn sums(cx: &Context) -> Result<usize> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let parts = rumbo_ads::insights::check_part_sums(&mut tx, scope.workspace).await?;
    let sums = rumbo_ads::insights::check_sums(&mut tx, scope.workspace).await?;
    Ok(sums.len() + parts)
}

/// The days that the ledger is checked over.
const LEDGER_DAYS: u64 = 90;

/// Every account is its campaigns and what has a name beside them, under every model.
async fn ledger(cx: &Context) -> DoctorCheck {
    let faults = async {
        let scope = cx.scope()?;
        let to = cx.workspace().await?.timezone.day_of(scope.now());
        let from = to
            .checked_sub_days(chrono::Days::new(LEDGER_DAYS - 1))
            .unwrap_or(to);
        let range = DateRange::new(from, to)?;
        rumbo_insight::ledger_faults(scope, range).await
    };
    match faults.await {
        Ok(0) => ok(
            "ledger",
            told(
                Reason::LedgerAgrees,
                "Accounts equal their campaigns and named remainders, under every model.",
            ),
        ),
        Ok(count) => failed(
            "ledger",
            told(
                Reason::LedgerDiffers,
                format!("Sums of the reports that do not agree with one another: {count}."),
            )
            .param("count", count),
            REPORT_THIS,
        ),
        Err(error) => trouble("ledger", &error),
    }
}

async fn credit(cx: &Context) -> Result<usize> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    Ok(rumbo_crm::credit::check_credit(&mut tx, scope.workspace)
        .await?
        .len())
}
