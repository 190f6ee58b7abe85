//! Giving back the space of what was deleted.

use rumbo_base::Result;

use crate::{Db, DbResultExt};

impl Db {
    /// Writes an embedded database anew: what was deleted is then nowhere in the file any more.
    /// A shared server does it by itself.
    ///
    /// # Errors
    /// `DiskFull`, `DataFolderBusy`.
    pub async fn compact(&self) -> Result<()> {
        if let Self::Sqlite(db) = self {
            // The search keeps what was deleted until its parts are merged.
            sqlx::query("INSERT INTO _contact_search (_contact_search) VALUES ('optimize')")
                .execute(&db.writer)
                .await
                .db()?;
            sqlx::query("VACUUM").execute(&db.writer).await.db()?;
        }
        Ok(())
    }
}
