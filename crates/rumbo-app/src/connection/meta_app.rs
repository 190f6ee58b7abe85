//! Which Meta app a workspace signs in with.

use rumbo_base::{CacheTag, Code, Error, Result, Secret};
use rumbo_meta::graph::{DEFAULT_GRAPH_URL, DEFAULT_VERSION};
use rumbo_meta::oauth::{DEFAULT_DIALOG_URL, DEFAULT_PORTS, redirect_uris};
use rumbo_meta::scopes;
use rumbo_platform::vault::names::META_APP_SECRET;
use rumbo_platform::workspaces::{self, MetaAppSettings};
use url::Url;

use super::FEATURES;
use crate::Context;
use crate::wire::{FieldUse, GetMetaApp, MetaApp, PermissionUse, RedirectMode, SaveMetaApp};

/// The app in force, with its secret.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub app_id: String,
    pub app_secret: Option<Secret>,
    pub graph_url: Url,
    pub dialog_url: Url,
    pub version: String,
    pub redirect: RedirectMode,
    pub bounce_url: Option<Url>,
}

/// The workspace's own app, else the environment's. The sample workspace has the sandbox's.
pub(crate) async fn in_force(cx: &Context) -> Result<InForce> {
    let workspace = cx.workspace().await?;
    if workspace.sample {
        let meta = cx.app.sample_meta().await?;
        return Ok(InForce {
            app_id: meta.app_id,
            app_secret: Some(Secret::new(meta.app_secret)),
            graph_url: address("graph_url", &meta.graph_url)?,
            dialog_url: address("dialog_url", &meta.dialog_url)?,
            version: DEFAULT_VERSION.to_owned(),
            redirect: RedirectMode::Loopback,
            bounce_url: None,
        });
    }
    let own = workspace.settings.meta_app;
    let environment = &cx.app.0.config.environment;
    let from = |name: &str| environment.get(name).map(|value| value.expose().clone());
    let graph_url = address(
        "graph_url",
        own.graph_url.as_deref().unwrap_or(DEFAULT_GRAPH_URL),
    )?;
    let dialog_url = match &own.dialog_url {
        Some(url) => address("dialog_url", url)?,
        None if graph_url.as_str().starts_with(DEFAULT_GRAPH_URL) => {
            address("dialog_url", DEFAULT_DIALOG_URL)?
        }
        // Whatever stands in for the Graph stands in for the dialog, too.
        None => graph_url.clone(),
    };
    Ok(InForce {
        app_id: own
            .app_id
            .or_else(|| from("META_APP_ID"))
            .unwrap_or_default(),
        app_secret: cx.app.secret(cx, META_APP_SECRET).await?,
        graph_url,
        dialog_url,
        version: own
            .graph_version
            .or_else(|| from("META_GRAPH_API_VERSION"))
            .unwrap_or_else(|| DEFAULT_VERSION.to_owned()),
        redirect: own
            .redirect_mode
            .as_deref()
            .map_or(Ok(RedirectMode::Loopback), redirect)?,
        bounce_url: own
            .bounce_url
            .as_deref()
            .map(|u| address("bounce_url", u))
            .transpose()?,
    })
}

/// The Meta app in force.
pub async fn get_meta_app(cx: &Context, _req: GetMetaApp) -> Result<MetaApp> {
    let app = in_force(cx).await?;
    let redirect_uris = match (app.redirect, &app.bounce_url) {
        (RedirectMode::Loopback, _) => redirect_uris(&DEFAULT_PORTS),
        (RedirectMode::LoginSuccess, _) => app
            .dialog_url
            .join("/connect/login_success.html")
            .map(|url| vec![url.to_string()])
            .map_err(Error::internal)?,
        (RedirectMode::HttpsBounce, url) => url.iter().map(Url::to_string).collect(),
    };
    Ok(MetaApp {
        app_id: app.app_id,
        has_app_secret: app.app_secret.is_some(),
        graph_url: plain(&app.graph_url),
        dialog_url: plain(&app.dialog_url),
        graph_version: app.version,
        redirect_mode: app.redirect,
        bounce_url: app.bounce_url.map(|url| url.to_string()),
        ports: DEFAULT_PORTS.to_vec(),
        redirect_uris,
        permissions: permissions(),
        fields: fields(),
    })
}

fn permissions() -> Vec<PermissionUse> {
    scopes::SCOPES
        .iter()
        .filter(|need| FEATURES.contains(&need.feature))
        .map(|need| PermissionUse {
            scope: need.scope.to_owned(),
            feature: need.feature.word().to_owned(),
            required: need.required,
        })
        .collect()
}

