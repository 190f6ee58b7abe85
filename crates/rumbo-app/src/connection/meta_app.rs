//! Which Meta app a workspace signs in with.

use rumbo_base::{CacheTag, Code, Error, Reason, Result, Secret};
use rumbo_meta::graph::{DEFAULT_GRAPH_URL, DEFAULT_VERSION};
use rumbo_meta::oauth::{CALLBACK_PATH, DEFAULT_DIALOG_URL, DEFAULT_PORTS, redirect_uris};
use rumbo_meta::scopes::{self, Feature};
use rumbo_platform::connections;
use rumbo_platform::vault::names::{META_APP_ID, META_APP_SECRET};
use rumbo_platform::vault::{FoundSecret, SecretSource};
use rumbo_platform::workspaces::{self, MetaAppSettings, Workspace};
use url::Url;

use crate::Context;
use crate::wire::{FieldUse, GetMetaApp, MetaApp, PermissionUse, RedirectMode, SaveMetaApp};

/// The path of Meta's own page for programs that watch a window.
const LOGIN_SUCCESS: &str = "/connect/login_success.html";
/// More ports than anybody registers.
const MOST_PORTS: usize = 16;
/// Ports below belong to the system.
const LOWEST_PORT: u16 = 1024;

/// The app in force, with its secret.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub app_id: String,
    pub app_id_source: Option<SecretSource>,
    pub app_secret: Option<Secret>,
    pub app_secret_source: Option<SecretSource>,
    pub places: Places,
    pub redirect: RedirectMode,
    pub bounce_url: Option<Url>,
    pub ports: Vec<u16>,
    /// What is switched on.
    pub features: Vec<Feature>,
}

/// Where Meta is.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub graph_url: Url,
    pub dialog_url: Url,
    pub version: String,
}

