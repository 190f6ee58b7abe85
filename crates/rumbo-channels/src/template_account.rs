//! The message templates of a WhatsApp account at whoever keeps them: Meta itself, or YCloud.

use async_trait::async_trait;
use bytes::Bytes;
use rumbo_base::{Code, Error, Reason};
use rumbo_meta::error::MetaError;
use rumbo_meta::graph::GraphClient;
use rumbo_meta::templates::{self as meta, Created, Listed, Refusal, Template, TemplateEdit};

/// One template of an account, by everything that a provider may ask for.
#[derive(Clone, Copy, Debug)]
pub struct TemplateKey<'a> {
    /// The WhatsApp business account.
    pub account: &'a str,
    /// The provider's id of it.
    pub external_id: &'a str,
    pub name: &'a str,
    pub language: &'a str,
}

/// What a provider did not do.
#[derive(Debug)]
pub enum TemplateFailure {
    /// It refused, in its words.
    Refused {
        /// Why, where the numbers of the answer say.
        refusal: Option<Refusal>,
        said: String,
        source: Error,
    },
    /// The call left and no answer came: the provider may have done it all the same.
    Lost(Error),
    /// Nothing was done.
    Failed(Error),
}

/// Who keeps the templates of WhatsApp accounts. No call is tried again by itself where it may have
/// arrived.
#[async_trait]
pub trait TemplateAccount: Send + Sync {
    /// Every template of the account.
    ///
    /// # Errors
    /// When the provider cannot be asked, or refuses.
    async fn list(&self, account: &str) -> Result<Listed, Error>;

    /// Makes a template, which goes to review.
    ///
    /// # Errors
    /// See [`TemplateFailure`]; so for what follows.
    async fn create(&self, account: &str, template: &Template) -> Result<Created, TemplateFailure>;

    /// Puts another content in place of the one that is there.
    async fn edit(&self, of: TemplateKey<'_>, edit: &TemplateEdit) -> Result<(), TemplateFailure>;

    /// Deletes a template in its language alone. One that is not there counts as deleted.
    async fn delete(&self, of: TemplateKey<'_>) -> Result<(), TemplateFailure>;

    /// Uploads a file as the sample of a header, and gives the handle that stands for it.
    ///
    /// # Errors
    /// `InvalidInput` where the provider takes the address of a file and no file.
    async fn upload_sample(
        &self,
        _file_name: &str,
        _mime_type: &str,
        _bytes: Bytes,
    ) -> Result<String, Error> {
        Err(Error::new(
            Code::InvalidInput,
            "YCloud takes the sample of a header as a public address, not as a file that was uploaded. Enter its address.",
        )
        .reason(Reason::SampleAddressNeeded)
        .field("path"))
    }
}

/// Templates at Meta, with a token: of a sign-in, or a channel's own.
#[derive(Clone, Debug)]
pub struct MetaTemplates {
    client: GraphClient,
    /// The app that samples of headers are uploaded to.
    app: String,
}

impl MetaTemplates {
    /// With the token of an app whose id is known.
    pub fn of_app(client: GraphClient, app_id: String) -> Self {
        Self {
            client,
            app: app_id,
        }
    }

    /// With a token alone: `app` is Meta's name for whichever app it belongs to.
    pub fn of_token(client: GraphClient) -> Self {
        Self::of_app(client, "app".to_owned())
    }
}

impl From<MetaError> for TemplateFailure {
    fn from(error: MetaError) -> Self {
        let lost = match &error {
            MetaError::Transport(_) => !error.is_offline(),
            MetaError::NotAnAnswer { .. } | MetaError::Shape(_) => true,
            _ => false,
        };
        if lost {
            return Self::Lost(error.into());
        }
        let Some(refusal) = Refusal::of(&error) else {
            return Self::Failed(error.into());
        };
        let said = error
            .graph()
            .and_then(|graph| graph.user_message.clone())
            .unwrap_or_else(|| error.to_string());
        Self::Refused {
            refusal: Some(refusal),
            said,
            source: error.into(),
        }
    }
}

#[async_trait]
impl TemplateAccount for MetaTemplates {
    async fn list(&self, account: &str) -> Result<Listed, Error> {
        Ok(meta::list(&self.client, account).await?)
    }

    async fn create(&self, account: &str, template: &Template) -> Result<Created, TemplateFailure> {
        Ok(meta::create(&self.client, account, template).await?)
    }

    async fn edit(&self, of: TemplateKey<'_>, edit: &TemplateEdit) -> Result<(), TemplateFailure> {
        Ok(meta::edit(&self.client, of.account, of.external_id, edit).await?)
    }

    async fn delete(&self, of: TemplateKey<'_>) -> Result<(), TemplateFailure> {
        match meta::delete_language(&self.client, of.account, of.name, of.external_id).await {
            Err(error) if is_gone(&error) => Ok(()),
            done => Ok(done?),
        }
    }

    async fn upload_sample(
        &self,
        file_name: &str,
        mime_type: &str,
        bytes: Bytes,
    ) -> Result<String, Error> {
        let handle =
            meta::upload_sample(&self.client, &self.app, file_name, mime_type, bytes).await?;
        Ok(handle)
    }
}

/// Whether Meta says that there is no such template.
fn is_gone(error: &MetaError) -> bool {
    error
        .graph()
        .is_some_and(|graph| graph.is_unknown_object() || graph.subcode == Some(2_593_002))
}
