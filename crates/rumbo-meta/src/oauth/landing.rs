//! What Meta sends back, read without trusting it.

use rumbo_base::{Code, Error, Reason, Secret};
use url::Url;

use super::challenge::same;

/// An answer that came to the redirect address.
#[derive(Clone, Debug)]
pub enum Landing {
    /// Not the redirect address, or nothing in it yet: keep watching.
    NotYet,
    /// An answer; whether it belongs to the attempt is still to be checked.
    Answer(Answer),
}

/// The parameters of an answer. Each is refused when it comes twice.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub(super) state: Option<Secret>,
    pub(super) code: Option<Secret>,
    pub(super) error: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) error_code: Option<i64>,
    pub(super) doubled: bool,
}

impl Answer {
    /// Reads the parameters of an address.
    pub(super) fn from_query(query: &str) -> Self {
        let mut answer = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            let first = match &*name {
                "state" => answer.state.replace(Secret::new(value)).is_none(),
                "code" => answer.code.replace(Secret::new(value)).is_none(),
                "error" => answer.error.replace(value).is_none(),
                "error_reason" => answer.reason.replace(value).is_none(),
                "error_code" => answer
                    .error_code
                    .replace(value.parse().unwrap_or(0))
                    .is_none(),
                _ => true,
            };
            answer.doubled |= !first;
        }
        answer
    }

    /// Whether it says anything at all.
    pub(super) fn is_empty(&self) -> bool {
        self.state.is_none()
            && self.code.is_none()
            && self.error.is_none()
            && self.error_code.is_none()
    }

    /// The code, if the answer belongs to this state and the person said yes.
    ///
    /// # Errors
    /// `SignInMismatch` for a state that is missing, doubled or another one: nothing else of the
    /// answer is looked at then. `SignInDenied` when the person said no. `RedirectNotRegistered`
    /// and `MetaRefused` for what Meta's dialog itself reports.
    pub(super) fn code_for(&self, state: &Secret, redirect_uri: &str) -> Result<Secret, Error> {
        let belongs = self
            .state
            .as_ref()
            .is_some_and(|own| same(own.expose(), state.expose()));
        if self.doubled || !belongs {
            return Err(mismatch());
        }
        if let Some(error) = &self.error {
            let denied = error == "access_denied" || self.reason.as_deref() == Some("user_denied");
            return Err(if denied {
                denied_sentence()
            } else {
                self.refused(error, redirect_uri)
            });
        }
        if self.error_code.is_some() {
            return Err(self.refused("error", redirect_uri));
        }
        match &self.code {
            Some(code) if !code.expose().is_empty() => Ok(code.clone()),
            _ => Err(mismatch()),
        }
    }

    fn refused(&self, error: &str, redirect_uri: &str) -> Error {
        if self.error_code == Some(191) {
            return redirect_not_registered(redirect_uri);
        }
        let word: String = error
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(60)
            .collect();
        let number = self.error_code.unwrap_or(0);
        Error::new(
            Code::MetaRefused,
            format!(
                "Meta did not let the sign-in through ({word}, {number}). Check at \
                 developers.facebook.com that the app is live or that you have a role in it, and \
                 that Facebook Login is set up."
            ),
        )
        .reason(Reason::LoginRefused)
        .param("meta_error", word)
        .param("meta_code", number)
    }
}

pub(super) fn mismatch() -> Error {
    Error::new(
        Code::SignInMismatch,
        "The answer does not belong to this sign-in, so it was not used. Start the connection \
         again, and answer only in the window that opens then.",
    )
}

fn denied_sentence() -> Error {
    Error::new(
        Code::SignInDenied,
        "Meta was told not to give access. Nothing was connected. Start again when you want to \
         allow it.",
    )
}

pub(super) fn redirect_not_registered(redirect_uri: &str) -> Error {
    Error::new(
        Code::RedirectNotRegistered,
        format!(
            "Meta does not accept the address {redirect_uri} for this app. Add exactly this text \
             at developers.facebook.com under Facebook Login, Valid OAuth Redirect URIs. A live \
             app takes no localhost address: use the in-app window or an https page instead."
        ),
    )
    .reason(Reason::RedirectNotRegistered)
    .param("redirect_uri", redirect_uri)
}

/// Reads an address that a window landed on, or that a person copied. Only the exact redirect
/// address counts: scheme, host, port and path.
pub fn read_landing(landed: &Url, redirect_uri: &Url) -> Landing {
    let same_place = landed.scheme() == redirect_uri.scheme()
        && landed.host_str() == redirect_uri.host_str()
        && landed.port_or_known_default() == redirect_uri.port_or_known_default()
        && landed.path() == redirect_uri.path();
    if !same_place {
        return Landing::NotYet;
    }
    let answer = Answer::from_query(landed.query().unwrap_or_default());
    if answer.is_empty() {
        Landing::NotYet
    } else {
        Landing::Answer(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(query: &str) -> Result<Secret, Error> {
        Answer::from_query(query).code_for(&"right".into(), "http://localhost:8765/oauth/meta")
    }

    #[test]
    fn the_state_is_looked_at_before_anything_else() {
        assert_eq!(answer("code=c&state=right").unwrap().expose(), "c");
        for bad in [
            "code=c",
            "code=c&state=",
            "code=c&state=wrong",
            "code=c&state=RIGHT",
            "code=c&state=right&state=right",
            "code=c&code=d&state=right",
            "error=access_denied&state=wrong",
            "error=access_denied",
            "state=right",
            "state=right&code=",
        ] {
            assert_eq!(
                answer(bad).unwrap_err().code(),
                Code::SignInMismatch,
                "{bad}"
            );
        }
    }

    #[test]
    fn a_no_is_a_no_and_other_refusals_say_what_to_do() {
        let denied = "error=access_denied&error_reason=user_denied&error_description=x&state=right";
        assert_eq!(answer(denied).unwrap_err().code(), Code::SignInDenied);
        let not_registered = answer("error=oops&error_code=191&state=right").unwrap_err();
        assert_eq!(not_registered.code(), Code::RedirectNotRegistered);
        assert!(
            not_registered
                .message()
                .contains("http://localhost:8765/oauth/meta")
        );
        let other = answer("error=%3Cscript%3E&error_code=1349&state=right").unwrap_err();
        assert_eq!(other.code(), Code::MetaRefused);
        assert!(!other.message().contains('<'), "{}", other.message());
    }

    #[test]
    fn only_the_exact_address_counts() {
        let redirect = Url::parse("https://www.facebook.com/connect/login_success.html").unwrap();
        let read = |url: &str| read_landing(&Url::parse(url).unwrap(), &redirect);
        let yes = "https://www.facebook.com/connect/login_success.html?code=c&state=s#_=_";
        assert!(matches!(read(yes), Landing::Answer(_)));
        for no in [
            "https://www.facebook.com/connect/login_success.html",
            "http://www.facebook.com/connect/login_success.html?code=c&state=s",
            "https://www.facebook.com.evil.test/connect/login_success.html?code=c&state=s",
            "https://www.facebook.com:444/connect/login_success.html?code=c&state=s",
            "https://www.facebook.com/connect/login_success.html/x?code=c&state=s",
            "https://www.facebook.com/v26.0/dialog/oauth?state=s&code=c",
        ] {
            assert!(matches!(read(no), Landing::NotYet), "{no}");
        }
    }
}
