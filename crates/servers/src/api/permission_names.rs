//! Names of permissions in the body of a request.

use model::{Permission, PermissionSet};
use platform::http::Fields;

/// The set of these names; `None` when one is unknown, which is remembered.
pub(super) fn checked(fields: &mut Fields, field: &str, names: &[String]) -> Option<PermissionSet> {
    let mut set = Some(PermissionSet::EMPTY);
    for (index, name) in names.iter().enumerate() {
        if let Some(permission) = Permission::from_name(name) {
            set = set.map(|set| set | PermissionSet::of(&[permission]));
        } else {
            fields.add(format!("{field}.{index}"), "unknown_permission", "is no permission");
            set = None;
        }
    }
    set
}
