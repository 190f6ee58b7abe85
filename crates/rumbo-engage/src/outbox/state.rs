//! The states of a dispatch: one table of what leads from which to which (docs/states.md).

use crate::words::words;

words! {
    /// Where a dispatch stands.
    pub enum State("state") {
        /// Written down; waits until what asked for it is started.
        Planned = "planned",
        /// Must wait for a moment or for somebody; the reason says for what.
        Held = "held",
        /// Left out for good; the reason says why.
        Skipped = "skipped",
        /// Goes out as soon as it is due and the sender has room.
        Queued = "queued",
        /// A sender has it in hand: the call may be on its way.
        Claimed = "claimed",
        /// The provider has it.
        Sent = "sent",
        /// It reached the person.
        Delivered = "delivered",
        /// The person saw it.
        Read = "read",
        /// The provider says that it did not reach the person.
        Failed = "failed",
        /// The address can never be reached.
        Bounced = "bounced",
        /// Nobody can say whether it was sent. It is never sent again by itself.
        Unknown = "unknown",
        /// Withdrawn before it was claimed.
        Cancelled = "cancelled",
    }
}

words! {
    /// What happens to a dispatch.
    pub enum Step("step") {
        /// What it waited for is there.
        Release = "release",
        /// A guard makes it wait.
        Hold = "hold",
        /// A guard leaves it out.
        Skip = "skip",
        /// Somebody withdraws it.
        Cancel = "cancel",
        /// A sender takes it in hand.
        Claim = "claim",
        /// It is known that nothing was sent, and it may be tried again.
        PutBack = "put_back",
        /// The answer was lost, or whoever had claimed it died.
        Lose = "lose",
        /// The provider took it.
        Accept = "accept",
        /// The provider says that it was not or cannot be delivered.
        Refuse = "refuse",
        /// The provider says that the address can never be reached.
        Bounce = "bounce",
        /// The provider says that it was delivered.
        Deliver = "deliver",
        /// The provider says that it was read.
        See = "see",
    }
}

/// Every step that there is, from where and to where. What does not stand here cannot happen: a step
/// that is told late or again is kept as history and changes nothing.
pub const TABLE: &[(State, Step, State)] = &[
    (State::Planned, Step::Release, State::Queued),
    (State::Planned, Step::Hold, State::Held),
    (State::Planned, Step::Skip, State::Skipped),
    (State::Planned, Step::Cancel, State::Cancelled),
    (State::Held, Step::Release, State::Queued),
    (State::Held, Step::Hold, State::Held),
    (State::Held, Step::Skip, State::Skipped),
    (State::Held, Step::Cancel, State::Cancelled),
    (State::Queued, Step::Hold, State::Held),
    (State::Queued, Step::Skip, State::Skipped),
    (State::Queued, Step::Cancel, State::Cancelled),
    (State::Queued, Step::Claim, State::Claimed),
    (State::Claimed, Step::Hold, State::Held),
    (State::Claimed, Step::Skip, State::Skipped),
    (State::Claimed, Step::PutBack, State::Queued),
    (State::Claimed, Step::Lose, State::Unknown),
    (State::Claimed, Step::Accept, State::Sent),
    (State::Claimed, Step::Refuse, State::Failed),
    (State::Claimed, Step::Bounce, State::Bounced),
    (State::Claimed, Step::Deliver, State::Delivered),
    (State::Claimed, Step::See, State::Read),
    (State::Unknown, Step::PutBack, State::Queued),
    (State::Unknown, Step::Accept, State::Sent),
    (State::Unknown, Step::Refuse, State::Failed),
    (State::Unknown, Step::Bounce, State::Bounced),
    (State::Unknown, Step::Deliver, State::Delivered),
    (State::Unknown, Step::See, State::Read),
    (State::Sent, Step::Refuse, State::Failed),
    (State::Sent, Step::Bounce, State::Bounced),
    (State::Sent, Step::Deliver, State::Delivered),
    (State::Sent, Step::See, State::Read),
    // That it reached the person is worth more than a report that it did not.
    (State::Failed, Step::Bounce, State::Bounced),
    (State::Failed, Step::Deliver, State::Delivered),
    (State::Failed, Step::See, State::Read),
    (State::Bounced, Step::Deliver, State::Delivered),
    (State::Bounced, Step::See, State::Read),
    (State::Delivered, Step::See, State::Read),
    // An attempt that was said not to have been sent had been sent: it must not go out again.
    (State::Queued, Step::Accept, State::Sent),
    (State::Queued, Step::Deliver, State::Delivered),
    (State::Queued, Step::See, State::Read),
    (State::Held, Step::Accept, State::Sent),
    (State::Held, Step::Deliver, State::Delivered),
    (State::Held, Step::See, State::Read),
    (State::Skipped, Step::Accept, State::Sent),
    (State::Skipped, Step::Deliver, State::Delivered),
    (State::Skipped, Step::See, State::Read),
    (State::Cancelled, Step::Accept, State::Sent),
    (State::Cancelled, Step::Deliver, State::Delivered),
    (State::Cancelled, Step::See, State::Read),
];

