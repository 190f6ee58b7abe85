//! Attribution, ROI and dashboards.
//!
//! Everything here is read from the store as it stands: Meta's figures as the sync left them,
//! and the CRM's contacts, opportunities and sales with the touchpoints they were credited to.
//! docs/metrics.md defines each figure.

mod account_check;
mod actions;
mod ages;
mod amount;
mod attribution;
mod breakdown;
mod budget_move;
mod changes;
mod channel;
pub mod cohort;
mod contribution;
mod data_driven;
mod days;
mod decimal_text;
mod exchange;
mod figures;
mod gap;
mod home;
mod ledger_check;
pub mod lifetime;
pub mod lookup;
pub mod metric;
mod pacing;
mod passport;
mod path;
mod read;
mod roi;
pub mod saved_views;
pub mod settle;
mod tired;
mod unusual;
mod window_advice;

pub use account_check::{AccountCheck, account_checks};
pub use actions::{ActionsReport, ActionsRequest, told_actions};
pub use ages::{AccountAge, Ages};
pub use attribution::{Attribution, Basis, HALF_LIFE, Model, Refunds, Window};
pub use breakdown::{
    Beside, BreakdownGroup, BreakdownReport, BreakdownRequest, Part, Within, breakdown,
};
pub use budget_move::{
    Answering, Beyond, BudgetAsk, BudgetMove, BudgetMoveRequest, CurvePoint, Estimate, MoveChange,
    MoveOutcome, MovedCampaign, NoChange, PastWeeks, SeenDay, Unanswered, budget_move,
};
pub use changes::{
    Cause, Change, ChangeGroup, ChangeRow, ChangedRowsRequest, Changes, ChangesRequest,
    MetricChange, changed_rows, changes,
};
pub use channel::Channel;
pub use contribution::{
    Contribution, ContributionGroup, ContributionRow, Contributions, ContributionsRequest, Earlier,
    contributions,
};
pub use data_driven::{
    LEAST_CHANNELS, LEAST_SOLD, LEAST_UNSOLD, Learned, LearnedChannel, can_credit, data_driven,
};
pub use days::campaign_days;
pub use exchange::{ChangedRate, Converted, Exchanged, MissingRates, Money, UsedRate};
pub use figures::{Figures, Shares, WithoutSpend};
pub use gap::{GapAmounts, GapCause, GapGroup, GapLine, GapReport, SettingInForce, gap};
pub use home::{
    Alert, CREATIVES_OF_CAMPAIGNS, DayPoint, Home, HomeCampaign, HomeCreative, HomeRequest, Kpi,
    LeadSplit, home,
};
pub use ledger_check::{AccountLedger, Residual, account_ledgers, ledger_faults};
pub use metric::Metric;
pub use pacing::{
    Budget, BudgetGap, BudgetSource, Ending, EndingGap, Pace, PaceGrain, PaceRow, Pacing,
    PacingGroup, PacingRequest, PastMonths, pacing,
};
pub use passport::{
    AdDayEntry, Listed, Original, OutcomeEntry, OutcomeKind, Passport, PassportRequest, RowOf,
    SpendEntry, WithoutRate, passport,
};
pub use path::Grain;
pub use read::outcome::packed::pack as pack_days;
pub use roi::{
    AccountZone, CPA_CONVERSION, Comparison, CreativeFace, CurrencyGroup, Filter, ModelComparison,
    ModelGroup, ModelRow, Parent, PreviousSums, Remainder, RoiReport, RoiRequest, RoiRow, Sum,
    compare_models, is_row_key, roi,
};
pub use rumbo_forecast::Verdict;
pub use settle::{DayCompleteness, MetricSettling, SettleReport, SettleRequest, settle_curves};
pub use tired::Tired;
pub use unusual::{Behind, BehindKind, Unusual};
pub use window_advice::{WindowAdvice, WindowShare, window_advice};

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        account_check::STATEMENTS,
        ages::STATEMENTS,
        exchange::STATEMENTS,
        breakdown::STATEMENTS,
        changes::STATEMENTS,
        cohort::STATEMENTS,
        gap::STATEMENTS,
        lookup::STATEMENTS,
        passport::STATEMENTS,
        pacing::STATEMENTS,
        read::delivered::STATEMENTS,
        read::delivered::ad_days::STATEMENTS,
        read::delivered::ad_days::CAMPAIGN_STATEMENTS,
        read::delivered::daily::STATEMENTS,
        read::delivered::MONTH_STATEMENTS,
        read::outcome::MONTH_STATEMENTS,
        read::delivered::parts::STATEMENTS,
        read::delivered::EARLIER_STATEMENTS,
        read::directory::STATEMENTS,
        read::kept::STATEMENTS,
        read::outcome::STATEMENTS,
        read::outcome::packed::STATEMENTS,
        read::outcome::packed::PEOPLE_STATEMENTS,
        read::outcome::source::STATEMENTS,
        read::moment::STATEMENTS,
        read::origin::STATEMENTS,
        read::purchases::STATEMENTS,
        read::place::STATEMENTS,
        read::spend::STATEMENTS,
        settle::STATEMENTS,
        tired::STATEMENTS,
        unusual::STATEMENTS,
        saved_views::STATEMENTS,
    ]
}
