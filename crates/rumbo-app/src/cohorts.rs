//! Cohorts, and what customers will bring in.

use std::collections::BTreeMap;

use rumbo_base::{
    Code, Currency, DateRange, Error, Micros, Result, day_in_future, parse_decimal_micros, percent,
    ratio,
};
use rumbo_insight::cohort::{
    self, CohortKey, CohortReport as Found, CohortRow as FoundRow, Histories, Prediction,
};
use rumbo_insight::lookup;
use rumbo_platform::access::{self, Permission};

use crate::Context;
use crate::dashboard::{come, count, out_of_range, unknown};
use crate::wire::{
    AcquiredBy, BacktestClass, BestCustomer, CohortCampaign, CohortCell, CohortGroup,
    CohortPayback, CohortPrediction, CohortReport, CohortRow, CohortStart, CohortSums, CohortsBy,
    GetCohorts, PredictValue, PredictedValue, ValueBacktest,
};

mod refusal;

/// At how many months of age a value is told when nobody says.
const VALUE_MONTHS: u32 = 3;
/// The farthest that a value looks back or ahead.
const MOST_MONTHS: u32 = 60;

/// What became of the people who were acquired in the same month, or by the same campaign.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins or has not begun, and a number out of its
/// bounds;
/// `NotFound` for a campaign that nothing here has.
pub async fn get_cohorts(cx: &Context, req: GetCohorts) -> Result<CohortReport> {
    let range = DateRange::new(req.from, req.to)?;
    let value_months = req.value_months.unwrap_or(VALUE_MONTHS);
    within("value_months", value_months)?;
    let discount = match &req.predict {
        Some(predict) => {
            within("months", predict.months)?;
            Some(discount(&predict.monthly_discount_percent)?)
        }
        None => None,
    };
    let scope = cx.scope()?;
    let as_of = come(cx, req.as_of).await?;
    let zone = cx.workspace().await?.timezone;
    if range.from > zone.day_of(as_of.unwrap_or_else(|| scope.now())) {
        return Err(day_in_future(range.from).field("from"));
    }
    let campaign = match &req.campaign {
        Some(id) => Some(match id.parse() {
            Ok(own) => own,
            Err(_) => {
                let mut tx = scope.read().await?;
                lookup::campaign_of(&mut tx, scope.workspace, id)
                    .await?
                    .ok_or_else(|| unknown("campaign", id))?
            }
        }),
        None => None,
    };
    let request = cohort::CohortRequest {
        by: match req.by {
            CohortsBy::Month => cohort::CohortsBy::Month,
            CohortsBy::Campaign => cohort::CohortsBy::Campaign,
        },
        range,
        start: match req.start {
            CohortStart::Sale => cohort::CohortStart::Sale,
            CohortStart::Lead => cohort::CohortStart::Lead,
        },
        acquired_by: match req.acquired_by {
            AcquiredBy::LastTouch => cohort::AcquiredBy::LastTouch,
            AcquiredBy::FirstTouch => cohort::AcquiredBy::FirstTouch,
        },
        campaign,
        until: req.until,
        as_of,
        value_months,
        histories: req.predict.is_some(),
    };
    let mut found = cohort::cohorts(scope, request).await?;
    let histories = std::mem::take(&mut found.histories);
    let mut groups: Vec<CohortGroup> = found.groups.iter().map(group).collect();
    if let Some((predict, discount)) = req.predict.as_ref().zip(discount) {
        let best = predict.best.unwrap_or(cohort::BEST_CUSTOMERS);
        let predicted = predictions(histories, &found, predict.months, discount, best).await?;
        for ((group, found_group), predicted) in groups.iter_mut().zip(&found.groups).zip(predicted)
        {
            match predicted {
                Ok(made) => {
                    for (row, found_row) in group.rows.iter_mut().zip(&found_group.rows) {
                        row.predicted = row_value(&made, found_row, found_group.currency);
                    }
                    group.average.predicted = whole_value(&made, found_group);
                    group.prediction =
                        Some(prediction(cx, predict, &made, found_group.currency).await?);
                }
                Err(refused) => group.not_predicted = Some(refusal::told(&refused)),
            }
        }
    }
    Ok(CohortReport {
        by: req.by,
        from: found.range.from,
        to: found.range.to,
        today: found.today,
        start: req.start,
        acquired_by: req.acquired_by,
        value_months,
        groups,
    })
}

