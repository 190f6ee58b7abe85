//! `rumbo agent`

use std::net::SocketAddr;

use clap::Args;
use rumbo_app::agent::AgentConfig;
use rumbo_app::wire::AgentEnvironment;
use rumbo_base::Error;
use url::Url;

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::output::print_line;
use crate::session::Program;
use crate::signals::StopSignals;

/// How the agent is to run.
#[derive(Debug, Args)]
pub struct AgentArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The address by which providers reach it, where that is a proxy's or a tunnel's
    #[arg(long, value_name = "URL", value_parser = flags::address)]
    public_url: Option<Url>,
    /// development, staging or production: said with its addresses
    #[arg(long, value_name = "NAME", value_parser = environment, default_value = "production")]
    environment: AgentEnvironment,
}

fn environment(text: &str) -> Result<AgentEnvironment, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "use development, staging or production".to_owned())
}

/// Runs until it is asked to stop. Prints one JSON line when it is ready.
pub async fn run(program: &Program, args: AgentArgs) -> Result<Exit, Failure> {
    program
        .anywhere(async |session| {
            let mut stop = StopSignals::listen().map_err(Error::internal)?;
            let config = AgentConfig {
                listen: args.listen,
                public_url: args.public_url,
                environment: args.environment,
            };
            let announcement = session.app.start_agent(config).await?;
            session.app.start_background();
            print_line(&announcement);
            // The program lets go of everything when it closes, the agent first.
            stop.asked().await;
            Ok(Exit::Done)
        })
        .await
}
