use super::*;
use ErrorClass::{CallerBug, Permission, Policy, SignIn, Throttle, TooMuchData, Transient};

fn class(json: &str, status: u16) -> ErrorClass {
    GraphError::new(serde_json::from_str(json).unwrap(), status).class
}

/// Code, subcode, `is_transient`, HTTP status, and the class they mean.
type Case = (i64, Option<i64>, Option<bool>, u16, ErrorClass);

/// Every failure of the facts, with the numbers as Meta sends them.
#[test]
fn every_known_failure_has_its_class() {
    let cases: &[Case] = &[
        (4, None, None, 400, Throttle),
        (4, Some(1_504_022), None, 400, Throttle),
        (4, Some(1_504_039), None, 400, Throttle),
        (17, None, None, 400, Throttle),
        (17, Some(2_446_079), Some(false), 400, Throttle),
        (32, None, None, 400, Throttle),
        (341, None, None, 400, Throttle),
        (613, None, None, 400, Throttle),
        (613, Some(1_487_742), None, 400, Throttle),
        (613, Some(5_044_001), None, 400, Throttle),
        (613, Some(1_996), None, 400, Throttle),
        (80_000, None, None, 400, Throttle),
        (80_001, None, None, 400, Throttle),
        (80_002, None, None, 400, Throttle),
        (80_003, None, None, 400, Throttle),
        (80_004, Some(2_446_079), Some(false), 400, Throttle),
        (80_005, None, None, 400, Throttle),
        (80_006, None, None, 400, Throttle),
        (80_008, None, None, 400, Throttle),
        (80_009, None, None, 400, Throttle),
        (80_014, None, None, 400, Throttle),
        (1, None, None, 500, Transient),
        (2, None, Some(true), 500, Transient),
        (-2, Some(2_490_547), None, 500, Transient),
        (2, Some(1_504_043), None, 400, Transient),
        (2, Some(1_504_044), None, 400, Transient),
        (2_601, Some(1_815_107), None, 400, Transient),
        (960, None, None, 400, Transient),
        (999_999, None, Some(true), 400, Transient),
        (0, None, None, 500, Transient),
        (0, None, None, 503, Transient),
        (100, None, Some(true), 400, Transient),
        (2, Some(1_504_041), Some(true), 500, CallerBug),
        (2, Some(1_504_042), Some(true), 500, CallerBug),
        (100, Some(1_487_534), Some(false), 400, TooMuchData),
        (100, Some(1_504_018), None, 400, TooMuchData),
        (2, Some(1_504_038), None, 400, TooMuchData),
        (1, Some(99), None, 500, TooMuchData),
        (190, None, None, 401, SignIn(SignInReason::Invalid)),
        (190, Some(458), None, 400, SignIn(SignInReason::Revoked)),
        (190, Some(459), None, 400, SignIn(SignInReason::Checkpoint)),
        (190, Some(493), None, 400, SignIn(SignInReason::Expired)),
        (
            190,
            Some(460),
            None,
            400,
            SignIn(SignInReason::PasswordChanged),
        ),
        (190, Some(463), None, 400, SignIn(SignInReason::Expired)),
        (190, Some(464), None, 400, SignIn(SignInReason::Checkpoint)),
        (190, Some(467), None, 400, SignIn(SignInReason::Invalid)),
        (
            190,
            Some(492),
            None,
            400,
            SignIn(SignInReason::PageRoleLost),
        ),
        (102, None, None, 400, SignIn(SignInReason::Invalid)),
        (3, None, None, 400, Permission),
        (10, None, None, 403, Permission),
        (200, None, None, 403, Permission),
        (200, Some(1_870_034), None, 403, Permission),
        (299, None, None, 403, Permission),
        (100, Some(33), None, 400, Permission),
        (104, None, None, 400, Permission),
        (2_446_289, None, None, 400, Permission),
        (100, Some(2_446_289), None, 400, Permission),
        (100, None, None, 400, CallerBug),
        (100, Some(1_234), Some(false), 400, CallerBug),
        (2_642, None, None, 400, CallerBug),
        (506, None, None, 400, CallerBug),
        (368, None, None, 400, Policy),
        (424_242, None, None, 400, CallerBug),
        (0, None, None, 429, Throttle),
    ];
    for (code, subcode, transient, status, wanted) in cases {
        assert_eq!(
            classify(*code, *subcode, *transient, *status),
            *wanted,
            "{code}/{subcode:?}"
        );
    }
    // No line of the table is out of reach or without a case.
    for rule in RULES {
        let subcode = match rule.subcode {
            Subcode::Any => None,
            Subcode::Is(subcode) => Some(subcode),
        };
        assert!(
            cases.iter().any(|(code, sub, ..)| {
                (rule.from..=rule.to).contains(code) && (subcode.is_none() || *sub == subcode)
            }),
            "no case for {rule:?}"
        );
        let code = rule.from.max(-10);
        assert_eq!(
            classify(code, subcode, None, 400),
            rule.class,
            "hidden: {rule:?}"
        );
    }
}