fn within(field: &'static str, months: u32) -> Result<()> {
    if (1..=MOST_MONTHS).contains(&months) {
        return Ok(());
    }
    Err(out_of_range(field, months, 1, MOST_MONTHS))
}

/// What money loses with each month, as a part of one.
fn discount(text: &str) -> Result<f64> {
    const FIELD: &str = "monthly_discount_percent";
    let millionths = parse_decimal_micros(text).map_err(|error| error.field(FIELD))?;
    let millionths = u32::try_from(millionths)
        .ok()
        .filter(|found| *found <= 100_000_000)
        .ok_or_else(|| out_of_range(FIELD, text, 0, 100))?;
    Ok(f64::from(millionths) / 1e8)
}

/// Predictions take their time: they are made where they hold nobody up.
async fn predictions(
    histories: Histories,
    found: &Found,
    months: u32,
    discount: f64,
    best: u32,
) -> Result<Vec<Result<Prediction, cohort::NotPredicted>>> {
    let currencies: Vec<Currency> = found.groups.iter().map(|group| group.currency).collect();
    tokio::task::spawn_blocking(move || {
        currencies
            .into_iter()
            .map(|currency| histories.predict(currency, months, discount, best))
            .collect()
    })
    .await
    .map_err(|error| {
        Error::new(
            Code::Internal,
            format!("The prediction broke off: {error}."),
        )
    })
}

fn group(group: &cohort::CohortGroup) -> CohortGroup {
    let currency = group.currency;
    CohortGroup {
        currency: currency.to_string(),
        rows: group.rows.iter().map(|it| row(it, currency)).collect(),
        average: row(&group.average, currency),
        other_currency_sales: count(group.other_currency),
        prediction: None,
        not_predicted: None,
    }
}

fn row(row: &FoundRow, currency: Currency) -> CohortRow {
    let (month, campaign) = match &row.key {
        CohortKey::Month(month) => (Some(*month), None),
        CohortKey::Campaign(campaign) => (
            None,
            Some(CohortCampaign {
                id: campaign.id.map(|id| id.to_string()),
                external_id: campaign.external_id.clone(),
                name: campaign.name.clone(),
                status: if campaign.deleted {
                    Some("deleted".to_owned())
                } else {
                    campaign.status.as_deref().map(str::to_lowercase)
                },
            }),
        ),
        CohortKey::Unattributed | CohortKey::Average => (None, None),
    };
    let days = |days: usize| u32::try_from(days).unwrap_or(u32::MAX);
    CohortRow {
        key: row.key.text(),
        month,
        campaign,
        people: count(row.people),
        spend: row.spend.map(|spend| spend.to_text(currency)),
        cac: row
            .spend
            .and_then(|spend| each(spend, row.people, currency)),
        cells: row.cells.iter().map(|it| cell(it, currency)).collect(),
        mature_months: days(row.mature),
        to_date: sums(&row.to_date, currency),
        value: row
            .value
            .and_then(|cell| each(cell.cumulative.margin(), cell.people, currency)),
        value_per_cac: row.value.and_then(|cell| {
            let spend = cell.spend.filter(|_| cell.people > 0)?;
            ratio(cell.cumulative.margin().0, spend.0, 4)
        }),
        payback: CohortPayback {
            day: row.payback.day.map(days),
            earliest: row.payback.earliest.map(days),
            latest: row.payback.latest.map(days),
            observed_days: days(row.payback.observed),
        },
        predicted: None,
    }
}

fn cell(cell: &cohort::CohortCell, currency: Currency) -> CohortCell {
    CohortCell {
        mature: cell.mature,
        people: count(cell.people),
        active: count(cell.active),
        retention_percent: percent(cell.active, cell.people, 2),
        sums: sums(&cell.sums, currency),
        cumulative_revenue_per_person: each(cell.cumulative.revenue, cell.people, currency),
        cumulative_margin_per_person: each(cell.cumulative.margin(), cell.people, currency),
    }
}

fn sums(sums: &cohort::CohortSums, currency: Currency) -> CohortSums {
    CohortSums {
        orders: count(sums.orders),
        revenue: sums.revenue.to_text(currency),
        refunds: sums.refunds.to_text(currency),
        cost: sums.cost.to_text(currency),
        margin: sums.margin().to_text(currency),
        orders_without_cost: count(sums.without_cost),
    }
}

/// An amount of a person, in the currency's decimals; `None` of nobody.
fn each(amount: Micros, people: i64, currency: Currency) -> Option<String> {
    ratio(
        amount.0,
        people.saturating_mul(1_000_000),
        currency.exponent(),
    )
}

