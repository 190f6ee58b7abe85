//! Why a dispatch waits, is left out or failed: one word for each, shown wherever it is shown.

use crate::words::words;

words! {
    /// Why a dispatch is not where it was meant to be.
    pub enum Why("reason") {
        /// The person opted out of the channel.
        OptedOut = "opted_out",
        /// The workspace asks for consent on this channel, and there is none.
        NoConsent = "no_consent",
        /// The contact has no address on this kind of channel.
        NoAddress = "no_address",
        /// The address cannot be one.
        AddressInvalid = "address_invalid",
        /// The address was found never to be reachable.
        AddressBounced = "address_bounced",
        /// The contact has another address than when this was planned.
        AddressChanged = "address_changed",
        /// Another contact of the same audience has the same address.
        Duplicate = "duplicate",
        /// A variable of the text has no value for this contact, and no fallback.
        ParameterMissing = "parameter_missing",
        /// The text is longer than the channel takes.
        TooLong = "too_long",
        /// The channel does not carry this kind of message.
        NotCarried = "not_carried",
        /// Free text, and the person has not written within the channel's window.
        WindowClosed = "window_closed",
        /// WhatsApp delivers no marketing templates to phone numbers of the United States.
        UsMarketing = "us_marketing",
        /// The contact has had as many messages as the workspace allows.
        FrequencyCap = "frequency_cap",
        /// It would cost more than was set aside.
        Budget = "budget",
        /// The provider lets this sender write to so many people a day.
        TierLimit = "tier_limit",
        /// It is night where the contact is.
        QuietHours = "quiet_hours",
        /// The business is closed.
        BusinessHours = "business_hours",
        /// The template is not there any more.
        TemplateGone = "template_gone",
        /// The template is not approved.
        TemplateNotApproved = "template_not_approved",
        /// The provider paused or disabled the template.
        TemplatePaused = "template_paused",
        /// The template is of another category than when this was planned, and costs otherwise.
        TemplateCategory = "template_category",
        /// The provider refuses every message of this template for now.
        TemplateRefused = "template_refused",
        /// Automatic messages are switched off in the workspace.
        SwitchedOff = "switched_off",
        /// Somebody is writing with the person, who is left alone by everything automatic.
        PersonWrites = "person_writes",
        /// What asked for it is paused.
        Paused = "paused",
        /// Its time passed before it could be sent.
        Expired = "expired",
        /// Somebody withdrew it.
        Withdrawn = "withdrawn",
        /// The provider refused it.
        Refused = "refused",
        /// It was tried as often as it may be.
        GaveUp = "gave_up",
        /// The provider withdrew it after taking it.
        ProviderWithdrew = "provider_withdrew",
        /// The provider's answer was lost.
        AnswerLost = "answer_lost",
        /// Whoever had claimed it died.
        ClaimerDied = "claimer_died",
        /// A person says that it was sent.
        PersonSaysSent = "person_says_sent",
        /// A person says that it was not sent.
        PersonSaysNotSent = "person_says_not_sent",
        /// The provider says that it never had it.
        NeverArrived = "never_arrived",
        /// The same person has just had a message on this channel.
        PairPace = "pair_pace",
        /// The provider refuses everything of this channel until somebody looks after it.
        ChannelStopped = "channel_stopped",
        /// It is tried again after a refusal that allows it.
        TriedAgain = "tried_again",
    }
}
