//! The message templates of a WhatsApp account at whoever keeps them: Meta itself, or YCloud.

use async_trait::async_trait;
use rumbo_base::Error;
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
}

/// Templates at Meta, with the token of a sign-in.
#[derive(Clone, Debug)]
pub struct MetaTemplates(pub GraphClient);

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
        Ok(meta::list(&self.0, account).await?)
    }

    async fn create(&self, account: &str, template: &Template) -> Result<Created, TemplateFailure> {
        Ok(meta::create(&self.0, account, template).await?)
    }

    async fn edit(&self, of: TemplateKey<'_>, edit: &TemplateEdit) -> Result<(), TemplateFailure> {
        Ok(meta::edit(&self.0, of.account, of.external_id, edit).await?)
    }

    async fn delete(&self, of: TemplateKey<'_>) -> Result<(), TemplateFailure> {
        match meta::delete_language(&self.0, of.account, of.name, of.external_id).await {
            Err(error) if is_gone(&error) => Ok(()),
            done => Ok(done?),
        }
    }
}

/// Whether Meta says that there is no such template.
fn is_gone(error: &MetaError) -> bool {
    error
        .graph()
        .is_some_and(|graph| graph.is_unknown_object() || graph.subcode == Some(2_593_002))
}
