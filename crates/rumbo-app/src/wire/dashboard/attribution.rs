//! How a report credits.

use std::num::NonZeroU32;

use rumbo_ads::attribution_setting::AttributionSetting;
use rumbo_base::Result;
use rumbo_insight::metric::Names;
use rumbo_insight::{Basis, HALF_LIFE, Model, Refunds, Window};
use rumbo_platform::workspaces::AttributionSettings;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::MetricNames;

use crate::dashboard::out_of_range;

/// The longest half-life, in days.
const LONGEST_HALF_LIFE: u32 = 365;
/// The longest window, in days: about as long as Meta keeps figures.
const LONGEST_WINDOW: u32 = 1_130;

/// Which touches take the credit, and in what parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AttributionModel {
    #[default]
    LastTouch,
    FirstTouch,
    LastNonDirect,
    Linear,
    PositionBased,
    TimeDecay,
    Markov,
}

/// On which day an opportunity or a sale counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AttributionBasis {
    /// Its own.
    #[default]
    SaleDate,
    /// The day its contact was first seen.
    LeadDate,
}

/// On which day a refund counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RefundDating {
    /// That of its sale, whose revenue it lowers.
    #[default]
    Accrual,
    /// Its own, as revenue below zero.
    Cash,
}

/// How opportunities and sales are given to campaigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    pub model: AttributionModel,
    pub basis: AttributionBasis,
    pub refunds: RefundDating,
    /// Days that a touch may lie back in which the person did something; null: no limit.
    pub window_days: Option<u32>,
    /// The same for touches in which an ad was only seen.
    pub view_window_days: Option<u32>,
    /// Of `time_decay`: after so many days a touch takes half as much.
    pub half_life_days: u32,
}

/// The days after a click and after a view in an attribution setting of Meta's, such as
/// `7d_click_1d_view`; `None` for words that are none. What it does not credit counts from the same
/// instant only.
pub fn windows_of_setting(text: &str) -> Option<(u32, u32)> {
    let setting = AttributionSetting::of(text)?;
    Some((
        setting.click_days().unwrap_or(0),
        setting.view_days().unwrap_or(0),
    ))
}

impl Attribution {
    /// In the words of the JSON, on one line, without what is usual but for the model:
    /// `linear, window_days 28`.
    pub fn text(&self) -> String {
        let usual = Self::default();
        let mut parts = vec![self.model.known(HALF_LIFE).id().to_owned()];
        if self.model == AttributionModel::TimeDecay {
            parts.push(format!("half_life_days {}", self.half_life_days));
        }
        let windows = [
            ("window_days", self.window_days),
            ("view_window_days", self.view_window_days),
        ];
        for (name, days) in windows {
            parts.extend(days.map(|days| format!("{name} {days}")));
        }
        if self.basis != usual.basis {
            parts.push(self.basis.known().id().to_owned());
        }
        if self.refunds != usual.refunds {
            parts.push(self.refunds.known().id().to_owned());
        }
        parts.join(", ")
    }
}

impl Default for Attribution {
    fn default() -> Self {
        Self::of(rumbo_insight::Attribution::default())
    }
}

impl From<Model> for AttributionModel {
    fn from(model: Model) -> Self {
        match model {
            Model::LastTouch => Self::LastTouch,
            Model::FirstTouch => Self::FirstTouch,
            Model::LastNonDirect => Self::LastNonDirect,
            Model::Linear => Self::Linear,
            Model::PositionBased => Self::PositionBased,
            Model::TimeDecay { .. } => Self::TimeDecay,
            Model::Markov => Self::Markov,
        }
    }
}

impl AttributionModel {
    fn known(self, half_life: NonZeroU32) -> Model {
        match self {
            Self::LastTouch => Model::LastTouch,
            Self::FirstTouch => Model::FirstTouch,
            Self::LastNonDirect => Model::LastNonDirect,
            Self::Linear => Model::Linear,
            Self::PositionBased => Model::PositionBased,
            Self::TimeDecay => Model::TimeDecay { half_life },
            Self::Markov => Model::Markov,
        }
    }

    /// Its name for people.
    pub fn names(self) -> MetricNames {
        self.known(HALF_LIFE).names().into()
    }
}

impl AttributionBasis {
    fn known(self) -> Basis {
        match self {
            Self::SaleDate => Basis::Sale,
            Self::LeadDate => Basis::Lead,
        }
    }

    /// Its name for people.
    pub fn names(self) -> MetricNames {
        self.known().names().into()
    }
}

impl RefundDating {
    fn known(self) -> Refunds {
        match self {
            Self::Accrual => Refunds::Accrual,
            Self::Cash => Refunds::Cash,
        }
    }

    /// Its name for people.
    pub fn names(self) -> MetricNames {
        self.known().names().into()
    }
}

impl Attribution {
    /// As it crosses the edge.
    pub(crate) fn of(known: rumbo_insight::Attribution) -> Self {
        let half_life = match known.model {
            Model::TimeDecay { half_life } => half_life,
            _ => HALF_LIFE,
        };
        Self {
            model: known.model.into(),
            basis: match known.basis {
                Basis::Sale => AttributionBasis::SaleDate,
                Basis::Lead => AttributionBasis::LeadDate,
            },
            refunds: match known.refunds {
                Refunds::Accrual => RefundDating::Accrual,
                Refunds::Cash => RefundDating::Cash,
            },
            window_days: known.window.click_days,
            view_window_days: known.window.view_days,
            half_life_days: half_life.get(),
        }
    }

