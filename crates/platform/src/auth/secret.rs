//! Secrets, which can be neither printed nor serialised by accident.

/// Holds a secret: no `Debug`, no `Display`, no `Serialize`.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself; for the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The secret itself, moved out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}
