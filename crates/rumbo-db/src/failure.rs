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
    // A SQLSTATE has five characters, and SQLite's numbers have fewer digits: 42501 is not 5.
    let primary = (code.len() < 5)
        .then(|| code.parse::<u32>().ok())
        .flatten()
        .map(|extended| extended & 0xff);
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
        (_, "3D000") => Error::new(
            Code::InvalidInput,
            "The PostgreSQL server has no such database. Create it there, or correct the address.",
        )
        .reason(Reason::DatabaseMissing),
        (_, "28000" | "28P01") => Error::new(
            Code::InvalidInput,
            "The PostgreSQL server does not let this user in. Check the user and the password of the address.",
        )
        .reason(Reason::DatabaseUserRefused),
        (_, "22003") => Error::too_large(),
        // A sum, which has no result code of its own.
        (Some(1), _) if error.to_string().contains("integer overflow") => Error::too_large(),
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

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions as _;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_sum_that_does_not_fit_is_no_accident() {
        testing::on_both(|test| async move {
            let text = "SELECT CAST(SUM(x.a) AS BIGINT) FROM (SELECT 9223372036854775807 AS a UNION ALL SELECT 1 AS a) x";
            // Its folder lives as long as the whole of it.
            let test = &test;
            let mut tx = test.db.read_registry().await.unwrap();
            let sum: Result<i64> = crate::on_tx!(&mut tx, |c| sqlx::query_scalar(text)
                .fetch_one(c)
                .await)
            .db();
            assert_eq!(sum.unwrap_err().reason_id(), Some(Reason::AmountTooLarge));
        })
        .await;
    }

    /// What a mistyped address comes to says so, and is no accident inside of Rumbo.
    #[tokio::test]
    async fn an_address_that_leads_nowhere_says_what_is_wrong_with_it() {
        let options = testing::empty_schema().await;
        let reason = async |options: sqlx::postgres::PgConnectOptions| {
            options
                .connect()
                .await
                .db()
                .err()
                .and_then(|e| e.reason_id())
        };
        assert_eq!(
            reason(options.clone().database("no_such_database_of_rumbo")).await,
            Some(Reason::DatabaseMissing)
        );
        let stranger = reason(options.username("no_such_user_of_rumbo")).await;
        assert_eq!(stranger, Some(Reason::DatabaseUserRefused));
    }
}
