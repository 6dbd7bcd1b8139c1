//! Collects what is wrong with the fields of a request, so that a person can mend all of it at once.

use std::{borrow::Cow, str::FromStr};

use http::StatusCode;
use model::Invalid;

use super::{FieldError, Patch, Problem};

/// The wrong fields of one request.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// Checks one text; `None` when it is wrong, which is remembered.
    pub fn parse<T: FromStr<Err = Invalid>>(&mut self, name: impl Into<Cow<'static, str>>, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.add_invalid(name, invalid);
                None
            }
        }
    }

    /// Checks one text that may be absent: `None` when it is wrong, `Some(None)` when it is absent.
    pub fn parse_optional<T: FromStr<Err = Invalid>>(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: Option<&str>,
    ) -> Option<Option<T>> {
        match text {
            None => Some(None),
            Some(text) => self.parse(name, text).map(Some),
        }
    }

    /// Checks a field of a change that cannot be emptied: `None` when it stays, or when it is wrong, which is remembered.
    pub fn change<T: FromStr<Err = Invalid>>(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        field: Patch<String>,
    ) -> Option<T> {
        let Some(text) = field.into_change()? else {
            self.add_invalid(name, Invalid::Required);
            return None;
        };
        self.parse(name, &text)
    }

    /// The same for a field that null empties.
    pub fn change_or_empty<T: FromStr<Err = Invalid>>(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        field: Patch<String>,
    ) -> Option<T> {
        let text = field.into_change()?.unwrap_or_default();
        self.parse(name, &text)
    }

    /// Remembers that a field is wrong in a way of its own.
    pub fn add(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) {
        self.errors.push(FieldError {
            field: name.into(),
            code: code.into(),
            detail: detail.into(),
        });
    }

    /// Remembers that a field breaks a rule of the model.
    pub fn add_invalid(&mut self, name: impl Into<Cow<'static, str>>, invalid: Invalid) {
        self.add(name, invalid.code(), invalid.to_string());
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// 422 `invalid` with the wrong fields.
    #[must_use]
    pub fn problem(self) -> Problem {
        problem(self.errors)
    }

    /// An error if a field is wrong.
    pub fn finish(&self) -> Result<(), Problem> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(problem(self.errors.clone()))
        }
    }
}

fn problem(errors: Vec<FieldError>) -> Problem {
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "Some fields are not valid.",
    );
    errors.into_iter().fold(problem, |problem, error| {
        problem.with_field(error.field, error.code, error.detail)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use model::{Biography, PersonName, ServerName};

    use super::*;

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        let mut fields = Fields::default();
        assert!(fields.parse::<ServerName>("name", "Chess").is_some());
        assert_eq!(fields.parse_optional::<PersonName>("nickname", None), Some(None));
        fields.finish().unwrap();
        assert!(fields.parse::<ServerName>("name", &"x".repeat(101)).is_none());
        assert!(fields.parse_optional::<PersonName>("first_name", Some(" ")).is_none());
        let problem = fields.finish().unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (422, "invalid"));
        let told: Vec<_> = problem
            .errors()
            .iter()
            .map(|error| (&*error.field, &*error.code))
            .collect();
        assert_eq!(told, [("name", "too_long"), ("first_name", "required")]);
    }

    #[test]
    fn changes_stay_empty_or_are_checked() {
        let mut fields = Fields::default();
        assert_eq!(fields.change::<PersonName>("first_name", Patch::Absent), None);
        assert_eq!(fields.change_or_empty::<Biography>("biography", Patch::Absent), None);
        assert_eq!(
            fields
                .change_or_empty::<Biography>("biography", Patch::Null)
                .map(Biography::into_string),
            Some(String::new())
        );
        fields.finish().unwrap();
        assert_eq!(fields.change::<PersonName>("first_name", Patch::Null), None);
        assert_eq!(
            fields.change_or_empty::<Biography>("biography", Patch::Value("x".repeat(501))),
            None
        );
        let problem = fields.finish().unwrap_err();
        let told: Vec<_> = problem
            .errors()
            .iter()
            .map(|error| (&*error.field, &*error.code))
            .collect();
        assert_eq!(told, [("first_name", "required"), ("biography", "too_long")]);
    }
}
