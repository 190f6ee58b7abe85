//! One page of a long list.

use serde::{Deserialize, Serialize};

/// Which page is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, specta::Type)]
pub struct PageRequest {
    /// Rows at most; 100 when absent, 1,000 at most.
    pub limit: Option<u32>,
    /// The `next` of the page before; the first page when absent.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Rows at most, inside the bounds.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(100).clamp(1, 1_000)
    }
}

/// Rows, and where to go on.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Opaque. Absent on the last page.
    pub next: Option<String>,
    /// How many rows there are in all, where it is cheap to know.
    pub total: Option<u32>,
}
