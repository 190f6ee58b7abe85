//! Ad accounts, campaigns, insights: sync from Meta and imports from files