fn fields() -> Vec<FieldUse> {
    scopes::FIELDS
        .iter()
        .filter(|read| FEATURES.contains(&read.feature))
        .map(|read| FieldUse {
            feature: read.feature.word().to_owned(),
            object: read.object.to_owned(),
            fields: read
                .fields
                .iter()
                .map(|field| (*field).to_owned())
                .collect(),
        })
        .collect()
}

/// Changes the Meta app of the workspace in use.
///
/// # Errors
/// `InvalidInput` naming the field; `Conflict` in the sample workspace, whose app is the
/// sandbox's; `KeyringUnavailable` when the secret cannot be kept.
pub async fn save_meta_app(cx: &Context, req: SaveMetaApp) -> Result<MetaApp> {
    let scope = cx.scope()?;
    let mut workspace = cx.workspace().await?;
    if workspace.sample {
        return Err(Error::new(
            Code::Conflict,
            "The sample workspace signs in at the sandbox. Make a workspace of your own to use a Meta app.",
        ));
    }
    let settings = &mut workspace.settings.meta_app;
    apply(settings, &req)?;
    if let Some(secret) = &req.app_secret {
        if secret.expose().trim().is_empty() {
            cx.app.delete_secret(cx, META_APP_SECRET).await?;
        } else {
            cx.app
                .set_secret(
                    cx,
                    META_APP_SECRET,
                    Secret::new(secret.expose().trim().to_owned()),
                )
                .await?;
        }
    }
    let mut tx = scope.write().await?;
    let now = scope.now();
    workspaces::save_settings(&mut tx, workspace.id, &workspace.settings, scope.actor, now).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection, CacheTag::Settings]);
    get_meta_app(cx, GetMetaApp {}).await
}

fn apply(settings: &mut MetaAppSettings, req: &SaveMetaApp) -> Result<()> {
    if let Some(id) = &req.app_id {
        let id = id.trim();
        if !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::new(
                Code::InvalidInput,
                "An app id has digits only. It stands at the top of the app's page at developers.facebook.com.",
            )
            .field("app_id"));
        }
        settings.app_id = (!id.is_empty()).then(|| id.to_owned());
    }
    for (field, value, place) in [
        ("graph_url", &req.graph_url, &mut settings.graph_url),
        ("dialog_url", &req.dialog_url, &mut settings.dialog_url),
        ("bounce_url", &req.bounce_url, &mut settings.bounce_url),
    ] {
        if let Some(value) = value {
            *place = match value.trim() {
                "" => None,
                text => Some(plain(&address(field, text)?)),
            };
        }
    }
    if let Some(version) = &req.graph_version {
        let version = version.trim();
        let number = version.strip_prefix('v').and_then(|n| n.strip_suffix(".0"));
        let known = number.is_some_and(|n| n.parse::<u16>().is_ok());
        if !version.is_empty() && !known {
            return Err(Error::new(
                Code::InvalidInput,
                format!("\"{version}\" is not a Graph version. Write it like {DEFAULT_VERSION}."),
            )
            .field("graph_version"));
        }
        settings.graph_version = (!version.is_empty()).then(|| version.to_owned());
    }
    if let Some(mode) = req.redirect_mode {
        settings.redirect_mode = Some(
            match mode {
                RedirectMode::Loopback => "loopback",
                RedirectMode::LoginSuccess => "login_success",
                RedirectMode::HttpsBounce => "https_bounce",
            }
            .to_owned(),
        );
    }
    Ok(())
}

fn redirect(word: &str) -> Result<RedirectMode> {
    match word {
        "loopback" => Ok(RedirectMode::Loopback),
        "login_success" => Ok(RedirectMode::LoginSuccess),
        "https_bounce" => Ok(RedirectMode::HttpsBounce),
        other => Err(Error::new(
            Code::DataCorrupt,
            format!("The redirect mode \"{other}\" of this workspace cannot be read."),
        )),
    }
}

/// Reads an address. Plain http is for this machine only: a token must not cross a network open.
fn address(field: &str, text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::new(
            Code::InvalidInput,
            format!("\"{text}\" cannot be used as an address: {why}."),
        )
        .field(field)
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("write it like https://host"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(wrong(
            "it has to begin with https://, or be on this machine",
        )),
    }
}

fn plain(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_hold_all_that_a_sign_in_asks_for() {
        let shown = permissions();
        for scope in scopes::scopes_for(&FEATURES) {
            assert!(shown.iter().any(|one| one.scope == scope), "{scope}");
        }
        let objects = fields();
        assert_eq!(objects.len(), scopes::FIELDS.len());
        assert!(objects.iter().all(|object| !object.fields.is_empty()));
    }
}
