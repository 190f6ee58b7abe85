//! A PostgreSQL of the tests' own: on a socket in a temporary folder, run as somebody who is not
//! root, and gone when the tests end, however they end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Result, is_root, must, output};
use crate::setup::postgres_folder;

/// The role the tests connect as: it owns its database and cannot see past row-level security.
const ROLE: &str = "rumbo_app";
const DATABASE: &str = "rumbo_test";

/// A running server. Dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    /// The system user it runs as, when this program runs as root.
    user: Option<&'static str>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or it does not start.
    pub fn start() -> Result<Self> {
        let programs = postgres_folder().ok_or("PostgreSQL is missing. Run: cargo xtask setup")?;
        let folder = std::env::temp_dir().join(format!("rumbo-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let user = if is_root() { Some("postgres") } else { None };
        if let Some(user) = user {
            must(Command::new("chown").arg(user).arg(&folder))?;
        }
        let server = Self {
            programs,
            folder,
            user,
        };
        must(
            server
                .program("initdb")
                .args([
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--username=admin",
                    "--no-sync",
                ])
                .arg("--pgdata")
                .arg(server.data())
                .stdout(Stdio::null()),
        )?;
        // Nothing here has to survive a crash, and nobody may come in over the network.
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=200",
            server.folder.display()
        );
        must(
            server
                .program("pg_ctl")
                .args(["start", "--wait", "--silent"])
                .arg("--pgdata")
                .arg(server.data())
                .arg("--log")
                .arg(server.folder.join("server.log"))
                .args(["--options", &options])
                .stdout(Stdio::null()),
        )?;
        server.query(
            "postgres",
            &format!("CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS"),
        )?;
        server.query(
            "postgres",
            &format!("CREATE DATABASE {DATABASE} OWNER {ROLE}"),
        )?;
        Ok(server)
    }

    /// How the tests reach it.
    pub fn url(&self) -> String {
        format!(
            "postgres:///{DATABASE}?host={}&user={ROLE}",
            self.folder.display()
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn query(&self, database: &str, sql: &str) -> Result {
        output(
            self.program("psql")
                .args([
                    "--no-psqlrc",
                    "--quiet",
                    "--username=admin",
                    "--dbname",
                    database,
                ])
                .arg("--host")
                .arg(&self.folder)
                .args(["--command", sql]),
        )
        .map(|_| ())
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        command.current_dir(
            Path::new("/")
                .canonicalize()
                .unwrap_or_else(|_| self.folder.clone()),
        );
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = must(
            self.program("pg_ctl")
                .args(["stop", "--mode=immediate", "--silent"])
                .arg("--pgdata")
                .arg(self.data())
                .stdout(Stdio::null()),
        );
        if let Err(message) = stopped {
            eprintln!("xtask: {message}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: {}: {error}", self.folder.display());
        }
    }
}
