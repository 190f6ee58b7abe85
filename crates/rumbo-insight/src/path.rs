//! Where a figure belongs: the line from the ad account down to the creative, and the channel above.

use rumbo_base::{AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId};
use uuid::Uuid;

use crate::channel::Channel;

/// What one row of a report stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grain {
    /// What was spent outside the ad accounts is told by channel alone.
    Channel,
    Account,
    Campaign,
    AdSet,
    Ad,
    Creative,
}

/// An object at the ad platform: ours by its id, or, while it is not synced, only a name that
/// somebody gave (the platform's bare id).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key<I> {
    /// Stored.
    Known(I),
    /// Named by a touchpoint, and not synced yet.
    Waiting(String),
}

impl<I: Copy> Key<I> {
    pub(crate) fn of(id: Option<I>, external: Option<String>) -> Option<Self> {
        id.map(Self::Known).or_else(|| external.map(Self::Waiting))
    }

    pub(crate) fn known(&self) -> Option<I> {
        match self {
            Self::Known(id) => Some(*id),
            Self::Waiting(_) => None,
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }
}

/// As much of the line as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub account: Option<Key<AdAccountId>>,
    pub campaign: Option<Key<AdCampaignId>>,
    pub ad_set: Option<Key<AdSetId>>,
    pub ad: Option<Key<AdId>>,
    pub creative: Option<AdCreativeId>,
    /// Where it is known; of ad objects of which it is not, it is Meta.
    pub channel: Option<Channel>,
}

/// Which row of a report a path falls into.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RowKey {
    Channel(Channel),
    /// An object of the report's grain.
    Object(Key<Uuid>),
    /// A campaign that is not synced yet, so far in an account as touches say that it is: those of
    /// which one names the account and another does not are two rows, for each row of a report
    /// lies in one account.
    WaitingCampaign(String, Option<Key<Uuid>>),
    /// Credited, but to nothing of this grain: what remains below the nearest object above.
    Remainder(Parent),
}

impl RowKey {
    /// The same where no row tells an account.
    pub fn of_any_account(self) -> Self {
        match self {
            Self::WaitingCampaign(campaign, _) => Self::WaitingCampaign(campaign, None),
            other => other,
        }
    }
}

/// The nearest object above.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Parent {
    AdSet(Key<Uuid>),
    Campaign(Key<Uuid>),
    Account(Key<Uuid>),
    /// Nothing above is known either.
    None,
}

impl Path {
    /// Nothing is known.
    pub const NOWHERE: Self = Self {
        account: None,
        campaign: None,
        ad_set: None,
        ad: None,
        creative: None,
        channel: None,
    };

    /// Whether nothing of an ad is known: the row is not attributed.
    pub fn is_empty(&self) -> bool {
        self.account.is_none()
            && self.campaign.is_none()
            && self.ad_set.is_none()
            && self.ad.is_none()
            && self.creative.is_none()
    }

    /// The channel it belongs to. Ad objects are Meta's where nothing else is known of them.
    pub fn channel(&self) -> Option<Channel> {
        let of_ads = || (!self.is_empty()).then(Channel::meta);
        self.channel.clone().or_else(of_ads)
    }

    /// The line down to the campaign.
    pub fn of_campaign(self) -> Self {
        Self {
            account: self.account,
            campaign: self.campaign,
            ..Self::default()
        }
    }

    /// Takes in what another path of the same row knows above it. What of two is told does not depend
    /// on which came first: something before nothing, what is synced before what waits, then by id.
    pub fn take_in(&mut self, other: &Self) {
        fn first<T: Clone + Ord>(kept: &mut Option<T>, other: Option<&T>) {
            if let Some(other) = other
                && kept.as_ref().is_none_or(|kept| other < kept)
            {
                *kept = Some(other.clone());
            }
        }
        if self == other {
            return;
        }
        first(&mut self.account, other.account.as_ref());
        first(&mut self.campaign, other.campaign.as_ref());
        first(&mut self.ad_set, other.ad_set.as_ref());
        first(&mut self.ad, other.ad.as_ref());
        first(&mut self.creative, other.creative.as_ref());
    }

    /// Whether an object on the line is not synced yet.
    pub fn waits(&self) -> bool {
        self.account.as_ref().is_some_and(Key::is_waiting)
            || self.campaign.as_ref().is_some_and(Key::is_waiting)
            || self.ad_set.as_ref().is_some_and(Key::is_waiting)
            || self.ad.as_ref().is_some_and(Key::is_waiting)
    }

    /// The row it falls into; `None` when it is not attributed.
    pub fn row(&self, grain: Grain) -> Option<RowKey> {
        if grain == Grain::Channel {
            return self.channel().map(RowKey::Channel);
        }
        if self.is_empty() {
            return None;
        }
        if grain == Grain::Campaign
            && let Some(Key::Waiting(campaign)) = &self.campaign
        {
            let account = self.account.as_ref().map(Raw::raw);
            return Some(RowKey::WaitingCampaign(campaign.clone(), account));
        }
        let object = match grain {
            Grain::Channel => None,
            Grain::Account => self.account.as_ref().map(Raw::raw),
            Grain::Campaign => self.campaign.as_ref().map(Raw::raw),
            Grain::AdSet => self.ad_set.as_ref().map(Raw::raw),
            Grain::Ad => self.ad.as_ref().map(Raw::raw),
            Grain::Creative => self.creative.map(|id| Key::Known(id.0)),
        };
        Some(object.map_or_else(|| RowKey::Remainder(self.parent(grain)), RowKey::Object))
    }

    fn parent(&self, grain: Grain) -> Parent {
        let ad_set = self.ad_set.as_ref().filter(|_| grain == Grain::Ad);
        let campaign = self.campaign.as_ref().filter(|_| grain > Grain::Campaign);
        let account = self.account.as_ref().filter(|_| grain > Grain::Account);
        if let Some(key) = ad_set {
            Parent::AdSet(key.raw())
        } else if let Some(key) = campaign {
            Parent::Campaign(key.raw())
        } else if let Some(key) = account {
            Parent::Account(key.raw())
        } else {
            Parent::None
        }
    }
}

/// The plain id under a typed one.
trait Raw {
    fn raw(&self) -> Key<Uuid>;
}

macro_rules! raw {
    ($($id:ty),+) => {$(
        impl Raw for Key<$id> {
            fn raw(&self) -> Key<Uuid> {
                match self {
                    Key::Known(id) => Key::Known(id.0),
                    Key::Waiting(external) => Key::Waiting(external.clone()),
                }
            }
        }
    )+};
}
raw!(AdAccountId, AdCampaignId, AdSetId, AdId);