#[test]
fn the_body_is_read_whole_and_in_parts() {
    let full = r#"{"message":"(#100) bad","type":"OAuthException","code":100,"error_subcode":33,
        "is_transient":false,"error_user_title":"T","error_user_msg":"M",
        "error_data":{"blame_field_specs":[["fields"],["a","b"]]},"fbtrace_id":"Abc"}"#;
    let error = GraphError::new(serde_json::from_str(full).unwrap(), 200);
    assert_eq!((error.class, error.status), (Permission, 200));
    assert_eq!(
        error.blamed,
        [
            vec!["fields".to_owned()],
            vec!["a".to_owned(), "b".to_owned()]
        ]
    );
    assert_eq!(error.trace.as_deref(), Some("Abc"));
    assert_eq!(error.user_message.as_deref(), Some("M"));

    let text = r#"{"code":100,"error_data":"{\"blame_field_specs\":[[\"level\"]]}"}"#;
    let error = GraphError::new(serde_json::from_str(text).unwrap(), 400);
    assert_eq!(error.blamed, [vec!["level".to_owned()]]);

    for odd in [
        r#"{"error_data":"plain words"}"#,
        r#"{"error_data":7}"#,
        "{}",
        r#"{"code":null}"#,
    ] {
        assert_eq!(class(odd, 400), CallerBug, "{odd}");
    }
}

#[test]
fn a_token_in_metas_text_does_not_come_through() {
    let body = r#"{"message":"Malformed access token EAABsbCS1iHgBAKZC3","code":190}"#;
    let error = MetaError::from(GraphError::new(serde_json::from_str(body).unwrap(), 400));
    let edge = Error::from(error);
    assert!(
        !edge.chain().contains("EAABsbCS1iHgBAKZC3"),
        "{}",
        edge.chain()
    );
    assert_eq!(edge.code(), Code::NeedsSignIn);
    assert_eq!(edge.reason_id(), Some(Reason::SignInInvalid));
}

#[test]
fn every_class_becomes_a_code_of_its_own_kind() {
    let cases = [
        (4, None, Code::Throttled),
        (1, None, Code::MetaUnavailable),
        (100, Some(1_487_534), Code::TooMuchData),
        (190, Some(463), Code::NeedsSignIn),
        (10, None, Code::PermissionMissing),
        (100, None, Code::MetaRefused),
        (368, None, Code::MetaRefused),
    ];
    for (code, error_subcode, wanted) in cases {
        let body = ErrorBody {
            code: Some(code),
            error_subcode,
            ..ErrorBody::default()
        };
        let edge = Error::from(MetaError::from(GraphError::new(body, 400)));
        assert_eq!(edge.code(), wanted);
        assert_eq!(edge.params()["meta_code"], code.to_string());
        assert!(edge.message().ends_with('.'), "{}", edge.message());
    }
    let cut = MetaError::NotAnAnswer {
        status: 200,
        bytes: 3,
        detail: "EOF".into(),
    };
    assert_eq!(cut.class(), Transient);
    assert_eq!(Error::from(cut).code(), Code::MetaUnavailable);
    let circle = Error::from(MetaError::PagingLoop {
        path: "act_1/ads".into(),
    });
    assert_eq!(circle.code(), Code::MetaUnavailable);
    assert!(circle.message().contains("act_1/ads"));
    assert_eq!(
        Error::from(MetaError::Shape("x".into())).code(),
        Code::MetaRefused
    );
    let wait = Error::from(MetaError::Wait {
        wait: Duration::from_secs(90),
    });
    assert_eq!(
        (wait.code(), wait.wait()),
        (Code::Throttled, Some(Duration::from_secs(90)))
    );
}
