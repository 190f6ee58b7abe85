use super::*;

#[test]
fn a_missing_sign_in_and_an_unfinished_job_have_codes_of_their_own() {
    for code in [
        Code::NeedsSignIn,
        Code::SignInDenied,
        Code::SignInExpired,
        Code::SignInMismatch,
    ] {
        assert_eq!(Exit::of(code), Exit::NeedsSignIn, "{code:?}");
    }
    for code in [Code::PartlyDone, Code::Cancelled] {
        assert_eq!(Exit::of(code), Exit::Partly, "{code:?}");
    }
    assert_eq!(Exit::of(Code::InvalidInput), Exit::Usage);
    for code in [
        Code::NotFound,
        Code::Conflict,
        Code::Offline,
        Code::PermissionMissing,
        Code::Internal,
    ] {
        assert_eq!(Exit::of(code), Exit::Failed, "{code:?}");
    }
}

#[test]
fn an_error_has_the_same_fields_whoever_found_it() {
    let usage = Failure::flag("from", "Write a day.").json();
    let core = Failure::from(Error::new(Code::Offline, "Meta cannot be reached.")).json();
    let fields = |v: &serde_json::Value| {
        let mut names: Vec<String> = v["error"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(fields(&usage), fields(&core));
    assert_eq!(usage["error"]["code"], "invalid_input");
    assert_eq!(core["error"]["code"], "offline");
}
