use super::*;

#[test]
fn the_proof_is_the_hmac_of_the_token() {
    // Computed with: printf token | openssl dgst -sha256 -hmac secret
    let proof = appsecret_proof(&"token".into(), &"secret".into());
    assert_eq!(
        proof.expose(),
        "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a"
    );
}

#[test]
fn the_object_of_a_call_is_its_first_number() {
    for (path, object) in [
        ("act_12/insights", Some("12")),
        ("/act_12/", Some("12")),
        ("77/leadgen_forms", Some("77")),
        ("me/adaccounts", None),
        ("", None),
    ] {
        assert_eq!(GraphRequest::get(path).object(), object, "{path}");
    }
    assert_eq!(
        GraphRequest::get("99/leads").about("act_5").object(),
        Some("5")
    );
}
