//! Bars and lines over days or any other places, one axis and one unit: as text for a terminal and
//! as SVG for files. Both are drawn by plotters, by one function.

use plotters::coord::Shift;
use plotters::prelude::*;
use rumbo_base::{Error, Micros, Result};

mod text;

/// The first series, the second, what is compared with.
const COLOURS: [RGBColor; 3] = [
    RGBColor(0x1d, 0x55, 0xc4),
    RGBColor(0xd0, 0x67, 0x21),
    RGBColor(0x82, 0x88, 0x92),
];
const GRID: RGBColor = RGBColor(0xec, 0xea, 0xe5);
const ZERO: RGBColor = RGBColor(0xd9, 0xd6, 0xcf);
const INK: RGBColor = RGBColor(0x1d, 0x21, 0x28);
const WORDS: RGBColor = RGBColor(0x64, 0x6a, 0x74);
/// The library writes 1.24th of these: 12 and 16 pixels.
const TEXT: i32 = 15;
const TITLE: i32 = 20;
/// What a browser without the first of them falls back to.
const FONT: &str = "Inter, Helvetica, Arial, sans-serif";

/// Steps between the middles of two bars, so that a bar can begin and end between places.
const STEP: i64 = 10;
/// From the middle of a bar to its edge.
const BAR: i64 = 4;
/// Of a bar's colour, where its place is not over yet.
const OPEN: f64 = 0.45;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Bars,
    Line,
    /// What the rest is compared with.
    Dashes,
}

/// Values of one kind, one for each place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    pub shape: Shape,
    /// `None` is a gap, not a zero.
    pub values: Vec<Option<Micros>>,
    /// What they come to, in words, for the legend.
    pub total: Option<String>,
}

/// A chart, and the words in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    /// What the figures stand on: days, currency, way of crediting.
    pub subtitle: String,
    /// What each place is called, such as a day.
    pub places: Vec<String>,
    pub series: Vec<Series>,
    /// How many of the last places are not over yet.
    pub open: usize,
    /// What parts whole and fraction in numbers: `.` or `,`.
    pub decimal: char,
    /// Decimals of the unit: 0 for a currency without coins.
    pub decimals: u32,
}

/// The chart as lines of text, without colour: one line of words, then the picture. What is
/// compared with is left out: dots cannot be told apart.
///
/// # Errors
/// When it cannot be drawn at this size, in characters.
pub fn chart_text(chart: &Chart, width: u32, height: u32) -> Result<String> {
    let mut screen = text::Screen::new(width, height.saturating_sub(1));
    draw(&screen.area(), chart, &Look::text(width))?;
    let legend: Vec<String> = chart
        .series
        .iter()
        .filter(|series| series.shape != Shape::Dashes)
        .map(|series| {
            let sign = if series.shape == Shape::Bars {
                '█'
            } else {
                '⠒'
            };
            let total = series.total.as_deref().unwrap_or("—");
            format!("{sign} {} {total}", series.name)
        })
        .collect();
    Ok(format!("{}\n{screen}", legend.join("   ")))
}

/// The chart as an SVG document.
///
/// # Errors
/// When it cannot be drawn at this size, in pixels.
pub fn chart_svg(chart: &Chart, width: u32, height: u32) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let (words, plot) = area.split_vertically(82);
        let font = |size: i32| (FONT, size).into_font();
        let bold = |size: i32| font(size).style(FontStyle::Bold);
        let write = |text: &str, at: (i32, i32), style: TextStyle<'_>| {
            words
                .draw(&Text::new(text.to_owned(), at, style))
                .map_err(failed)
        };
        write(&chart.title, (20, 16), bold(TITLE).color(&INK))?;
        write(&chart.subtitle, (20, 40), font(TEXT).color(&WORDS))?;
        let mut left = 20;
        for (series, colour) in chart.series.iter().zip(colours(chart)) {
            let (top, middle) = (63, 69);
            match series.shape {
                Shape::Bars => words.draw(&Rectangle::new(
                    [(left, top), (left + 11, top + 11)],
                    colour.filled(),
                )),
                Shape::Line => words.draw(&PathElement::new(
                    vec![(left, middle), (left + 14, middle)],
                    colour.stroke_width(2),
                )),
                Shape::Dashes => [0, 6, 12].iter().try_for_each(|at| {
                    words.draw(&PathElement::new(
                        vec![(left + at, middle), (left + at + 3, middle)],
                        colour.stroke_width(1),
                    ))
                }),
            }
            .map_err(failed)?;
            left += 20;
            write(&series.name, (left, 62), font(TEXT).color(&WORDS))?;
            left += wide(&series.name) + 6;
            if let Some(total) = &series.total {
                write(total, (left, 62), bold(TEXT).color(&INK))?;
                left += wide(total) + 4;
            }
            left += 16;
        }
        draw(&plot, chart, &Look::picture(width))?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// About how wide a text is at 12 pixels.
