//! Tests of the program without a window.

mod architecture;
