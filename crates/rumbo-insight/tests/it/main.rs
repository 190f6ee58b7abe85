//! ROI and home on both databases.

mod random;
mod seeds;
mod small;
mod sql;
mod world;