    /// As reports understand it.
    ///
    /// # Errors
    /// `InvalidInput` naming the number that cannot be used.
    pub(crate) fn checked(self) -> Result<rumbo_insight::Attribution> {
        let half_life = NonZeroU32::new(self.half_life_days)
            .filter(|days| days.get() <= LONGEST_HALF_LIFE)
            .ok_or_else(|| {
                out_of_range("half_life_days", self.half_life_days, 1, LONGEST_HALF_LIFE)
            })?;
        for (field, days) in [
            ("window_days", self.window_days),
            ("view_window_days", self.view_window_days),
        ] {
            if let Some(days) = days.filter(|days| *days > LONGEST_WINDOW) {
                return Err(out_of_range(field, days, 0, LONGEST_WINDOW));
            }
        }
        Ok(rumbo_insight::Attribution {
            model: self.model.known(half_life),
            window: Window {
                click_days: self.window_days,
                view_days: self.view_window_days,
            },
            basis: self.basis.known(),
            refunds: self.refunds.known(),
        })
    }

    /// As it is kept. What a newer program wrote and this one does not know is the usual.
    pub(crate) fn stored(kept: &AttributionSettings) -> Self {
        let basis = Basis::ALL
            .into_iter()
            .find(|basis| kept.basis.as_deref() == Some(basis.id()));
        let refunds = Refunds::ALL
            .into_iter()
            .find(|refunds| kept.refunds.as_deref() == Some(refunds.id()));
        let stored = Self {
            window_days: kept.click_days,
            view_window_days: kept.view_days,
            half_life_days: kept.half_life_days.unwrap_or(HALF_LIFE.get()),
            ..Self::of(rumbo_insight::Attribution {
                model: kept
                    .model
                    .as_deref()
                    .and_then(Model::by_id)
                    .unwrap_or_default(),
                basis: basis.unwrap_or_default(),
                refunds: refunds.unwrap_or_default(),
                window: Window::default(),
            })
        };
        if stored.checked().is_ok() {
            stored
        } else {
            Self::default()
        }
    }

    /// As it will be kept.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub(crate) fn to_stored(self) -> Result<AttributionSettings> {
        let known = self.checked()?;
        Ok(AttributionSettings {
            model: Some(known.model.id().to_owned()),
            half_life_days: Some(self.half_life_days),
            click_days: known.window.click_days,
            view_days: known.window.view_days,
            basis: Some(known.basis.id().to_owned()),
            refunds: Some(known.refunds.id().to_owned()),
        })
    }
}

/// A choice and its name.
#[derive(Clone, Debug, Serialize)]
pub struct AttributionChoice {
    pub id: &'static str,
    pub names: MetricNames,
}

/// Everything that can be chosen, for the interface and the terminal.
#[derive(Clone, Debug, Serialize)]
pub struct AttributionChoices {
    pub models: Vec<AttributionChoice>,
    pub bases: Vec<AttributionChoice>,
    pub refunds: Vec<AttributionChoice>,
}

/// The choices, in the order of menus.
pub fn attribution_choices() -> AttributionChoices {
    let choice = |id, names: Names| AttributionChoice {
        id,
        names: names.into(),
    };
    AttributionChoices {
        models: Model::ALL.map(|m| choice(m.id(), m.names())).into(),
        bases: Basis::ALL.map(|b| choice(b.id(), b.names())).into(),
        refunds: Refunds::ALL.map(|r| choice(r.id(), r.names())).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_what_cannot_be_is_refused() {
        let chosen = Attribution {
            model: AttributionModel::TimeDecay,
            basis: AttributionBasis::LeadDate,
            refunds: RefundDating::Cash,
            window_days: Some(28),
            view_window_days: Some(1),
            half_life_days: 3,
        };
        assert_eq!(Attribution::stored(&chosen.to_stored().unwrap()), chosen);
        assert_eq!(Attribution::of(chosen.checked().unwrap()), chosen);
        assert_eq!(
            Attribution::stored(&AttributionSettings::default()),
            Attribution::default()
        );
        for (wrong, field) in [
            (
                Attribution {
                    half_life_days: 0,
                    ..chosen
                },
                "half_life_days",
            ),
            (
                Attribution {
                    window_days: Some(2_000),
                    ..chosen
                },
                "window_days",
            ),
            (
                Attribution {
                    view_window_days: Some(2_000),
                    ..chosen
                },
                "view_window_days",
            ),
        ] {
            let error = wrong.to_stored().unwrap_err();
            assert_eq!(error.field_name(), Some(field));
        }
    }

    #[test]
    fn the_words_are_the_same_here_and_in_reports() {
        for model in Model::ALL {
            let wire: AttributionModel = serde_json::from_value(model.id().into()).unwrap();
            assert_eq!(
                Attribution {
                    model: wire,
                    ..Attribution::default()
                }
                .checked()
                .unwrap()
                .model,
                model
            );
        }
        for (basis, refunds) in Basis::ALL.into_iter().zip(Refunds::ALL) {
            let wire: AttributionBasis = serde_json::from_value(basis.id().into()).unwrap();
            let dating: RefundDating = serde_json::from_value(refunds.id().into()).unwrap();
            let known = Attribution {
                basis: wire,
                refunds: dating,
                ..Attribution::default()
            }
            .checked()
            .unwrap();
            assert_eq!((known.basis, known.refunds), (basis, refunds));
        }
    }
}
