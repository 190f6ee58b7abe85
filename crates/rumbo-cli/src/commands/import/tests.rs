use super::*;

fn report(added: u32, rejected: u32) -> ImportReport {
    ImportReport {
        kind: ImportKind::Sales,
        dry_run: false,
        rows_read: added + rejected,
        added,
        changed: 0,
        unchanged: 0,
        rejected,
        contacts_added: 0,
        totals_rows: 0,
        totals: Vec::new(),
        rejections: Vec::new(),
        rejected_file: None,
        ads: None,
    }
}

#[test]
fn rejected_rows_show_in_the_exit_code() {
    assert_eq!(exit_of(&report(5, 0)), Exit::Done);
    assert_eq!(exit_of(&report(4, 1)), Exit::Partly);
    assert_eq!(exit_of(&report(0, 5)), Exit::Failed);
    assert_eq!(exit_of(&report(0, 0)), Exit::Done);
}
