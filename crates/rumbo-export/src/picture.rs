//! A chart as a PNG: the SVG, drawn on dots.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use rumbo_base::{Code, Error, Result};

use crate::chart::{Chart, chart_svg};

/// Dots for a pixel of the SVG: sharp on today's screens and on paper.
const DENSITY: u32 = 2;

/// The letters come along, so that the picture is the same on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../fonts/Inter-Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../fonts/Inter-SemiBold.ttf").to_vec());
    Arc::new(fonts)
});

/// The chart as the bytes of a PNG file, twice as many dots each way as the SVG has pixels.
///
/// # Errors
/// When it cannot be drawn at this size.
pub fn chart_png(chart: &Chart, width: u32, height: u32) -> Result<Vec<u8>> {
    let svg = chart_svg(chart, width, height)?;
    let options = Options {
        fontdb: Arc::clone(&FONTS),
        font_family: "Inter".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(&svg, &options).map_err(Error::internal)?;
    let mut dots = Pixmap::new(width * DENSITY, height * DENSITY)
        .ok_or_else(|| Error::new(Code::Internal, "A picture of no size cannot be drawn."))?;
    resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut dots.as_mut());
    dots.encode_png().map_err(Error::internal)
}
