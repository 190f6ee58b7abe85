//! Database failures, sorted by what a person can do about them.

use rumbo_base::{Code, Error, Reason, Result};

/// Turns a driver's error into ours.
pub trait DbResultExt<T> {
    /// # Errors
    /// `DiskFull`, `DataFolderBusy`, `DataCorrupt`, `Conflict`, `Offline`, or `Internal`.
    fn db(self) -> Result<T>;
}

impl<T> DbResultExt<T> for std::result::Result<T, sqlx::Error> {
    fn db(self) -> Result<T> {
        self.map_err(classify)
    }
}

fn classify(error: sqlx::Error) -> Error {
    let code = match &error {
        sqlx::Error::Database(db) => db
            .code()
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default(),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
            return Error::new(
                Code::Offline,
                "The database cannot be reached. Check the connection and try again.",
            )
            .reason(Reason::DatabaseUnreachable)
            .source(error);
        }
        _ => return Error::internal(error),
    };
    // SQLite gives extended result codes as decimal text (https://sqlite.org/rescode.html),
    // PostgreSQL gives SQLSTATE.
    let primary = code.parse::<u32>().ok().map(|extended| extended & 0xff);
    match (primary, code.as_str()) {
        (Some(13), _) | (_, "53100") => Error::new(
            Code::DiskFull,
            "The disk is full. Nothing was half-written. Free some space and try again.",
        ),
        (Some(5 | 6), _) | (_, "55P03") => busy(),
        (Some(11 | 26), _) => Error::new(
            Code::DataCorrupt,
            "The data file is damaged. Restore the last backup from the backups folder.",
        ),
        (Some(8), _) | (_, "25006") => Error::new(
            Code::InvalidInput,
            "The data folder cannot be written to. Check its permissions.",
        )
        .reason(Reason::DataFolderReadOnly),
        (Some(19), _) | (_, "23505" | "23503" | "40001" | "40P01") => Error::new(
            Code::Conflict,
            "This changed or exists already. Look again and retry.",
        )
        .reason(Reason::ChangedMeanwhile),
        _ => return Error::internal(error),
    }
    .source(error)
}

pub(crate) fn busy() -> Error {
    Error::new(
        Code::DataFolderBusy,
        "Another program is writing to this data. Close it or wait a moment, then try again.",
    )
}
