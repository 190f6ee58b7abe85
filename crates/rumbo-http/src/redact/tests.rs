use super::*;

#[test]
fn secrets_leave_an_address_and_the_rest_stays() {
    let url = Url::parse(
        "https://user:pw@graph.facebook.com/v26.0/me?fields=id,name&access_token=EAAsecret1&\
         appsecret_proof=abc&code=c0de&code_verifier=v&client_secret=s3&limit=5#token=x",
    )
    .unwrap();
    let shown = redact_url(&url);
    for secret in ["EAAsecret1", "abc", "c0de", "s3", "pw", "user", "=x", "=v&"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(
        shown.contains("fields=id,name") && shown.contains("limit=5"),
        "{shown}"
    );
}

#[test]
fn a_token_inside_another_value_goes_too() {
    let url =
        Url::parse("https://x.test/?next=https%3A%2F%2Fy%2F%3Faccess_token%3DEAAabc").unwrap();
    assert!(!redact_url(&url).contains("EAAabc"));
}

#[test]
fn text_loses_tokens_and_keeps_words_and_ids() {
    let shown = redact_text(
        "Error validating access_token=EAABsbCS1iHgBA: the code 190 for act_102003004005006007 \
         and client_secret: hunter2",
    );
    assert!(
        !shown.contains("EAABsbCS1iHgBA") && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(
        shown.contains("the code 190 for act_102003004005006007"),
        "{shown}"
    );
    assert!(!redact_text("state=abc code=def").contains("abc"));
    assert!(!redact_text("token 1234567890|AbCdEfGhIjKlMn").contains("AbCd"));
}

#[test]
fn a_bots_token_in_a_path_goes_and_the_method_stays() {
    for colon in [":", "%3A"] {
        let url = Url::parse(&format!(
            "https://api.telegram.org/bot110201543{colon}AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage?x=1"
        ))
        .unwrap();
        let shown = redact_url(&url);
        assert!(!shown.contains("AAHdqTcvCH1v"), "{shown}");
        assert!(shown.ends_with("/sendMessage?x=1"), "{shown}");
    }
    let ordinary = Url::parse("https://x.test/bots/bot12/list").unwrap();
    assert_eq!(redact_url(&ordinary), ordinary.to_string());
}
