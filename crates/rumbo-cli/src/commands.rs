//! One module for each group of commands.

pub mod accounts;
pub mod audit_csv;
pub mod breakdown;
pub mod call;
pub mod changes;
pub mod cohorts;
pub mod completions;
pub mod connect;
pub mod contacts;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod import;
pub mod models;
pub mod opportunities;
pub mod pacing;
pub mod rates;
pub mod roi;
pub mod sales;
pub mod sandbox;
pub mod stats;
pub mod status;
pub mod sync;
pub mod touchpoints;
pub mod workspace;
