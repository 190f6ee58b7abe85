//! What `rumbo doctor` looks at.

use crate::Context;
use crate::wire::DoctorCheck;

pub(super) async fn examine(_cx: &Context) -> Vec<DoctorCheck> {
    Vec::new()
}
