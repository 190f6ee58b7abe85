use super::*;

#[test]
fn the_list_has_every_command_once() {
    let mut names = NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), NAMES.len());
    for name in ["get_roi", "start_sync", "create_workspace", "run_doctor"] {
        assert!(NAMES.contains(&name), "{name}");
    }
}

#[test]
fn a_request_that_is_not_understood_is_wrong_usage() {
    let failure = read::<GetRoi>("get_roi", "{\"by\":\"planet\"}").unwrap_err();
    assert_eq!(failure.exit(), Exit::Usage);
    assert!(
        failure.message().contains("get_roi"),
        "{}",
        failure.message()
    );
}
