//! One SQL text serves both databases; the few that must differ are counted (docs/sql.md).

/// A text more than these needs a reason that a reviewer sees here.
const DIFFERING: usize = 16;

#[test]
fn only_a_counted_few_texts_differ_between_the_databases() {
    let groups = [
        rumbo_ads::statements(),
        rumbo_crm::statements(),
        rumbo_insight::statements(),
        rumbo_engage::statements(),
    ];
    let statements = || groups.iter().flatten().flat_map(|group| group.iter());
    let differing: Vec<&str> = statements()
        .filter(|statement| statement.differs())
        .map(|statement| statement.name)
        .collect();
    assert_eq!(differing.len(), DIFFERING, "{differing:#?}");
    assert!(differing.len() * 10 < statements().count());
}
