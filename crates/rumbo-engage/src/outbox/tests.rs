mod kill;
mod same;
mod sending;
