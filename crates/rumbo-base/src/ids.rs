//! One type for each kind of id: a contact's id cannot be passed where a workspace's is meant.

use serde::{Deserialize, Deserializer, Serialize, de};
use uuid::Uuid;

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdUnreadable;

impl std::fmt::Display for IdUnreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("write an id as the list has it, such as 01a1fdd6-51a5-7be9-bbdc-6b4624ff4947")
    }
}

impl std::error::Error for IdUnreadable {}

fn read(text: &str) -> Result<Uuid, IdUnreadable> {
    Uuid::parse_str(text.trim()).map_err(|_| IdUnreadable)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, sqlx::Type, specta::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdUnreadable;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                read(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if !deserializer.is_human_readable() {
                    return Uuid::deserialize(deserializer).map(Self);
                }
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|why| {
                    de::Error::custom(format_args!("\"{text}\" is no id: {why}"))
                })
            }
        }
    )+};
}

ids! {
    /// A workspace: one business, the unit of isolation.
    WorkspaceId,
    /// A person who uses Rumbo. Never a contact.
    UserId,
    /// A role in a workspace.
    RoleId,
    /// A connection to a Meta user or system user.
    ConnectionId,
    /// An ad account at an ad platform.
    AdAccountId,
    /// An ad campaign at an ad platform. Never a message campaign.
    AdCampaignId,
    /// An ad set.
    AdSetId,
    /// An ad.
    AdId,
    /// A creative.
    AdCreativeId,
    /// A Facebook page.
    PageId,
    /// An Instant Form.
    LeadFormId,
    /// A WhatsApp business account.
    WhatsAppAccountId,
    /// A contact: lead or customer.
    ContactId,
    /// The merging of one contact into another.
    ContactMergeId,
    /// One way a contact arrived.
    TouchpointId,
    /// A stage of the pipeline.
    StageId,
    /// An opportunity.
    OpportunityId,
    /// A sale.
    SaleId,
    /// A refund of a sale.
    RefundId,
    /// What was spent on a channel on a day.
    ChannelSpendId,
    /// A file that was imported.
    ImportId,
    /// A view of a screen, kept under a name.
    SavedViewId,
    /// A setting at Meta that was not the same at two syncs.
    SettingChangeId,
    /// A question to Meta about the people of a period.
    ReachQuestionId,
    /// A saved import mapping.
    ImportMappingId,
    /// A way to reach people: one sender at one provider.
    ChannelId,
    /// A WhatsApp message template in one language.
    TemplateId,
    /// What happened to a template at its provider.
    TemplateEventId,
    /// A look at a template before it is submitted.
    TemplateReviewId,
    /// One person at one channel.
    ConversationId,
    /// A message in a conversation.
    MessageId,
    /// A file that came with a message.
    MessageFileId,
    /// One intended message to one contact.
    DispatchId,
    /// One template sent to many at a person's wish.
    BulkSendId,
    /// The tie of a workspace to an inbox of a Chatwoot.
    ChatwootLinkId,
    /// What a provider sent to our webhook.
    WebhookDeliveryId,
}
