//! What stands below a report that was brought to one currency, or whose days differ.

use rumbo_app::wire::{
    AccountZone, ChangedRate, ConvertedFrom, Exchanged, MissingRates, RateSource, UsedRate,
};
use rumbo_base::{Factor, Rate};

use crate::numbers::NOTHING;
use crate::output::Output;
use crate::words::Word;

/// The lines that say what was converted at which rates, and what was not.
pub fn lines(output: &Output, exchanged: Option<&Exchanged>) -> String {
    let Some(exchanged) = exchanged else {
        return String::new();
    };
    let converted = exchanged.from.iter().map(|from| {
        format!(
            "{} {} → {}: {}",
            output.word(Word::Converted),
            from.currency,
            exchanged.to,
            rates(output, from),
        )
    });
    let missing = [
        (&exchanged.missing, Word::NotConverted),
        (&exchanged.missing_before, Word::BeforeNotConverted),
    ];
    let missing = missing.into_iter().flat_map(|(missing, what)| {
        missing
            .iter()
            .map(move |missing| without(output, what, missing))
    });
    block(&converted.chain(missing).collect::<Vec<_>>())
}

/// How many rates are told one by one; JSON has all of them.
const RATES: usize = 20;

/// The lines that say what the earlier of two reports could not convert, and which rates are others
/// in the later one.
pub fn since(
    output: &Output,
    exchanged: Option<&Exchanged>,
    missing_then: &[MissingRates],
    rates: &[ChangedRate],
) -> String {
    let Some(exchanged) = exchanged else {
        return String::new();
    };
    let missing = missing_then
        .iter()
        .map(|missing| without(output, Word::ThenNotConverted, missing));
    let changed = rates.iter().take(RATES).map(|rate| {
        let of = |used: Option<&UsedRate>| match used {
            Some(used) => used_rate(output, used),
            None => NOTHING.to_owned(),
        };
        format!(
            "{} {} → {} {}: {} → {}",
            output.word(Word::RateChanged),
            rate.from,
            exchanged.to,
            rate.day,
            of(rate.before.as_ref()),
            of(rate.after.as_ref()),
        )
    });
    let rest = u32::try_from(rates.len().saturating_sub(RATES)).unwrap_or(u32::MAX);
    let rest = (rest > 0).then(|| {
        format!(
            "+ {} {}",
            output.numbers().count(rest),
            output.word(Word::NotListed)
        )
    });
    block(&missing.chain(changed).chain(rest).collect::<Vec<_>>())
}

fn block(lines: &[String]) -> String {
    if lines.is_empty() {
        String::new()
    } else {
        format!("\n{}\n", lines.join("\n"))
    }
}

/// A rate with its source, and the day that it is of where that is another than the row's.
pub fn used_rate(output: &Output, used: &UsedRate) -> String {
    let rate = output.numbers().decimal(&significant(&used.rate));
    let source = source(output, used.source);
    if used.rate_day == used.day {
        format!("{rate} ({source})")
    } else {
        format!("{rate} ({source}, {})", used.rate_day)
    }
}

fn rates(output: &Output, from: &ConvertedFrom) -> String {
    let shown = |rate: &str| output.numbers().decimal(&significant(rate));
    let rate = if from.lowest_rate == from.highest_rate {
        shown(&from.lowest_rate)
    } else {
        format!(
            "{} – {}",
            shown(&from.lowest_rate),
            shown(&from.highest_rate)
        )
    };
    let days = if from.first_day == from.last_day {
        from.first_day.to_string()
    } else {
        format!("{} – {}", from.first_day, from.last_day)
    };
    format!("{rate} ({}, {days})", source(output, from.source))
}

/// Where a rate is from.
pub fn source(output: &Output, source: RateSource) -> &'static str {
    match source {
        RateSource::Ecb => output.word(Word::Ecb),
        RateSource::Hand => output.word(Word::ByHand),
    }
}

fn without(output: &Output, what: Word, missing: &MissingRates) -> String {
    let days = if missing.first_day == missing.last_day {
        missing.first_day.to_string()
    } else {
        format!(
            "{} – {} ({})",
            missing.first_day,
            missing.last_day,
            output.numbers().count(missing.days)
        )
    };
    format!(
        "{} {}: {} {days}",
        output.word(what),
        missing.currency,
        output.word(Word::NoRate)
    )
}

/// The line that says that not all days are the same hours.
pub fn zones(output: &Output, zones: &[AccountZone]) -> String {
    if zones.len() < 2 {
        return String::new();
    }
    let each: Vec<String> = zones
        .iter()
        .map(|zone| format!("{} ({})", zone.zone, zone.accounts.join(", ")))
        .collect();
    format!("\n{}: {}\n", output.word(Word::MixedDays), each.join("; "))
}

/// A rate with at most six digits that count: JSON has it whole.
fn significant(rate: &str) -> String {
    let digits = rate
        .trim_start_matches(['0', '.'])
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let cut = digits.saturating_sub(6);
    let decimals = rate
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let kept = rate.len() - cut.min(decimals);
    rate.get(..kept)
        .unwrap_or(rate)
        .parse::<Rate>()
        .map_or_else(|_| rate.to_owned(), |rate| Factor::from(rate).to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_with_six_digits_that_count() {
        for (whole, shown) in [
            ("0.198910452843", "0.198910"),
            ("5.874", "5.874"),
            ("186.75", "186.75"),
            ("1100000", "1100000"),
            ("0.0000528123456", "0.0000528123"),
        ] {
            let expected = shown.trim_end_matches('0');
            let expected = if shown.contains('.') { expected } else { shown };
            assert_eq!(significant(whole), expected);
        }
    }
}
