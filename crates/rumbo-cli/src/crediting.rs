//! The flags that say how opportunities and sales are credited.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    self, Attribution, AttributionBasis, AttributionModel, GetWorkspaceSettings, Learned,
    RefundDating,
};

use crate::exit::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::words::Word;

/// Which touches take the credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Model {
    /// The last one
    #[value(aliases = ["last", "last-touch", "last-click", "last_click"])]
    LastTouch,
    /// The first one
    #[value(aliases = ["first", "first-touch", "first-click", "first_click"])]
    FirstTouch,
    /// The last one that tells where the person came from
    #[value(aliases = ["last-non-direct", "last_non_direct_touch", "last-non-direct-touch",
                       "last_non_direct_click", "last-non-direct-click"])]
    LastNonDirect,
    /// All the same
    Linear,
    /// 40 % the first, 40 % the last, the rest between
    #[value(aliases = ["position", "position-based", "u-shaped", "u_shaped", "ushaped"])]
    PositionBased,
    /// Half as much for each half-life further back
    #[value(aliases = ["decay", "time-decay"])]
    TimeDecay,
    /// By what the removal of each campaign would cost
    #[value(aliases = ["data-driven", "data_driven", "datadriven"])]
    Markov,
}

/// On which day an opportunity or a sale counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Basis {
    /// The day its contact was first seen
    #[value(alias = "lead_date", alias = "lead-date")]
    Lead,
    /// Its own day
    #[value(alias = "sale_date", alias = "sale-date")]
    Sale,
}

/// On which day a refund counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Refunds {
    /// That of its sale
    Accrual,
    /// Its own
    Cash,
}

/// How to credit; what is not said is as the workspace does.
#[derive(Clone, Copy, Debug, Args)]
pub struct Crediting {
    /// Which touches take the credit; this and the next flags are as the workspace's settings say when
    /// absent
    #[arg(long, value_enum)]
    model: Option<Model>,
    /// Days that a touch may lie back, 0 to 1130; `none` for no limit. Or a setting of Meta's, which is
    /// both windows: 7d_click_1d_view
    #[arg(long, value_name = "DAYS", value_parser = window)]
    window: Option<Window>,
    /// The same for touches in which an ad was only seen
    #[arg(long, value_name = "DAYS", value_parser = days)]
    view_window: Option<Days>,
    /// On which day opportunities and sales count
    #[arg(long, value_enum)]
    basis: Option<Basis>,
    /// On which day refunds count
    #[arg(long, value_enum)]
    refunds: Option<Refunds>,
    /// For `time_decay`: after so many days, 1 to 365, a touch takes half as much
    #[arg(long, value_name = "DAYS")]
    half_life: Option<u32>,
}

/// So many days, or no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days(Option<u32>);

fn days(text: &str) -> Result<Days, String> {
    let text = text.trim().to_lowercase();
    if text == "none" {
        return Ok(Days(None));
    }
    text.strip_suffix('d')
        .unwrap_or(&text)
        .parse()
        .map(|days| Days(Some(days)))
        .map_err(|_| "write a number of days, or none".to_owned())
}

/// `--window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// How far a touch may lie back.
    Click(Days),
    /// An attribution setting of Meta's, which says it of clicks and of views.
    Setting { click: u32, view: u32 },
}

fn window(text: &str) -> Result<Window, String> {
    if let Ok(days) = days(text) {
        return Ok(Window::Click(days));
    }
    wire::windows_of_setting(text)
        .map(|(click, view)| Window::Setting { click, view })
        .ok_or_else(|| "write a number of days, none, or 7d_click_1d_view".to_owned())
}

