//! Revenue as bars and spend as a line over it, from the very days home shows: as text for a
//! terminal and as SVG for files. Both are drawn by plotters, by one function.

use chrono::NaiveDate;
use plotters::coord::Shift;
use plotters::prelude::*;
use rumbo_base::{Currency, Error, Micros, Result};

use crate::home::{DayPoint, Home};

mod text;

/// Revenue.
const BARS: RGBColor = RGBColor(0x1d, 0x55, 0xc4);
/// Spend.
const LINE: RGBColor = RGBColor(0xd0, 0x67, 0x21);
const GRID: RGBColor = RGBColor(0xec, 0xea, 0xe5);
const WORDS: RGBColor = RGBColor(0x64, 0x6a, 0x74);

/// Places between the beginnings of two bars, so that a bar can begin and end between days.
const STEP: i64 = 10;

/// How large a chart is, and the words in it.
#[derive(Clone, Debug)]
pub struct ChartOptions {
    /// In characters for text, in pixels for SVG.
    pub width: u32,
    pub height: u32,
    pub revenue: String,
    pub spend: String,
}

impl ChartOptions {
    /// For a terminal of usual width, in English.
    pub fn terminal() -> Self {
        Self {
            width: 80,
            height: 14,
            revenue: "Revenue".to_owned(),
            spend: "Spend".to_owned(),
        }
    }

    /// For a file, in English.
    pub fn picture() -> Self {
        Self {
            width: 960,
            height: 360,
            ..Self::terminal()
        }
    }
}

/// The chart as lines of text, without colour: one line of words, then the picture.
///
/// # Errors
/// When it cannot be drawn at this size.
pub fn chart_text(home: &Home, options: &ChartOptions) -> Result<String> {
    let mut screen = text::Screen::new(options.width, options.height.saturating_sub(1));
    draw(&screen.area(), home, &Look::text(options.width))?;
    let money = |amount: Micros| format!("{} {}", amount.to_text(home.currency), home.currency);
    let spend = home
        .total
        .figures
        .spend
        .map_or_else(|| "—".to_owned(), money);
    let revenue = money(home.total.figures.revenue);
    Ok(format!(
        "█ {} {revenue}   ⠒ {} {spend}\n{screen}",
        options.revenue, options.spend
    ))
}

