//! What a setting is: its key, what it means, its default and what values it takes, said once for the program,
//! its error messages and its reference (`docs/configuration.md`).

use std::{
    fmt::Display,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::{Figment, value::Value};
use serde::de::DeserializeOwned;

/// What a setting has when nobody sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DefaultText {
    /// This text, read like an environment variable.
    Fixed(&'static str),
    /// Computed from other settings or the machine; the text describes it.
    Derived(&'static str),
}

/// The inclusive limits of a number.
pub(super) type Range = (u64, u64);

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// The name in the configuration file, with its section: `database.pool_size`.
    pub(super) key: &'static str,
    /// What it means, in sentences.
    pub(super) text: &'static str,
    /// The default.
    pub(super) default: DefaultText,
    /// The limits, if it is a number.
    pub(super) range: Option<Range>,
    /// What values it takes, to follow "must be".
    pub(super) form: &'static str,
    /// Whether its value may hold a secret, and is never shown as it was given.
    pub(super) secret: bool,
    /// Reads the text of an option, an environment variable or a default.
    pub(super) read: fn(&str) -> Value,
    /// The value as one may show it, or `None` when it is not of the [form](Setting::form).
    pub(super) show: fn(&Figment, &str) -> Option<String>,
}

impl Setting {
    /// The environment variable that sets it.
    #[must_use]
    pub(super) fn variable(&self) -> String {
        format!("BEEP_{}", self.key.to_uppercase().replace('.', "__"))
    }

    /// What values it takes, with its limits.
    #[must_use]
    pub(super) fn full_form(&self) -> String {
        match self.range {
            Some((low, high)) => format!("{} from {low} to {high}", self.form),
            None => self.form.to_owned(),
        }
    }

    /// Whether a number stands within the limits; other values always do.
    #[must_use]
    pub(super) fn in_range(&self, figment: &Figment) -> bool {
        let Some((low, high)) = self.range else { return true };
        figment
            .extract_inner::<u64>(self.key)
            .is_ok_and(|value| (low..=high).contains(&value))
    }
}

/// A group of settings.
pub(super) trait Section: DeserializeOwned {
    /// What the keys start with: the table in the configuration file and a dot; empty for the settings outside any.
    const PREFIX: &'static str;
    /// What the settings are about.
    const ABOUT: &'static str;
    /// The settings, in the order of the reference.
    fn settings() -> Vec<Setting>;
}

/// A type that a setting may have.
pub(super) trait SettingType: DeserializeOwned {
    /// What values it takes, to follow "must be".
    const FORM: &'static str;
    /// Whether the value may hold a secret.
    const SECRET: bool = false;
    /// Reads the text of an option, an environment variable or a default.
    fn read(text: &str) -> Value {
        Value::from(text)
    }
    /// The value as one may show it, without secrets.
    fn show(&self) -> String;
}

macro_rules! whole_numbers {
    ($($type:ty),+) => { $(
        impl SettingType for $type {
            const FORM: &'static str = "a whole number";
            fn read(text: &str) -> Value {
                text.trim().parse::<u64>().map_or_else(|_| Value::from(text), Value::from)
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )+ };
}

whole_numbers!(u16, u32, u64, usize);

impl SettingType for bool {
    const FORM: &'static str = "true or false";
    fn read(text: &str) -> Value {
        text.trim()
            .parse::<bool>()
            .map_or_else(|_| Value::from(text), Value::from)
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingType for SocketAddr {
    const FORM: &'static str = "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080";
    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingType for PathBuf {
    const FORM: &'static str = "the path of a folder";
    fn show(&self) -> String {
        Path::display(self).to_string()
    }
}

impl<T: SettingType + ListItem> SettingType for Vec<T> {
    const FORM: &'static str = T::LIST_FORM;
    fn read(text: &str) -> Value {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(T::read)
            .collect::<Vec<_>>()
            .into()
    }
    fn show(&self) -> String {
        join(self.iter().map(T::show))
    }
}

/// A type that a setting may have a list of.
pub(super) trait ListItem {
    /// What lists of it look like, to follow "must be".
    const LIST_FORM: &'static str;
}

fn join(parts: impl Iterator<Item = impl Display>) -> String {
    let parts: Vec<_> = parts.map(|part| part.to_string()).collect();
    if parts.is_empty() {
        "(none)".to_owned()
    } else {
        parts.join(", ")
    }
}

/// Declares a section: the struct that the program reads, and the descriptions that people read, in one.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident in $prefix:literal {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr $(, $low:literal ..= $high:literal)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl $crate::config::setting::Section for $name {
            const PREFIX: &'static str = $prefix;
            const ABOUT: &'static str = concat!($($about),+);

            fn settings() -> Vec<$crate::config::setting::Setting> {
                use $crate::config::setting::{Setting, SettingType};
                #[allow(unused_imports, reason = "few sections have derived defaults")]
                use $crate::config::setting::DefaultText::{Derived, Fixed};
                vec![ $(
                    Setting {
                        key: concat!($prefix, stringify!($field)),
                        text: concat!($($doc),+),
                        default: $default,
                        range: section!(@range $($low, $high)?),
                        form: <$type as SettingType>::FORM,
                        secret: <$type as SettingType>::SECRET,
                        read: <$type as SettingType>::read,
                        show: |figment, key| {
                            figment.extract_inner::<$type>(key).ok().map(|value| SettingType::show(&value))
                        },
                    }
                ),+ ]
            }
        }
    };
    (@range) => { None };
    (@range $low:literal, $high:literal) => { Some(($low, $high)) };
}
pub(crate) use section;
