//! All models of attribution side by side.

use rumbo_base::{DateRange, Result};

use super::{attribution, come, convert_to, grain, named, refuse_channels};
use crate::Context;
use crate::wire::{
    Attribution, CompareModels, GetLearned, Learned, ModelComparison, ModelGroup, ModelRow,
    RoiFigures, WindowAdvice, WindowShare,
};

/// What every model says of the same touches, and what windows would leave out.
///
/// # Errors
/// `InvalidInput` by channel, for a period that ends before it begins or a number out of its bounds.
pub async fn compare_models(cx: &Context, req: CompareModels) -> Result<ModelComparison> {
    refuse_channels(req.by)?;
    let range = DateRange::new(req.from, req.to)?;
    let base = attribution(cx, req.attribution).await?;
    let scope = cx.scope()?;
    let as_of = come(cx, req.as_of).await?;
    let to = convert_to(req.convert_to.as_deref())?;
    let compared =
        rumbo_insight::compare_models(scope, range, grain(req.by), base, as_of, to).await?;
    let windows = rumbo_insight::window_advice(scope, range, as_of).await?;
    Ok(ModelComparison {
        by: req.by,
        from: range.from,
        to: range.to,
        attribution: Attribution::of(base),
        models: compared.models.into_iter().map(Into::into).collect(),
        learned: compared.learned.into(),
        groups: compared.groups.iter().map(group).collect(),
        exchanged: compared.exchanged.as_ref().map(Into::into),
        windows: WindowAdvice {
            sales: windows.sales,
            with_touch: windows.with_touch,
            windows: windows
                .windows
                .into_iter()
                .map(|window| WindowShare {
                    days: window.days,
                    kept: window.kept,
                    kept_percent: window.kept_percent,
                    whole: window.whole,
                    whole_percent: window.whole_percent,
                })
                .collect(),
            suggested: windows.suggested,
        },
    })
}

/// What the data-driven model would learn for a report on these days, and whether that is enough.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins or a number out of its bounds.
pub async fn get_learned(cx: &Context, req: GetLearned) -> Result<Learned> {
    let range = DateRange::new(req.from, req.to)?;
    let window = attribution(cx, req.attribution).await?.window;
    let learned =
        rumbo_insight::data_driven(cx.scope()?, range, window, come(cx, req.as_of).await?).await?;
    Ok(learned.into())
}

fn group(group: &rumbo_insight::ModelGroup) -> ModelGroup {
    let currency = group.currency;
    ModelGroup {
        currency: currency.to_string(),
        rows: group
            .rows
            .iter()
            .map(|one| ModelRow {
                row: named(&one.row),
                figures: one
                    .figures
                    .iter()
                    .map(|figures| RoiFigures::of(figures, currency))
                    .collect(),
                spread: one.spread.clone(),
            })
            .collect(),
        unattributed: group
            .unattributed
            .iter()
            .map(|figures| RoiFigures::of(figures, currency))
            .collect(),
        total: group
            .totals
            .first()
            .map(|figures| RoiFigures::of(figures, currency))
            .unwrap_or_default(),
        totals: group
            .totals
            .iter()
            .map(|figures| RoiFigures::of(figures, currency))
            .collect(),
        disagreement: group.disagreement.clone(),
    }
}
