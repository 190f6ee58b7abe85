//! Attribution, ROI, dashboards and charts
