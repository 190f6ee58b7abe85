//! What became of a call to send, by what may be done next and never by the words of the answer.

use std::time::Duration;

/// What a call to send came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it: it has an id there.
    Accepted(super::Accepted),
    /// The provider says that nothing was sent, or nothing left this machine.
    NotSent(NotSent),
    /// Nobody can say: the call left and no answer came, or an answer that may follow a sent message.
    /// It is settled by asking, by a webhook or by a person, never by sending again (SPEC O2).
    Unknown {
        /// For people, without secrets.
        text: String,
        code: Option<String>,
    },
}

/// The provider's refusal, told as what may be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent {
    /// The provider's code, as its documentation has it; `None` when the call never left.
    pub code: Option<String>,
    /// The provider's words, redacted.
    pub text: String,
    /// Whether and when the same message may be tried again.
    pub again: Again,
    /// What else must wait or stop besides this message.
    pub scope: Scope,
    /// The address can never be reached: it is marked as bounced.
    pub bounced: bool,
    /// The person does not want to be written to: an opt-out is recorded (Meta's 131050).
    pub opted_out: bool,
}

/// Whether a message that was not sent may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Not as it is.
    Never,
    /// Later, with growing waits, a bounded number of times.
    Backoff,
    /// Not before this long from now: the provider said so, or its documentation does.
    After(Duration),
}

/// How far a refusal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This message alone.
    Message,
    /// This sender and this person together (Meta's 131056): others go on.
    Pair,
    /// Everything of this sender waits for a while (130429).
    Sender,
    /// Every message of this template stops until it is sound again (132015, 132016, 132001, 132000).
    Template,
    /// The channel stops until somebody acts: token, permission, payment, block.
    Channel,
}