impl State {
    /// Where a step leads; `None` where it changes nothing.
    pub fn after(self, step: Step) -> Option<Self> {
        TABLE
            .iter()
            .find(|(from, by, _)| *from == self && *by == step)
            .map(|(_, _, to)| *to)
    }

    /// Whether it still counts against caps: it went out or will.
    pub fn counts(self) -> bool {
        !matches!(
            self,
            Self::Skipped | Self::Failed | Self::Bounced | Self::Cancelled
        )
    }

    /// Whether nothing more will be done about it from here.
    pub fn is_settled(self) -> bool {
        !matches!(
            self,
            Self::Planned | Self::Held | Self::Queued | Self::Claimed | Self::Unknown
        )
    }

    /// How far it has come: what is told of a message only ever raises this.
    pub fn rank(self) -> u8 {
        match self {
            Self::Planned => 0,
            Self::Held | Self::Queued | Self::Skipped | Self::Cancelled => 1,
            Self::Claimed => 2,
            Self::Unknown => 3,
            Self::Sent => 4,
            Self::Failed => 5,
            Self::Bounced => 6,
            Self::Delivered => 7,
            Self::Read => 8,
        }
    }

    /// The status of the message in its conversation.
    pub fn message_status(self) -> &'static str {
        match self {
            Self::Planned | Self::Held | Self::Queued | Self::Claimed => "pending",
            Self::Skipped | Self::Cancelled => "cancelled",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed | Self::Bounced => "failed",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What is told of a message, by webhook or when asked.
    const TOLD: [Step; 5] = [
        Step::Accept,
        Step::Refuse,
        Step::Bounce,
        Step::Deliver,
        Step::See,
    ];

    #[test]
    fn every_pair_of_state_and_step_is_decided_once() {
        let mut seen = BTreeSet::new();
        for (from, step, to) in TABLE {
            assert!(seen.insert((*from, *step)), "{from} {step} stands twice");
            assert_eq!(from.after(*step), Some(*to));
        }
        let all = State::ALL.len() * Step::ALL.len();
        assert_eq!((seen.len(), all), (49, 144));
        for from in State::ALL {
            for step in Step::ALL {
                assert_eq!(from.after(*step).is_some(), seen.contains(&(*from, *step)));
            }
        }
    }

    #[test]
    fn what_may_have_been_sent_is_queued_again_only_when_it_is_known_that_it_was_not() {
        for (from, step, to) in TABLE {
            if *to == State::Queued && matches!(from, State::Claimed | State::Unknown) {
                assert_eq!(*step, Step::PutBack);
            }
            if *to == State::Claimed {
                assert_eq!(*from, State::Queued);
            }
            if matches!(
                from,
                State::Sent
                    | State::Delivered
                    | State::Read
                    | State::Failed
                    | State::Bounced
                    | State::Skipped
                    | State::Cancelled
            ) {
                assert!(to.rank() > from.rank(), "{from} {step} {to}");
                assert!(to.is_settled(), "{from} {step} {to}");
            }
            if *step == Step::Cancel {
                assert!(!matches!(from, State::Claimed | State::Unknown));
            }
        }
        // Nothing leads out of "read", and every state can be reached.
        assert!(TABLE.iter().all(|(from, ..)| *from != State::Read));
        for state in State::ALL {
            assert!(*state == State::Planned || TABLE.iter().any(|(_, _, to)| to == state));
        }
    }

    fn told() -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec(prop::sample::select(TOLD.to_vec()), 0..12)
    }

    proptest! {
        #[test]
        fn whatever_order_statuses_come_in_they_lead_to_the_same_and_never_back(
            steps in told(),
            shuffle in any::<u64>(),
            from in prop::sample::select(vec![State::Claimed, State::Unknown, State::Sent]),
        ) {
            let run = |steps: &[Step]| {
                steps.iter().fold(from, |state, step| {
                    let next = state.after(*step).unwrap_or(state);
                    assert!(next.rank() >= state.rank(), "{state} {step} {next}");
                    next
                })
            };
            let mut other: Vec<(u64, Step)> = steps
                .iter()
                .enumerate()
                .map(|(place, step)| {
                    let place = u64::try_from(place).unwrap();
                    (shuffle.wrapping_mul(place.wrapping_mul(2_654_435_761) | 1).rotate_left(17), *step)
                })
                .collect();
            other.sort_by_key(|(key, _)| *key);
            let other: Vec<Step> = other.into_iter().map(|(_, step)| step).collect();
            prop_assert_eq!(run(&steps), run(&other));
            // Telling all of it again changes nothing.
            let twice: Vec<Step> = steps.iter().chain(&steps).copied().collect();
            prop_assert_eq!(run(&steps), run(&twice));
        }
    }
}
