//! The client against the sandbox, which answers as Meta does and refuses what Meta refuses.

use rumbo_base::{Clock, Entropy};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_sandbox::{Announcement, Sandbox, SandboxConfig, Switches};

mod faults;
mod reading;
mod secrets;
mod signing_in;

/// A running sandbox, and a client whose clock is the sandbox's start and jumps over waits.
pub struct Meta {
    pub sandbox: Sandbox,
    pub facts: Announcement,
    pub graph: GraphClient,
    pub clock: Clock,
}

pub async fn meta() -> Meta {
    let now = "2026-11-20T15:00:00Z".parse().unwrap();
    let config = SandboxConfig {
        now: Some(now),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let facts = sandbox.announcement();
    let clock = Clock::manual(now);
    let base = sandbox.graph_url();
    let http = HttpClient::new(base, HttpSettings::default(), clock.clone()).unwrap();
    let graph = GraphClient::new(http, GraphSettings::default(), Entropy::seeded(3));
    Meta {
        sandbox,
        facts,
        graph,
        clock,
    }
}

impl Meta {
    /// Changes switches of the sandbox.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let mut switches = self.sandbox.control().switches();
        change(&mut switches);
        self.sandbox.control().set_switches(switches);
    }

    /// The client with the ready token.
    pub fn signed_in(&self) -> GraphClient {
        self.graph.with_token(
            self.facts.access_token.as_str().into(),
            Some(self.facts.app_secret.as_str().into()),
        )
    }
}