fn wide(text: &str) -> i32 {
    i32::try_from(text.chars().count())
        .unwrap_or(0)
        .saturating_mul(7)
}

/// The colour of each series, in their order; what is compared with has its own.
fn colours(chart: &Chart) -> Vec<RGBColor> {
    let [first, second, before] = COLOURS;
    let mut free = [first, second].into_iter().cycle();
    chart
        .series
        .iter()
        .map(|series| match series.shape {
            Shape::Dashes => before,
            Shape::Bars | Shape::Line => free.next().unwrap_or(first),
        })
        .collect()
}

/// What differs between a picture and a grid of characters.
struct Look {
    font: i32,
    margin: u32,
    left: u32,
    below: u32,
    /// Also lines of the grid, the line of zero, and what is compared with.
    fine: bool,
    line: u32,
    /// Places named below the picture.
    places: usize,
    /// Parts of the axis at most, from one named amount to the next.
    amounts: i64,
    /// Between names and picture.
    gap: u32,
}

impl Look {
    fn text(width: u32) -> Self {
        let places = usize::try_from(width / 16).unwrap_or(4).max(2);
        Self {
            font: 4,
            margin: 0,
            left: 16,
            below: 4,
            fine: false,
            line: 1,
            places,
            amounts: 3,
            gap: 0,
        }
    }

    fn picture(width: u32) -> Self {
        let places = usize::try_from(width / 90).unwrap_or(6).max(2);
        Self {
            font: TEXT,
            margin: 16,
            left: 56,
            below: 28,
            fine: true,
            line: 2,
            places,
            amounts: 5,
            gap: 6,
        }
    }
}

fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, chart: &Chart, look: &Look) -> Result<()>
where
    DB::ErrorType: 'static,
{
    let count = i64::try_from(chart.places.len()).unwrap_or(i64::MAX / STEP);
    let shown: Vec<(&Series, RGBColor)> = chart
        .series
        .iter()
        .zip(colours(chart))
        .filter(|(series, _)| look.fine || series.shape != Shape::Dashes)
        .collect();
    let values = || {
        shown
            .iter()
            .flat_map(|(series, _)| series.values.iter().flatten())
            .map(|value| value.0)
    };
    // A height of one unit when there is nothing.
    let highest = values().max().unwrap_or(0).max(0);
    let lowest = values().min().unwrap_or(0).min(0);
    let span = highest.saturating_sub(lowest).max(1_000_000);
    let highest = if highest == 0 && lowest == 0 {
        span
    } else {
        highest
    };
    // The library's sums over an axis do not fit when the axis is very long. By tens: what is
    // round in these units is round in the currency.
    let mut unit = 1_i64;
    while span / unit > 100_000_000 {
        unit *= 10;
    }
    let marks = marks(lowest / unit, highest / unit, look.amounts);
    let (bottom, top) = (
        marks.first().copied().unwrap_or(0),
        marks.last().copied().unwrap_or(1),
    );
    // A place is named below its middle, which is where the library names places.
    let (left, right) = (-STEP / 2, count.max(1) * STEP - STEP / 2);
    let mut plot = ChartBuilder::on(area)
        .margin(look.margin)
        .x_label_area_size(look.below)
        .y_label_area_size(look.left)
        .build_cartesian_2d(left..right, (bottom..top).with_key_points(marks))
        .map_err(failed)?;
    let words = (FONT, look.font).into_font().color(&WORDS);
    let place_at = |at: &i64| {
        let index = usize::try_from(at / STEP).ok().filter(|_| at % STEP == 0);
        index
            .and_then(|index| chart.places.get(index))
            .cloned()
            .unwrap_or_default()
    };
    let amount_at = |amount: &i64| short(Micros(amount.saturating_mul(unit)), chart);
    {
        let mut mesh = plot.configure_mesh();
        mesh.disable_x_mesh()
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(look.gap)
            .x_labels(look.places)
            .y_labels(100)
            .label_style(words)
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .x_label_formatter(&place_at)
            .y_label_formatter(&amount_at);
        if !look.fine {
            mesh.disable_y_mesh();
        }
        mesh.draw().map_err(failed)?;
    }
    let first_open = chart.places.len().saturating_sub(chart.open);
    let places = || (0_i64..).step_by(usize::try_from(STEP).unwrap_or(1));
    for (series, colour) in &shown {
        match series.shape {
            Shape::Bars => {
                let bars = places().zip(&series.values).enumerate();
                plot.draw_series(bars.filter_map(|(index, (at, value))| {
                    let height = value.filter(|value| value.0 != 0)?.0 / unit;
                    let style = if look.fine && index >= first_open {
                        colour.mix(OPEN).filled()
                    } else {
                        colour.filled()
                    };
                    let (low, high) = (height.min(0), height.max(0));
                    Some(Rectangle::new([(at - BAR, low), (at + BAR, high)], style))
                }))
                .map_err(failed)?;
            }
            Shape::Line | Shape::Dashes => {
                let line: Vec<_> = places().zip(&series.values).collect();
                for piece in line.split(|(_, value)| value.is_none()) {
                    let corners = piece
                        .iter()
                        .filter_map(|(at, value)| Some((*at, value.as_ref()?.0 / unit)));
                    if series.shape == Shape::Line {
                        let style = colour.stroke_width(look.line);
                        plot.draw_series(LineSeries::new(corners, style))
                            .map_err(failed)?;
                    } else {
                        let style = colour.stroke_width(1);
                        plot.draw_series(DashedLineSeries::new(corners, 4, 3, style))
                            .map_err(failed)?;
                    }
                }
            }
        }
    }
    if look.fine {
        plot.draw_series(LineSeries::new([(left, 0), (right, 0)], ZERO))
            .map_err(failed)?;
    }
    Ok(())
}

/// Round amounts from below the lowest to above the highest, with at most so many parts between.
fn marks(lowest: i64, highest: i64, parts: i64) -> Vec<i64> {
    let span = highest.saturating_sub(lowest).max(1);
    let mut power = 1_i64;
    loop {
        for digit in [1, 2, 5] {
            let step = power.saturating_mul(digit);
            let (from, to) = (
                lowest.div_euclid(step),
                (highest + step - 1).div_euclid(step),
            );
            if to - from <= parts || step >= span {
                return (from..=to.max(from + 1)).map(|mark| mark * step).collect();
            }
        }
        power = power.saturating_mul(10);
    }
}

/// An amount in few characters: `950`, `12.5k`, `3M`, `−1.2k`.
fn short(amount: Micros, chart: &Chart) -> String {
    let sign = if amount.0 < 0 { "−" } else { "" };
    let size = amount.0.unsigned_abs();
    for (unit, letter) in [
        (1_000_000_000_000_000, "B"),
        (1_000_000_000_000, "M"),
        (1_000_000_000, "k"),
    ] {
        if size >= unit {
            let tenths = size / (unit / 10);
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if tenth == 0 {
                format!("{sign}{whole}{letter}")
            } else {
                format!("{sign}{whole}{}{tenth}{letter}", chart.decimal)
            };
        }
    }
    let whole = size / 1_000_000;
    if whole >= 10 || chart.decimals == 0 || size == 0 {
        format!("{sign}{whole}")
    } else {
        let cents = size % 1_000_000 / 10_000;
        format!("{sign}{whole}{}{cents:02}", chart.decimal)
    }
}

fn failed<E: std::error::Error + Send + Sync + 'static>(
    error: plotters::drawing::DrawingAreaErrorKind<E>,
) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests;