impl Crediting {
    /// What the flags ask for; `None` when there are none, which is what the workspace does.
    pub async fn asked(self, session: &Session) -> Result<Option<Attribution>, Failure> {
        let Self {
            model,
            window,
            view_window,
            basis,
            refunds,
            half_life,
        } = self;
        if model.is_none()
            && window.is_none()
            && view_window.is_none()
            && basis.is_none()
            && refunds.is_none()
            && half_life.is_none()
        {
            return Ok(None);
        }
        let (window, of_setting) = match window {
            None => (None, None),
            Some(Window::Click(days)) => (Some(days), None),
            Some(Window::Setting { click, view }) => {
                if view_window.is_some() {
                    return Err(Failure::flag(
                        "view-window",
                        "--window names the days after a view already. Leave --view-window out, or \
                         write --window in days.",
                    ));
                }
                (Some(Days(Some(click))), Some(Days(Some(view))))
            }
        };
        let view_window = view_window.or(of_setting);
        let settings = api::get_workspace_settings(&session.cx, GetWorkspaceSettings {}).await?;
        let kept = settings.attribution;
        Ok(Some(Attribution {
            model: model.map_or(kept.model, Into::into),
            basis: basis.map_or(kept.basis, Into::into),
            refunds: refunds.map_or(kept.refunds, Into::into),
            window_days: window.map_or(kept.window_days, |days| days.0),
            view_window_days: view_window.map_or(kept.view_window_days, |days| days.0),
            half_life_days: half_life.unwrap_or(kept.half_life_days),
        }))
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
            Model::TimeDecay => Self::TimeDecay,
            Model::Markov => Self::Markov,
        }
    }
}

impl From<Basis> for AttributionBasis {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Lead => Self::LeadDate,
            Basis::Sale => Self::SaleDate,
        }
    }
}

impl From<Refunds> for RefundDating {
    fn from(refunds: Refunds) -> Self {
        match refunds {
            Refunds::Accrual => Self::Accrual,
            Refunds::Cash => Self::Cash,
        }
    }
}

/// The days of a report and how it credits, on two lines.
pub fn stands_on(
    output: &Output,
    from: NaiveDate,
    to: NaiveDate,
    attribution: &Attribution,
) -> String {
    format!(
        "{}: {from} – {to}\n{}: {}\n",
        output.word(Word::Period),
        output.word(Word::Attribution),
        label(output, attribution),
    )
}

/// What the data-driven model learned from, on one line; nothing where it does not credit.
pub fn learned_from(output: &Output, learned: Option<&Learned>) -> String {
    let Some(learned) = learned else {
        return String::new();
    };
    let numbers = output.numbers();
    let channels = u32::try_from(learned.channels.len()).unwrap_or(u32::MAX);
    let of = |word, has, least| {
        let needed = if learned.enough {
            String::new()
        } else {
            format!(" ({} {})", output.word(Word::Needed), numbers.count(least))
        };
        format!("{} {}{needed}", output.word(word), numbers.count(has))
    };
    format!(
        "{}: {} – {}; {}; {}; {}\n",
        output.word(if learned.enough {
            Word::LearnedFrom
        } else {
            Word::LearnsFromTooLittle
        }),
        learned.from,
        learned.to,
        of(Word::SalesWithTouch, learned.sold, learned.least_sold),
        of(Word::ContactsUnsold, learned.unsold, learned.least_unsold),
        of(Word::Channels, channels, learned.least_channels),
    )
}

/// How a report credits, in words; what is usual is left out, but for the model.
pub fn label(output: &Output, attribution: &Attribution) -> String {
    let usual = Attribution::default();
    let mut parts = vec![output.of(attribution.model.names()).to_owned()];
    if attribution.model == AttributionModel::TimeDecay
        && attribution.half_life_days != usual.half_life_days
    {
        parts.push(format!(
            "{} {} d",
            output.word(Word::HalfLife),
            attribution.half_life_days
        ));
    }
    if let Some(days) = attribution.window_days {
        parts.push(format!("{days} d"));
    }
    if let Some(days) = attribution.view_window_days {
        parts.push(format!("{} {days} d", output.word(Word::Views)));
    }
    if attribution.basis != usual.basis {
        parts.push(output.of(attribution.basis.names()).to_owned());
    }
    if attribution.refunds != usual.refunds {
        parts.push(output.of(attribution.refunds.names()).to_owned());
    }
    parts.join(", ")
}
