//! By what Meta splits the figures of an ad on a day.

use serde::{Deserialize, Serialize};

/// A kind of split. Each is asked of Meta by itself: what one of them leaves out another may have,
/// and their parts are never added to one another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    /// How old the people are, in Meta's bands.
    Age,
    Gender,
    /// Where the people are, by ISO 3166 code.
    Country,
    /// Where the ad was shown: the platform and the place on it.
    Placement,
    /// What it was shown on.
    Device,
}

impl Breakdown {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 5] = [
        Self::Age,
        Self::Gender,
        Self::Country,
        Self::Placement,
        Self::Device,
    ];

    /// The word in the store, in JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Gender => "gender",
            Self::Country => "country",
            Self::Placement => "placement",
            Self::Device => "device",
        }
    }

    /// The one of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|breakdown| breakdown.word() == word)
    }
}
