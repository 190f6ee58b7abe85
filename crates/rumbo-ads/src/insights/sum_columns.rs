//! The columns of stored sums, and what fills them.

/// The columns of a table of sums, each figure beside the number of rows that tell it.
macro_rules! sum_columns {
    () => {
        "ad_rows, impressions, clicks, link_clicks, spend_micros, meta_leads, meta_purchases, \
         meta_purchase_micros, impressions_rows, clicks_rows, link_clicks_rows, spend_rows"
    };
}

/// These columns summed over rows `i`.
macro_rules! summed {
    () => {
        "COUNT(*) AS ad_rows, \
         CAST(COALESCE(SUM(i.impressions), 0) AS BIGINT) AS impressions, \
         CAST(COALESCE(SUM(i.clicks), 0) AS BIGINT) AS clicks, \
         CAST(COALESCE(SUM(i.link_clicks), 0) AS BIGINT) AS link_clicks, \
         CAST(COALESCE(SUM(i.spend_micros), 0) AS BIGINT) AS spend_micros, \
         CAST(COALESCE(SUM(i.meta_leads), 0) AS BIGINT) AS meta_leads, \
         CAST(COALESCE(SUM(i.meta_purchases), 0) AS BIGINT) AS meta_purchases, \
         CAST(COALESCE(SUM(i.meta_purchase_micros), 0) AS BIGINT) AS meta_purchase_micros, \
         COUNT(i.impressions) AS impressions_rows, COUNT(i.clicks) AS clicks_rows, \
         COUNT(i.link_clicks) AS link_clicks_rows, COUNT(i.spend_micros) AS spend_rows"
    };
}

pub(super) use {sum_columns, summed};
