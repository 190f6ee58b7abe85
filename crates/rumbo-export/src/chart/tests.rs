use super::*;

/// Days with spend and revenue, the first of them 1 November.
fn chart(days: &[(Option<&str>, &str)]) -> Chart {
    let micros = |text: &str| Micros::parse(text).unwrap();
    let sum = |values: &[Option<Micros>]| {
        let known: Vec<i64> = values.iter().flatten().map(|value| value.0).collect();
        (!known.is_empty()).then(|| format!("{}.00 USD", known.iter().sum::<i64>() / 1_000_000))
    };
    let series = |name: &str, shape, values: Vec<Option<Micros>>| Series {
        name: name.to_owned(),
        shape,
        total: sum(&values),
        values,
    };
    let revenue = days.iter().map(|(_, revenue)| Some(micros(revenue)));
    let spend = days.iter().map(|(spend, _)| spend.map(micros));
    let mut revenue = series("Revenue", Shape::Bars, revenue.collect());
    revenue.total.get_or_insert_with(|| "0.00 USD".to_owned());
    Chart {
        title: "Spend and revenue".to_owned(),
        subtitle: "Last touch".to_owned(),
        places: (1..=days.len()).map(|day| format!("11-{day:02}")).collect(),
        series: vec![revenue, series("Spend", Shape::Line, spend.collect())],
        open: 0,
        decimal: '.',
        decimals: 2,
    }
}

fn text(chart: &Chart) -> String {
    chart_text(chart, 48, 9).unwrap()
}

fn svg(chart: &Chart) -> String {
    chart_svg(chart, 960, 400).unwrap()
}

#[test]
fn a_chart_in_text_shows_bars_line_and_words() {
    let chart = chart(&[
        (Some("100"), "0"),
        (Some("100"), "250"),
        (Some("120"), "1200"),
        (None, "900"),
        (Some("80"), "400"),
        (Some("300"), "2000"),
    ]);
    insta::assert_snapshot!(text(&chart), @r"
    █ Revenue 4750.00 USD   ⠒ Spend 700.00 USD
          2k                                 ██████
                                             ██████
                         ▂▂▂▂▂▂▂             ██████
          1k             ███████▂▂▂▂▂▂       ██████
                         █████████████       ██████
                         █████████████▄▄▄▄▄▄▄█⣀⣀███
           0   ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠄████████████⠠⠶⠶⠛⠛⠉⠉███
             11-01                            11-06
    ");
}

#[test]
fn a_chart_of_nothing_is_empty_and_no_fault() {
    for days in [&[][..], &[(None, "0")][..]] {
        let chart = chart(days);
        let text = super::tests::text(&chart);
        assert!(!text.contains('▂') && !text.contains('▆'), "{text}");
        assert!(text.starts_with("█ Revenue 0.00 USD   ⠒ Spend —"), "{text}");
        assert!(svg(&chart).contains("</svg>"));
    }
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let chart = chart(&[(Some("5"), "9000000000000")]);
    for (width, height) in [(1, 1), (3, 2), (20, 3), (400, 100)] {
        let text = chart_text(&chart, width, height).unwrap();
        assert!(text.lines().skip(1).all(|line| line.chars().count() <= 400));
    }
}

#[test]
fn a_picture_has_a_bar_for_each_day_with_revenue() {
    let chart = chart(&[(Some("10"), "20"), (Some("10"), "0"), (Some("30"), "40")]);
    let svg = svg(&chart);
    let bars = svg
        .lines()
        .filter(|line| line.starts_with("<rect") && line.contains("#1D55C4"));
    // One of them is the square of the legend.
    assert_eq!(bars.count(), 3, "{svg}");
    assert!(svg.contains("<polyline") && svg.contains("11-01"));
}

#[test]
fn amounts_are_short() {
    let shown = chart(&[]);
    let short = |text: &str| super::short(Micros::parse(text).unwrap(), &shown);
    assert_eq!(
        [
            short("0"),
            short("7.5"),
            short("950"),
            short("12500"),
            short("3000000"),
            short("4200000000"),
            short("-1250")
        ],
        ["0", "7.50", "950", "12.5k", "3M", "4.2B", "−1.2k"]
    );
}

#[test]
fn what_was_given_back_goes_below_zero() {
    let chart = chart(&[(Some("10"), "100"), (Some("10"), "-60")]);
    let svg = svg(&chart);
    let bars: Vec<&str> = svg
        .lines()
        .filter(|line| line.starts_with("<rect") && line.contains("#1D55C4"))
        .collect();
    // The square of the legend, and two bars that end where the other begins.
    assert_eq!(bars.len(), 3, "{svg}");
    let of = |line: &str, name: &str| -> i32 {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let (up, down) = (bars.get(1).unwrap(), bars.get(2).unwrap());
    assert!(
        (of(up, "y") + of(up, "height") - of(down, "y")).abs() <= 1,
        "{svg}"
    );
}

#[test]
fn what_is_compared_with_is_dashed_and_left_out_of_text() {
    let mut compared = chart(&[(Some("10"), "20"), (Some("10"), "30")]);
    let before = text(&compared);
    compared.series.push(Series {
        name: "Before".to_owned(),
        shape: Shape::Dashes,
        values: vec![Some(Micros(5_000_000)), Some(Micros(15_000_000))],
        total: None,
    });
    assert_eq!(text(&compared), before);
    assert!(svg(&compared).contains("Before"));
}

#[test]
fn a_picture_of_dots_has_letters_and_both_colours() {
    use resvg::tiny_skia::Pixmap;
    let png =
        crate::chart_png(&chart(&[(Some("10"), "20"), (Some("10"), "30")]), 480, 240).unwrap();
    let dots = Pixmap::decode_png(&png).unwrap();
    assert_eq!((dots.width(), dots.height()), (960, 480));
    let has = |colour: RGBColor| {
        dots.pixels()
            .iter()
            .any(|dot| (dot.red(), dot.green(), dot.blue()) == (colour.0, colour.1, colour.2))
    };
    let [bars, line, _] = COLOURS;
    assert!(has(bars) && has(line));
    // The title is written: where it stands there is more than the ground.
    let title = (0..200).flat_map(|x| (20..60).map(move |y| (x, y)));
    let inked = title
        .filter(|(x, y)| dots.pixel(*x, *y).is_some_and(|dot| dot.red() < 100))
        .count();
    assert!(inked > 200, "{inked}");
}

#[test]
fn amounts_beside_the_picture_are_round() {
    assert_eq!(marks(0, 1_240, 5), [0, 500, 1_000, 1_500]);
    assert_eq!(marks(-220, 1_240, 5), [-500, 0, 500, 1_000, 1_500]);
    assert_eq!(marks(0, 2_000, 3), [0, 1_000, 2_000]);
    assert_eq!(marks(0, 0, 5), [0, 1]);
    assert_eq!(marks(-7, 0, 5), [-8, -6, -4, -2, 0]);
}
