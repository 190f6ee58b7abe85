//! SQL texts as named constants.

/// A named SQL text, listed for the test that prepares every one of them on both databases.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// `module::NAME`.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL. The same one, but for a counted few.
    pub postgres: &'static str,
}

impl Statement {
    /// Whether the two databases need different words here.
    pub fn differs(&self) -> bool {
        self.sqlite != self.postgres
    }
}

/// Names SQL texts and lists them in `STATEMENTS`.
///
/// `NAME = "...";` is one text for both databases. `NAME = sqlite: "...", postgres: "...";` is for
/// the few cases where they must differ (the `dialect` of docs/sql.md); such a constant is a
/// [`Statement`], from which [`crate::Tx::pick`] takes the right text.
#[macro_export]
macro_rules! statements {
    (@const $(#[$doc:meta])* $name:ident, $sql:expr) => {
        $(#[$doc])* const $name: &str = $sql;
    };
    (@const $(#[$doc:meta])* $name:ident, $sqlite:expr, $postgres:expr) => {
        $(#[$doc])* const $name: $crate::Statement = $crate::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $sqlite,
            postgres: $postgres,
        };
    };
    (@list $name:ident, $sql:expr) => {
        $crate::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $name,
            postgres: $name,
        }
    };
    (@list $name:ident, $sqlite:expr, $postgres:expr) => { $name };
    ($($(#[$doc:meta])* $name:ident = $(sqlite:)? $sql:expr $(, postgres: $postgres:expr)?;)+) => {
        $($crate::statements!(@const $(#[$doc])* $name, $sql $(, $postgres)?);)+

        /// Every SQL text of this module.
        pub const STATEMENTS: &[$crate::Statement] =
            &[$($crate::statements!(@list $name, $sql $(, $postgres)?)),+];
    };
}

/// Runs one body on whichever database the transaction (a `&mut Tx`) is of. Inside, `$c` is the driver's own
/// connection and `DB` its `sqlx::Database`.
#[macro_export]
macro_rules! on_tx {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut *$tx {
            $crate::Tx::Sqlite(inner) => {
                type DB = $crate::sqlx::Sqlite;
                const _: Option<DB> = None;
                let $c = &mut **inner;
                $body
            }
            $crate::Tx::Postgres(inner) => {
                type DB = $crate::sqlx::Postgres;
                const _: Option<DB> = None;
                let $c = &mut **inner;
                $body
            }
        }
    };
}
