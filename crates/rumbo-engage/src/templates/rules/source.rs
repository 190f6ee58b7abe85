//! Where the rules are published.

/// A page that rules come from.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub title: &'static str,
    pub url: &'static str,
    /// What the page is: Meta's own, or somebody's who sells WhatsApp.
    pub whose: &'static str,
}

macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident: $whose:literal, $title:literal, $url:literal;)+) => {
        $($(#[$doc])* pub static $name: Source = Source { title: $title, url: $url, whose: $whose };)+
        static ALL: &[&Source] = &[$(&$name),+];
    };
}

/// Every source.
pub fn sources() -> impl Iterator<Item = &'static Source> {
    ALL.iter().copied()
}

sources! {
    OVERVIEW: "Meta", "Template fundamentals", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview";
    COMPONENTS: "Meta", "Template components", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components";
    REVIEW: "Meta", "Template review", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review";
    CATEGORIES: "Meta", "Template categorization", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-categorization";
    SUPPORTED_LANGUAGES: "Meta", "Supported languages", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages";
    TIME_TO_LIVE: "Meta", "Configure message time-to-live", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live";
    ERROR_CODES: "Meta", "Error codes, template creation errors", "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes";
    STATUS_UPDATE: "Meta", "The message_template_status_update webhook", "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update";
    LIMITED_TIME_OFFERS: "Meta", "Limited-time offer templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates";
    COUPONS: "Meta", "Coupon code templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/coupon-templates";
    MEDIA_CARDS: "Meta", "Media card carousel templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates";
    PRODUCT_CARDS: "Meta", "Product card carousel templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/product-card-carousel-template-messages";
    SINGLE_PRODUCT: "Meta", "Single-product message templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/spm-template-messages";
    MULTI_PRODUCT: "Meta", "Multi-product message templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/mpm-template-messages";
    AUTHENTICATION: "Meta", "Authentication templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates";
    ZERO_TAP: "Meta", "Zero-tap authentication templates", "https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/zero-tap-authentication-templates";
    /// What Meta answers a request that it refuses, in `error_user_msg`.
    ANSWER: "Meta", "The sentence in which Meta refuses (error_user_msg)", "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes";
    /// What the editor of WhatsApp Manager says and does before it submits.
    EDITOR: "Meta", "The editor of WhatsApp Manager", "https://business.facebook.com/latest/whatsapp_manager/message_templates";
    TWILIO_VARIABLES: "Twilio", "Using variables with Content Templates", "https://www.twilio.com/docs/content/using-variables-with-content-api";
    TWILIO_APPROVALS: "Twilio", "Message template approvals and statuses", "https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses";
    TWILIO_REJECTED: "Twilio", "Error 63040: template rejected", "https://www.twilio.com/docs/api/errors/63040";
    TWILIO_TOO_LONG: "Twilio", "Error 63021: channel invalid content", "https://www.twilio.com/docs/api/errors/63021";
    YCLOUD: "YCloud", "Schema of a template's components", "https://docs.ycloud.com/reference/whatsapp_template-create";
    GUPSHUP: "Gupshup", "Template button list", "https://docs.gupshup.io/docs/template-button-list";
    BIRD: "Bird", "WhatsApp Business template guidelines and restrictions", "https://docs.bird.com/applications/content/message-templates/concepts/whatsapp-message-templates/whatsapp-business-template-guidelines-and-restrictions";
    FRAPPE: "frappe_whatsapp", "Samples with line breaks are refused", "https://github.com/shridarpatil/frappe_whatsapp/issues/81";
}
