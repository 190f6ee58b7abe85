//! What asks for a dispatch.

use crate::words::words;

words! {
    /// What asked for a dispatch (SPEC O1).
    pub enum Origin("origin") {
        /// A person, in a conversation.
        Person = "person",
        /// A bulk send.
        BulkSend = "bulk_send",
        /// A rule.
        Rule = "rule",
        /// A step of a sequence.
        Sequence = "sequence",
        /// A message campaign.
        Campaign = "campaign",
        /// The bot.
        Bot = "bot",
    }
}

words! {
    /// What a message is for: decides which guards hold it up.
    pub enum Purpose("purpose") {
        /// It sells.
        Marketing = "marketing",
        /// It tells of something that the person did or has.
        Utility = "utility",
        /// It carries a code.
        Authentication = "authentication",
        /// A person answers a person.
        Service = "service",
    }
}

impl Origin {
    /// Whether nobody looked at each message before it went out.
    pub fn is_automatic(self) -> bool {
        self != Self::Person
    }

    /// Whether it is one of many that somebody can stop, go on with or withdraw together.
    pub fn is_to_many(self) -> bool {
        match self {
            Self::BulkSend | Self::Rule | Self::Sequence | Self::Campaign => true,
            Self::Person | Self::Bot => false,
        }
    }
}