/// A predicted amount in the currency's decimals. What rounds to nothing has no sign.
fn amount(units: f64, currency: Currency) -> String {
    let decimals = usize::try_from(currency.exponent()).unwrap_or(2);
    let text = format!("{units:.decimals$}");
    match text.strip_prefix('-') {
        Some(size) if !size.contains(|digit: char| ('1'..='9').contains(&digit)) => size.to_owned(),
        _ => text,
    }
}

fn row_value(made: &Prediction, row: &FoundRow, currency: Currency) -> Option<PredictedValue> {
    let found = made.by_row.get(&row.key.text())?;
    Some(value(found, row, currency))
}

/// Of all rows of the report together.
fn whole_value(made: &Prediction, group: &cohort::CohortGroup) -> Option<PredictedValue> {
    let mut sum = cohort::Predicted::default();
    for found in group
        .rows
        .iter()
        .filter_map(|row| made.by_row.get(&row.key.text()))
    {
        sum.customers += found.customers;
        sum.purchases += found.purchases;
        sum.value += found.value;
    }
    (sum.customers > 0).then(|| value(&sum, &group.average, group.currency))
}

fn value(found: &cohort::Predicted, row: &FoundRow, currency: Currency) -> PredictedValue {
    let so_far = float(row.to_date.margin());
    let people = f64::from(count(row.people));
    PredictedValue {
        customers: u32::try_from(found.customers).unwrap_or(u32::MAX),
        purchases: format!("{:.1}", found.purchases),
        value: amount(found.value, currency),
        lifetime_value_per_person: (row.people > 0)
            .then(|| amount((so_far + found.value) / people, currency)),
    }
}

/// Units of the currency. A prediction is added to it: it need not be exact.
fn float(amount: Micros) -> f64 {
    amount.to_text(Currency::USD).parse().unwrap_or(f64::MAX)
}

async fn prediction(
    cx: &Context,
    asked: &PredictValue,
    made: &Prediction,
    currency: Currency,
) -> Result<CohortPrediction> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let backtest = &made.backtest;
    let (purchases, spend) = (made.purchase_parameters, made.spend_parameters);
    let parameters = [
        ("r", purchases.r),
        ("alpha", purchases.alpha),
        ("a", purchases.a),
        ("b", purchases.b),
        ("p", spend.p),
        ("q", spend.q),
        ("v", spend.v),
    ];
    Ok(CohortPrediction {
        months: asked.months,
        monthly_discount_percent: asked.monthly_discount_percent.clone(),
        customers: number(made.customers),
        purchases: format!("{:.1}", made.purchases),
        value: amount(made.value, currency),
        value_per_customer: (made.customers > 0)
            .then(|| amount(made.value / f64::from(number(made.customers)), currency)),
        best: best(cx, made, currency).await?,
        backtest: ValueBacktest {
            split: made.split,
            end: made.end,
            customers: number(backtest.total.customers),
            predicted: format!("{:.1}", backtest.total.predicted),
            real: number(backtest.total.real),
            error_percent: format!("{:.1}", backtest.total.error_percent().unwrap_or_default()),
            classes: backtest
                .by_frequency
                .iter()
                .map(|class| BacktestClass {
                    customers: number(class.customers),
                    predicted: format!("{:.1}", class.predicted),
                    real: number(class.real),
                })
                .collect(),
        },
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (name.to_owned(), format!("{value:.6}")))
            .collect::<BTreeMap<_, _>>(),
    })
}

/// Those who stand out, with their names for who may see contacts.
async fn best(cx: &Context, made: &Prediction, currency: Currency) -> Result<Vec<BestCustomer>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let role = match scope.actor {
        Some(user) => access::access(&mut tx, scope.workspace, user).await?,
        None => None,
    };
    let named = role.is_some_and(|role| role.allows(Permission::ContactsView));
    let mut best = Vec::with_capacity(made.best.len());
    for customer in &made.best {
        let name = if named {
            cohort::contact_name(&mut tx, scope, customer.contact).await?
        } else {
            None
        };
        best.push(BestCustomer {
            contact_id: customer.contact.to_string(),
            name,
            bought: customer.bought,
            last_bought: customer.last,
            alive_percent: format!("{:.2}", customer.alive * 100.0),
            purchases: format!("{:.4}", customer.purchases),
            value: amount(customer.value, currency),
        });
    }
    Ok(best)
}
