//! A change of something that may be there or not.

use platform::http::Patch;

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Becomes<T> {
    /// It stays as it is.
    #[default]
    Stays,
    /// It is not there any more.
    Nothing,
    /// It is this.
    This(T),
}

impl<T> Becomes<T> {
    /// What is there after the change.
    pub(crate) fn of(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Stays => before,
            Self::Nothing => None,
            Self::This(value) => Some(value),
        }
    }
}

impl<T> From<Patch<T>> for Becomes<T> {
    fn from(field: Patch<T>) -> Self {
        match field {
            Patch::Absent => Self::Stays,
            Patch::Null => Self::Nothing,
            Patch::Value(value) => Self::This(value),
        }
    }
}
