use super::*;

#[test]
fn text_stands_left_and_figures_right() {
    let mut grid = Grid::new(&["Name"], &["Spend", "ROI"]);
    grid.row(["Sofás", "1,842.61 USD", "—"]);
    grid.row(["Promoción de verano", "9.00 USD", "\u{2212}12.5 %"]);
    insta::assert_snapshot!(grid.text(), @r"
Name                        Spend      ROI
────────────────────────────────────────────
Sofás                1,842.61 USD        —
Promoción de verano      9.00 USD  −12.5 %
");
}

#[test]
fn names_from_outside_cannot_drive_the_terminal() {
    let mut grid = Grid::new(&["Name"], &[]);
    grid.row(["a\u{1b}[31mb\nc"]);
    assert!(!grid.text().contains('\u{1b}'));
    assert_eq!(grid.text().lines().count(), 3);
}

#[test]
fn a_long_name_is_cut_with_an_ellipsis() {
    let long = "á".repeat(60);
    assert_eq!(short(&long).chars().count(), 44);
    assert!(short(&long).ends_with('…'));
    assert_eq!(short("short"), "short");
}
