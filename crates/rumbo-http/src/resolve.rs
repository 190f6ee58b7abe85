//! Name look-up that fails with a type of its own, so that "no such name" is known by type.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The name has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name was not found")]
pub(crate) struct NameNotFound(#[source] Option<std::io::Error>);

/// The system's own resolver.
#[derive(Debug)]
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0))
                .await
                .map_err(|error| NameNotFound(Some(error)))?
                .collect();
            if found.is_empty() {
                return Err(NameNotFound(None).into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
