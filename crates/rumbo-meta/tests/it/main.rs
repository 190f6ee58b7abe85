//! The client against a scripted server.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod tokens;