/// What the environment says, where it says anything.
fn environment(cx: &Context, name: &str) -> Option<String> {
    let value = cx.app.0.config.environment.get(name)?.expose().trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Where Meta is for this workspace. Asks no vault.
pub(crate) async fn places(cx: &Context) -> Result<Places> {
    let workspace = cx.workspace().await?;
    if workspace.sample {
        let meta = cx.app.sample_meta().await?;
        return Ok(Places {
            graph_url: address("graph_url", &meta.graph_url)?,
            dialog_url: address("dialog_url", &meta.dialog_url)?,
            version: DEFAULT_VERSION.to_owned(),
        });
    }
    let own = workspace.settings.meta_app;
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
    Ok(Places {
        graph_url,
        dialog_url,
        version: own
            .graph_version
            .or_else(|| environment(cx, "META_GRAPH_API_VERSION"))
            .unwrap_or_else(|| DEFAULT_VERSION.to_owned()),
    })
}

/// What is switched on in a workspace.
pub(crate) fn features(workspace: &Workspace) -> Vec<Feature> {
    let kept = &workspace.settings.meta_app.features;
    // A word that is not known is a newer program's.
    let known: Vec<Feature> = Feature::ALL
        .into_iter()
        .filter(|feature| kept.iter().any(|word| word == feature.word()))
        .collect();
    if known.is_empty() {
        Feature::ALL.to_vec()
    } else {
        known
    }
}

/// The workspace's own app, else the program's, else the environment's. The sample workspace has
/// the sandbox's.
pub(crate) async fn in_force(cx: &Context) -> Result<InForce> {
    let workspace = cx.workspace().await?;
    let places = places(cx).await?;
    if workspace.sample {
        let meta = cx.app.sample_meta().await?;
        return Ok(InForce {
            app_id: meta.app_id,
            app_id_source: Some(SecretSource::Workspace),
            app_secret: Some(Secret::new(meta.app_secret)),
            app_secret_source: Some(SecretSource::Workspace),
            places,
            redirect: RedirectMode::Loopback,
            bounce_url: None,
            ports: DEFAULT_PORTS.to_vec(),
            features: Feature::ALL.to_vec(),
        });
    }
    let features = features(&workspace);
    let own = workspace.settings.meta_app;
    let (app_id, app_id_source) = match own.app_id {
        Some(id) => (id, Some(SecretSource::Workspace)),
        None => match cx.app.find_secret(cx, META_APP_ID).await? {
            Some(found) => (found.secret.expose().trim().to_owned(), Some(found.source)),
            None => (String::new(), None),
        },
    };
    let secret = match cx.app.find_secret(cx, META_APP_SECRET).await? {
        Some(found) if is_of(cx, &found, &app_id).await? => Some(found),
        _ => None,
    };
    let named = environment(cx, "META_REDIRECT_URI");
    let mut way = match (&own.redirect_mode, named) {
        (None, Some(uri)) => way_of(&uri)?,
        (mode, _) => Way {
            redirect: mode
                .as_deref()
                .map_or(Ok(RedirectMode::Loopback), redirect)?,
            bounce_url: None,
            port: None,
        },
    };
    if let Some(url) = &own.bounce_url {
        way.bounce_url = Some(address("bounce_url", url)?);
    }
    Ok(InForce {
        app_id,
        app_id_source,
        app_secret_source: secret.as_ref().map(|found| found.source),
        app_secret: secret.map(|found| found.secret),
        places,
        redirect: way.redirect,
        bounce_url: way.bounce_url,
        ports: match (own.ports.as_slice(), way.port) {
            ([], Some(port)) => vec![port],
            ([], None) => DEFAULT_PORTS.to_vec(),
            (ports, _) => ports.to_vec(),
        },
        features,
    })
}

/// Whether a secret is this app's: one that is kept elsewhere beside another app id is not.
async fn is_of(cx: &Context, found: &FoundSecret, app_id: &str) -> Result<bool> {
    let beside = match found.source {
        SecretSource::Workspace => None,
        SecretSource::Global => cx
            .app
            .global_secret(META_APP_ID)
            .await?
            .map(|id| id.expose().trim().to_owned()),
        SecretSource::Environment => environment(cx, "META_APP_ID"),
    };
    Ok(beside.is_none_or(|id| id == app_id))
}

/// The way back that one address means.
#[derive(Debug, PartialEq)]
struct Way {
    redirect: RedirectMode,
    bounce_url: Option<Url>,
    /// For a loopback address.
    port: Option<u16>,
}

/// Reads `META_REDIRECT_URI`, the one address that is registered at the Meta app.
fn way_of(uri: &str) -> Result<Way> {
    let wrong = || {
        Error::new(
            Code::InvalidInput,
            format!(
                "META_REDIRECT_URI is \"{uri}\". Use http://localhost:PORT{CALLBACK_PATH}, Meta's \
                 login_success page, or the https address of your forwarding page."
            ),
        )
        .reason(Reason::RedirectUriUnusable)
        .param("value", uri)
        .param("path", CALLBACK_PATH)
        .field("META_REDIRECT_URI")
    };
    let url = Url::parse(uri).map_err(|_| wrong())?;
    let way = |redirect| Way {
        redirect,
        bounce_url: None,
        port: None,
    };
    match (url.scheme(), url.host_str()) {
        ("http", Some("localhost"))
            if url.path() == CALLBACK_PATH && url.query().is_none() && url.port().is_some() =>
        {
            Ok(Way {
                port: url.port(),
                ..way(RedirectMode::Loopback)
            })
        }
        ("https", Some(_)) if url.path() == LOGIN_SUCCESS => Ok(way(RedirectMode::LoginSuccess)),
        ("https", Some(_)) => Ok(Way {
            bounce_url: Some(url),
            ..way(RedirectMode::HttpsBounce)
        }),
        _ => Err(wrong()),
    }
}

/// The Meta app in force.
pub async fn get_meta_app(cx: &Context, _req: GetMetaApp) -> Result<MetaApp> {
    let app = in_force(cx).await?;
    let redirect_uris = match (app.redirect, &app.bounce_url) {
        (RedirectMode::Loopback, _) => redirect_uris(&app.ports),
        (RedirectMode::LoginSuccess, _) => app
            .places
            .dialog_url
            .join(LOGIN_SUCCESS)
            .map(|url| vec![url.to_string()])
            .map_err(Error::internal)?,
        (RedirectMode::HttpsBounce, url) => url.iter().map(Url::to_string).collect(),
    };
    Ok(MetaApp {
        app_id: app.app_id,
        app_id_source: app.app_id_source.map(|source| source.word().to_owned()),
        has_app_secret: app.app_secret.is_some(),
        app_secret_source: app.app_secret_source.map(|source| source.word().to_owned()),
        graph_url: plain(&app.places.graph_url),
        dialog_url: plain(&app.places.dialog_url),
        graph_version: app.places.version,
        redirect_mode: app.redirect,
        bounce_url: app.bounce_url.map(|url| url.to_string()),
        ports: app.ports,
        redirect_uris,
        permissions: permissions(&app.features),
        fields: fields(&app.features),
        features: app
            .features
            .iter()
            .map(|feature| feature.word().to_owned())
            .collect(),
    })
}

fn permissions(features: &[Feature]) -> Vec<PermissionUse> {
    scopes::SCOPES
        .iter()
        .filter(|need| features.contains(&need.feature))
        .map(|need| PermissionUse {
            scope: need.scope.to_owned(),
            feature: need.feature.word().to_owned(),
            required: need.required,
        })
        .collect()
}

fn fields(features: &[Feature]) -> Vec<FieldUse> {
    scopes::FIELDS
        .iter()
        .filter(|read| features.contains(&read.feature))
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
        )
        .reason(Reason::SampleHasNoApp));
    }
    apply(&mut workspace.settings.meta_app, &req)?;
    keep_secret(cx, &req).await?;
    if req.everywhere
        && let Some(id) = workspace.settings.meta_app.app_id.take()
    {
        cx.app
            .set_global_secret(META_APP_ID, Secret::new(id))
            .await?;
    }
    let mut tx = scope.write().await?;
    let now = scope.now();
    workspaces::save_settings(&mut tx, workspace.id, &workspace.settings, scope.actor, now).await?;
    // With another feature the sign-in may lack a permission, or lack it no more.
    if let Some(stored) = connections::current(&mut tx, workspace.id).await? {
        let missing = missing(&features(&workspace), &stored.granted_scopes);
        connections::set_missing_scopes(&mut tx, scope, stored.id, &missing).await?;
    }
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection, CacheTag::Settings]);
    get_meta_app(cx, GetMetaApp {}).await
}

