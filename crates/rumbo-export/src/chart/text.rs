//! A grid of characters for plotters to draw on: 2 × 4 dots to a character. Filled shapes become
//! block characters, lines become Braille, words stay words.

use std::convert::Infallible;
use std::fmt;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind,
};

/// Dots in a character, across and down.
const ACROSS: i32 = 2;
const DOWN: i32 = 4;

/// Braille's bit of each dot, row by row: the Unicode block numbers them by column.
const BRAILLE: [u32; 8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    letter: Option<char>,
    /// Dots of lines, as bits of Braille.
    line: u32,
    /// How many of the four rows of dots are filled.
    rows: [bool; 4],
}

/// The characters.
#[derive(Debug)]
pub(super) struct Screen {
    columns: u32,
    cells: Vec<Cell>,
    lines: u32,
}

impl Screen {
    pub fn new(columns: u32, lines: u32) -> Self {
        let (columns, lines) = (columns.max(1), lines.max(1));
        let count = usize::try_from(columns.saturating_mul(lines)).unwrap_or(0);
        Self {
            columns,
            lines,
            cells: vec![Cell::default(); count],
        }
    }

    /// The whole of it, to draw on.
    pub fn area(&mut self) -> DrawingArea<Pen<'_>, Shift> {
        Pen {
            screen: self,
            filling: false,
        }
        .into_drawing_area()
    }

    /// The character a dot is in, and the dot's place in it.
    fn cell(&mut self, (x, y): BackendCoord) -> Option<(&mut Cell, usize, usize)> {
        let (column, line) = (
            u32::try_from(x / ACROSS).ok()?,
            u32::try_from(y / DOWN).ok()?,
        );
        if x < 0 || y < 0 || column >= self.columns || line >= self.lines {
            return None;
        }
        let index = usize::try_from(line * self.columns + column).ok()?;
        let within = (
            usize::try_from(x % ACROSS).ok()?,
            usize::try_from(y % DOWN).ok()?,
        );
        self.cells
            .get_mut(index)
            .map(|cell| (cell, within.0, within.1))
    }
}

impl Cell {
    fn character(&self) -> char {
        if let Some(letter) = self.letter {
            return letter;
        }
        if self.line != 0 {
            return char::from_u32(0x2800 + self.line).unwrap_or('·');
        }
        match self.rows.iter().filter(|filled| **filled).count() {
            0 => ' ',
            1 => '▂',
            2 => '▄',
            3 => '▆',
            _ => '█',
        }
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = usize::try_from(self.columns).unwrap_or(1);
        for line in self.cells.chunks(columns) {
            let line: String = line.iter().map(Cell::character).collect();
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Draws on a screen.
#[derive(Debug)]
pub(super) struct Pen<'a> {
    screen: &'a mut Screen,
    /// A filled shape is being drawn: its dots are not a line's.
    filling: bool,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Pen<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (
            self.screen.columns * ACROSS.unsigned_abs(),
            self.screen.lines * DOWN.unsigned_abs(),
        )
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let filling = self.filling;
        if color.alpha > 0.0
            && let Some((cell, x, y)) = self.screen.cell(point)
        {
            if filling {
                if let Some(row) = cell.rows.get_mut(y) {
                    *row = true;
                }
            } else {
                cell.line |= BRAILLE.get(y * 2 + x).copied().unwrap_or(0);
            }
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.filling = fill;
        for y in top..=bottom {
            for x in left..=right {
                if fill || x == left || x == right || y == top || y == bottom {
                    self.draw_pixel((x, y), style.color())?;
                }
            }
        }
        self.filling = false;
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let (width, height) = self.estimate_text_size(text, style)?;
        let (width, height) = (
            i32::try_from(width).unwrap_or(0),
            i32::try_from(height).unwrap_or(0),
        );
        let left = match style.anchor().h_pos {
            HPos::Left => x,
            HPos::Center => x - width / 2,
            HPos::Right => x - width,
        };
        let top = match style.anchor().v_pos {
            VPos::Top => y,
            VPos::Center => y - height / 2,
            VPos::Bottom => y - height,
        };
        for (at, letter) in (0..).zip(text.chars()) {
            // The middle of the character, so that rounding cannot push it to its neighbour.
            let middle = (left + at * ACROSS + ACROSS / 2, top + DOWN / 2);
            if let Some((cell, _, _)) = self.screen.cell(middle) {
                cell.letter = Some(letter);
            }
        }
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let letters = u32::try_from(text.chars().count()).unwrap_or(0);
        Ok((letters * ACROSS.unsigned_abs(), DOWN.unsigned_abs()))
    }
}
