//! Where the data is.

use std::{fmt, path::PathBuf};

use serde::Deserialize;

use super::setting::{SettingType, section};

section! {
    /// Where the data is.
    Database in "database." {
        /// The database: `sqlite://PATH` for the embedded one, `postgres://USER:PASSWORD@HOST/NAME` for PostgreSQL 15 or
        /// later.
        url: DatabaseUrl = Derived("sqlite://<data_dir>/beep.db");
        /// How many connections to the database are kept at most.
        pool_size: usize = Fixed("16"), 1..=1000;
    }
}

/// The address of a database. It may hold a password: what it displays has none.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, with the password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The file, if the database is the embedded one.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.0
            .strip_prefix("sqlite://")
            .map(|rest| PathBuf::from(rest.split('?').next().unwrap_or(rest)))
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or("no scheme")?;
        let path = rest.split('?').next().unwrap_or(rest);
        match scheme {
            "sqlite" if !path.is_empty() && !path.ends_with('/') => Ok(Self(text.to_owned())),
            "postgres" | "postgresql" if !path.is_empty() && !path.contains(char::is_whitespace) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("not a database"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The address without its secrets: the password before the host, and everything that follows a question mark, where
/// drivers take a password too.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "…".to_owned();
    };
    let (base, query) = rest.split_once('?').map_or((rest, ""), |(base, _)| (base, "?…"));
    let base = match base.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:…@{host}"),
            None => base.to_owned(),
        },
        None => base.to_owned(),
    };
    format!("{scheme}://{base}{query}")
}

impl SettingType for DatabaseUrl {
    const FORM: &'static str = "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME";
    const SECRET: bool = true;
    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, &'static str> {
        DatabaseUrl::try_from(text.to_owned())
    }

    #[test]
    fn two_kinds_of_database_are_known() {
        assert_eq!(
            parse("sqlite:///var/beep.db").unwrap().sqlite_file(),
            Some(PathBuf::from("/var/beep.db"))
        );
        assert_eq!(
            parse("sqlite://data/beep.db").unwrap().sqlite_file(),
            Some(PathBuf::from("data/beep.db"))
        );
        assert_eq!(parse("postgres://beep@db/beep").unwrap().sqlite_file(), None);
        for bad in [
            "",
            "beep.db",
            "sqlite://",
            "sqlite://data/",
            "mysql://db/beep",
            "postgres://",
            "postgres://a b/c",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://beep:s3cr@t@db:5432/beep", "postgres://beep:…@db:5432/beep"),
            ("postgres://db/beep?user=beep&password=s3cret", "postgres://db/beep?…"),
            ("postgres://beep@db/beep", "postgres://beep@db/beep"),
            ("sqlite://data/beep.db", "sqlite://data/beep.db"),
        ] {
            let parsed = parse(url).unwrap();
            assert_eq!(parsed.to_string(), shown);
            assert_eq!(format!("{parsed:?}"), shown);
        }
    }
}