/// The required permissions that are not granted, by Meta's names.
pub(super) fn missing(features: &[Feature], granted: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for need in scopes::missing_scopes(features, granted) {
        if !names.iter().any(|name| name == need.scope) {
            names.push(need.scope.to_owned());
        }
    }
    names
}

/// Keeps the app's secret, where one was given; an empty text removes it.
async fn keep_secret(cx: &Context, req: &SaveMetaApp) -> Result<()> {
    let Some(secret) = &req.app_secret else {
        return Ok(());
    };
    let secret = Secret::new(secret.expose().trim().to_owned());
    match (secret.expose().is_empty(), req.everywhere) {
        (true, false) => cx.app.delete_secret(cx, META_APP_SECRET).await,
        (true, true) => cx.app.delete_global_secret(META_APP_SECRET).await,
        (false, false) => cx.app.set_secret(cx, META_APP_SECRET, secret).await,
        (false, true) => {
            cx.app.set_global_secret(META_APP_SECRET, secret).await?;
            // Its own would stand before it.
            cx.app.delete_secret(cx, META_APP_SECRET).await
        }
    }
}

fn apply(settings: &mut MetaAppSettings, req: &SaveMetaApp) -> Result<()> {
    if let Some(id) = &req.app_id {
        let id = id.trim();
        if !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::new(
                Code::InvalidInput,
                "An app id has digits only. It stands at the top of the app's page at developers.facebook.com.",
            )
            .reason(Reason::AppIdInvalid)
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
            .reason(Reason::GraphVersionInvalid)
            .param("value", version)
            .param("example", DEFAULT_VERSION)
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
    if let Some(ports) = &req.ports {
        settings.ports = valid_ports(ports)?;
    }
    if let Some(features) = &req.features {
        settings.features = valid_features(features)?;
    }
    Ok(())
}

fn valid_ports(ports: &[u16]) -> Result<Vec<u16>> {
    let mut kept: Vec<u16> = Vec::new();
    for port in ports {
        if *port < LOWEST_PORT {
            return Err(Error::new(
                Code::InvalidInput,
                format!("{port} is not a port for programs. Use {LOWEST_PORT} to 65535."),
            )
            .reason(Reason::NumberOutOfRange)
            .param("value", port)
            .param("least", LOWEST_PORT)
            .param("most", u16::MAX)
            .field("ports")
            .param("port", port));
        }
        if !kept.contains(port) {
            kept.push(*port);
        }
    }
    if kept.len() > MOST_PORTS {
        return Err(Error::new(
            Code::InvalidInput,
            format!("These are more than {MOST_PORTS} ports. Keep those that are registered."),
        )
        .reason(Reason::TooManyPorts)
        .param("most", MOST_PORTS)
        .field("ports"));
    }
    Ok(kept)
}

fn valid_features(words: &[String]) -> Result<Vec<String>> {
    for word in words {
        if Feature::of_word(word).is_none() {
            let known: Vec<&str> = Feature::ALL.iter().map(|feature| feature.word()).collect();
            let known = known.join(", ");
            return Err(Error::new(
                Code::InvalidInput,
                format!("\"{word}\" cannot be switched on or off. There is: {known}."),
            )
            .reason(Reason::ValueUnknown)
            .param("value", word)
            .param("choices", known)
            .field("features"));
        }
    }
    let on = |feature: &Feature| words.iter().any(|word| word == feature.word());
    if !words.is_empty() && !on(&Feature::Ads) {
        return Err(Error::new(
            Code::InvalidInput,
            "Without \"ads\" there is nothing to sync. Leave it switched on.",
        )
        .reason(Reason::AdsNeeded)
        .field("features"));
    }
    let all = Feature::ALL.iter().all(on);
    Ok(Feature::ALL
        .iter()
        .filter(|feature| !all && on(feature))
        .map(|feature| feature.word().to_owned())
        .collect())
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
        .reason(Reason::AddressInvalid)
        .param("value", text)
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
        let shown = permissions(&Feature::ALL);
        for scope in scopes::scopes_for(&Feature::ALL) {
            assert!(shown.iter().any(|one| one.scope == scope), "{scope}");
        }
        let objects = fields(&Feature::ALL);
        assert_eq!(objects.len(), scopes::FIELDS.len());
        assert!(objects.iter().all(|object| !object.fields.is_empty()));
    }

    #[test]
    fn what_is_switched_off_asks_for_nothing() {
        let only = [Feature::Ads];
        assert_eq!(permissions(&only).len(), 1);
        assert!(fields(&only).iter().all(|object| object.feature == "ads"));
    }

    #[test]
    fn the_address_that_is_registered_says_the_way_back() {
        let loopback = way_of("http://localhost:9321/oauth/meta").unwrap();
        assert_eq!(
            (loopback.redirect, loopback.port),
            (RedirectMode::Loopback, Some(9321))
        );
        let window = way_of("https://www.facebook.com/connect/login_success.html").unwrap();
        assert_eq!(window.redirect, RedirectMode::LoginSuccess);
        let page = way_of("https://casaalba.example/meta/").unwrap();
        assert_eq!(page.redirect, RedirectMode::HttpsBounce);
        assert_eq!(
            page.bounce_url.unwrap().as_str(),
            "https://casaalba.example/meta/"
        );
        for wrong in [
            "http://localhost/oauth/meta",
            "http://localhost:9321/crm/auth/meta/callback",
            "http://127.0.0.1:9321/oauth/meta",
            "http://casaalba.example/meta/",
            "callback",
        ] {
            let error = way_of(wrong).unwrap_err();
            assert_eq!(error.field_name(), Some("META_REDIRECT_URI"), "{wrong}");
        }
    }

    #[test]
    fn ports_and_features_are_checked() {
        assert_eq!(valid_ports(&[9001, 9002, 9001]).unwrap(), [9001, 9002]);
        assert_eq!(valid_ports(&[80]).unwrap_err().field_name(), Some("ports"));
        let many: Vec<u16> = (2000..2017).collect();
        assert!(valid_ports(&many).is_err());
        let words = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            valid_features(&words)
        };
        assert_eq!(words(&["leads", "ads"]).unwrap(), ["ads", "leads"]);
        let all: Vec<&str> = Feature::ALL.iter().map(|feature| feature.word()).collect();
        assert_eq!(
            words(&all).unwrap(),
            Vec::<String>::new(),
            "all is the usual"
        );
        assert!(words(&[]).unwrap().is_empty());
        for wrong in [&["leads"][..], &["ads", "reports"]] {
            assert_eq!(words(wrong).unwrap_err().field_name(), Some("features"));
        }
    }
}