/// The chart as an SVG document.
///
/// # Errors
/// When it cannot be drawn at this size.
pub fn chart_svg(home: &Home, options: &ChartOptions) -> Result<String> {
    let mut svg = String::new();
    {
        let area =
            SVGBackend::with_string(&mut svg, (options.width, options.height)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let (words, chart) = area.split_vertically(28);
        let style = |color: RGBColor| ("sans-serif", 13).into_font().color(&color);
        words
            .draw(&Text::new(
                format!("■ {}", options.revenue),
                (12, 10),
                style(BARS),
            ))
            .map_err(failed)?;
        words
            .draw(&Text::new(
                format!("— {}", options.spend),
                (140, 10),
                style(LINE),
            ))
            .map_err(failed)?;
        draw(&chart, home, &Look::picture(options.width))?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// What differs between a picture and a grid of characters.
struct Look {
    font: i32,
    margin: u32,
    left: u32,
    below: u32,
    grid: bool,
    line: u32,
    /// Days named below the picture.
    days: usize,
    /// Amounts named beside it.
    amounts: usize,
}

impl Look {
    fn text(width: u32) -> Self {
        let days = usize::try_from(width / 16).unwrap_or(4).max(2);
        Self {
            font: 4,
            margin: 0,
            left: 16,
            below: 4,
            grid: false,
            line: 1,
            days,
            amounts: 4,
        }
    }

    fn picture(width: u32) -> Self {
        let days = usize::try_from(width / 100).unwrap_or(6).max(2);
        Self {
            font: 12,
            margin: 12,
            left: 56,
            below: 24,
            grid: true,
            line: 2,
            days,
            amounts: 5,
        }
    }
}

fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, home: &Home, look: &Look) -> Result<()>
where
    DB::ErrorType: 'static,
{
    let days: &[DayPoint] = &home.days;
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX / STEP);
    let amounts = |point: &DayPoint| {
        (
            point.figures.revenue.0,
            point.figures.spend.unwrap_or_default().0,
        )
    };
    let highest = days
        .iter()
        .map(|point| amounts(point).0.max(amounts(point).1))
        .max();
    // A height of one unit of the currency when there is nothing.
    let highest = highest.unwrap_or(0).max(1_000_000);
    // The library's sums over an axis do not fit when the axis is very long.
    let unit = (highest / 100_000_000).max(1);
    let revenue = |point: &DayPoint| amounts(point).0 / unit;
    let spend = |point: &DayPoint| amounts(point).1 / unit;
    let top = highest / unit;
    let top = top + top / 20;
    let mut chart = ChartBuilder::on(area)
        .margin(look.margin)
        .x_label_area_size(look.below)
        .y_label_area_size(look.left)
        .build_cartesian_2d(0..count.max(1) * STEP, 0..top)
        .map_err(failed)?;
    let words = ("sans-serif", look.font).into_font().color(&WORDS);
    let day_at = |place: &i64| day_name(days, *place);
    let amount_at = |amount: &i64| short(Micros(amount.saturating_mul(unit)), home.currency);
    {
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh()
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(0)
            .x_labels(look.days)
            .y_labels(look.amounts)
            .label_style(words)
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .x_label_formatter(&day_at)
            .y_label_formatter(&amount_at);
        if !look.grid {
            mesh.disable_y_mesh();
        }
        mesh.draw().map_err(failed)?;
    }
    let places = || (0_i64..).step_by(usize::try_from(STEP).unwrap_or(1));
    chart
        .draw_series(
            places()
                .zip(days)
                .filter(|(_, point)| revenue(point) > 0)
                .map(|(at, point)| {
                    let corners = [(at + 1, 0), (at + STEP - 1, revenue(point))];
                    Rectangle::new(corners, BARS.filled())
                }),
        )
        .map_err(failed)?;
    // A day that no row covers is a gap, not a zero.
    let line: Vec<_> = places().zip(days).collect();
    for piece in line.split(|(_, point)| point.figures.spend.is_none()) {
        let corners = piece
            .iter()
            .map(|(at, point)| (at + STEP / 2, spend(point)));
        chart
            .draw_series(LineSeries::new(corners, LINE.stroke_width(look.line)))
            .map_err(failed)?;
    }
    Ok(())
}

/// The day a place below the picture stands for.
fn day_name(days: &[DayPoint], place: i64) -> String {
    let index = usize::try_from(place / STEP).ok();
    let day: Option<NaiveDate> = index.and_then(|at| days.get(at)).map(|point| point.day);
    day.map(|day| day.format("%m-%d").to_string())
        .unwrap_or_default()
}

/// An amount in few characters: `950`, `12.5k`, `3M`.
fn short(amount: Micros, currency: Currency) -> String {
    for (unit, letter) in [
        (1_000_000_000_000_000, "B"),
        (1_000_000_000_000, "M"),
        (1_000_000_000, "k"),
    ] {
        if amount.0 >= unit {
            let tenths = amount.0 / (unit / 10);
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if tenth == 0 {
                format!("{whole}{letter}")
            } else {
                format!("{whole}.{tenth}{letter}")
            };
        }
    }
    let whole = amount.0 / 1_000_000;
    if whole >= 10 || currency.exponent() == 0 || amount.0 == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{:02}", amount.0 % 1_000_000 / 10_000)
    }
}

fn failed<E: std::error::Error + Send + Sync + 'static>(
    error: plotters::drawing::DrawingAreaErrorKind<E>,
) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests;
