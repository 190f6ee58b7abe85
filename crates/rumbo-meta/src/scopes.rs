//! Which permission and field is asked for, and by which feature: data minimisation as a table.
//! A feature that is off asks for nothing. Rumbo reads ads and never changes them.

use crate::objects::{
    Ad, AdAccount, AdCreative, AdSet, Business, Campaign, InsightRow, Lead, LeadgenForm, Page,
    User, WhatsAppAccount, WhatsAppPhone,
};

/// What a person can switch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Accounts, campaigns, ads and what they earned.
    Ads,
    /// Business portfolios and what they own.
    Portfolios,
    /// Pages by name.
    Pages,
    /// Leads from Instant Forms.
    Leads,
    /// WhatsApp accounts and numbers.
    WhatsApp,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Ads,
        Self::Portfolios,
        Self::Pages,
        Self::Leads,
        Self::WhatsApp,
    ];

    /// A stable word for storage, the wire and translation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ads => "ads",
            Self::Portfolios => "portfolios",
            Self::Pages => "pages",
            Self::Leads => "leads",
            Self::WhatsApp => "whatsapp",
        }
    }

    /// The feature of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.word() == word)
    }
}

/// One permission that a feature asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeNeed {
    /// Meta's name.
    pub scope: &'static str,
    /// Who asks.
    pub feature: Feature,
    /// Whether the feature does not work at all without it.
    pub required: bool,
    /// What for, in plain English.
    pub purpose: &'static str,
}

const fn need(
    scope: &'static str,
    feature: Feature,
    required: bool,
    purpose: &'static str,
) -> ScopeNeed {
    ScopeNeed {
        scope,
        feature,
        required,
        purpose,
    }
}

/// Every permission Rumbo can ask for (Meta: "Facebook Login for Business", 2026-05-05, and
/// "Retrieving leads").
pub const SCOPES: &[ScopeNeed] = &[
    need(
        "ads_read",
        Feature::Ads,
        true,
        "read campaigns, ads and their results",
    ),
    need(
        "business_management",
        Feature::Portfolios,
        true,
        "list portfolios and their accounts",
    ),
    need(
        "pages_show_list",
        Feature::Pages,
        true,
        "list the pages with a role",
    ),
    need(
        "pages_read_engagement",
        Feature::Pages,
        false,
        "read a page's name and category",
    ),
    need(
        "leads_retrieval",
        Feature::Leads,
        true,
        "read leads of Instant Forms",
    ),
    need(
        "pages_show_list",
        Feature::Leads,
        true,
        "find the pages that own the forms",
    ),
    need(
        "pages_read_engagement",
        Feature::Leads,
        true,
        "speak with a page's own token",
    ),
    need(
        "pages_manage_ads",
        Feature::Leads,
        false,
        "list the forms of a page",
    ),
    need(
        "whatsapp_business_management",
        Feature::WhatsApp,
        true,
        "list WhatsApp accounts and numbers",
    ),
];

/// The permissions that the features ask for, each once, in the order of the table.
pub fn scopes_for(features: &[Feature]) -> Vec<&'static str> {
    let mut scopes = Vec::new();
    for need in SCOPES
        .iter()
        .filter(|need| features.contains(&need.feature))
    {
        if !scopes.contains(&need.scope) {
            scopes.push(need.scope);
        }
    }
    scopes
}

/// The required permissions of the features that were not granted.
pub fn missing_scopes(features: &[Feature], granted: &[String]) -> Vec<ScopeNeed> {
    SCOPES
        .iter()
        .filter(|need| need.required && features.contains(&need.feature))
        .filter(|need| !granted.iter().any(|scope| scope == need.scope))
        .copied()
        .collect()
}

/// The fields asked for of one kind of object.
#[derive(Clone, Copy, Debug)]
pub struct FieldUse {
    /// Who asks.
    pub feature: Feature,
    /// Meta's name of the kind of object.
    pub object: &'static str,
    /// Meta's names of the fields.
    pub fields: &'static [&'static str],
}

/// Every Graph field Rumbo asks for.
pub const FIELDS: &[FieldUse] = &[
    FieldUse {
        feature: Feature::Ads,
        object: "User",
        fields: User::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "AdAccount",
        fields: AdAccount::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "Campaign",
        fields: Campaign::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "AdSet",
        fields: AdSet::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "Ad",
        fields: Ad::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "AdCreative",
        fields: AdCreative::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "AdsInsights",
        fields: InsightRow::FIELDS,
    },
    FieldUse {
        feature: Feature::Ads,
        object: "AdsInsights action_attribution_windows",
        fields: InsightRow::WINDOWS,
    },
    // Only where somebody turned breakdowns on.
    FieldUse {
        feature: Feature::Ads,
        object: "AdsInsights breakdowns",
        fields: InsightRow::BREAKDOWNS,
    },
    // Only when somebody asks how many people were reached in a period.
    FieldUse {
        feature: Feature::Ads,
        object: "AdsInsights people",
        fields: InsightRow::PEOPLE,
    },
    FieldUse {
        feature: Feature::Portfolios,
        object: "Business",
        fields: Business::FIELDS,
    },
    FieldUse {
        feature: Feature::Pages,
        object: "Page",
        fields: Page::FIELDS,
    },
    FieldUse {
        feature: Feature::Leads,
        object: "LeadgenForm",
        fields: LeadgenForm::FIELDS,
    },
    FieldUse {
        feature: Feature::Leads,
        object: "Lead",
        fields: Lead::FIELDS,
    },
    FieldUse {
        feature: Feature::WhatsApp,
        object: "WhatsAppBusinessAccount",
        fields: WhatsAppAccount::FIELDS,
    },
    FieldUse {
        feature: Feature::WhatsApp,
        object: "WhatsAppBusinessPhoneNumber",
        fields: WhatsAppPhone::FIELDS,
    },
];

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::marketing::InsightsQuery;
    use crate::objects::InsightsLevel;

    #[test]
    fn a_feature_that_is_off_asks_for_nothing() {
        assert_eq!(scopes_for(&[]), Vec::<&str>::new());
        assert_eq!(scopes_for(&[Feature::Ads]), ["ads_read"]);
        let all = scopes_for(&Feature::ALL);
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(all.len(), once.len(), "each once");
        assert!(!all.contains(&"ads_management"), "ads are never changed");
    }

    #[test]
    fn only_required_permissions_are_missed() {
        let granted = ["ads_read", "leads_retrieval", "pages_show_list"].map(str::to_owned);
        let missing = missing_scopes(&[Feature::Ads, Feature::Leads], &granted);
        let names: Vec<&str> = missing.iter().map(|need| need.scope).collect();
        assert_eq!(names, ["pages_read_engagement"]);
        assert_eq!(missing[0].feature, Feature::Leads);
        assert!(missing_scopes(&[], &[]).is_empty());
    }

    #[test]
    fn every_field_that_figures_are_asked_with_is_told() {
        let told: Vec<&str> = FIELDS
            .iter()
            .filter(|asked| asked.object.starts_with("AdsInsights"))
            .flat_map(|asked| asked.fields)
            .copied()
            .collect();
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let mut queries = vec![InsightsQuery::ad_days(day, day)];
        for level in [
            InsightsLevel::Account,
            InsightsLevel::Campaign,
            InsightsLevel::AdSet,
            InsightsLevel::Ad,
        ] {
            queries.push(InsightsQuery::people(level, day, day));
        }
        for query in queries {
            for field in &query.fields {
                assert!(told.contains(&field.as_str()), "{field}");
            }
        }
        assert!(told.contains(&"1d_view"), "the windows are asked for too");
    }
}
