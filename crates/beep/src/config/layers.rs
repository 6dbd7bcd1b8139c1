//! Where values come from: each source is a layer, and a later one wins.

use std::{fs, path::Path};

use figment::{
    Error, Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    util::nest,
    value::{Dict, Map, Value},
};

use super::{
    environment::Environment,
    problem::ConfigError,
    setting::{DefaultText, Section, Setting},
};

/// What the default's layer is called.
pub(super) const DEFAULT: &str = "default";
/// The name that the command line's option of the database has among environment variables, too.
const DATABASE_VARIABLES: [&str; 2] = ["BEEP_DATABASE_URL", "BEEP_DATABASE__URL"];

/// The values of one source.
struct Layer {
    name: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn single(name: String, setting: &Setting, text: &str) -> Layer {
    Layer {
        name,
        values: nest(setting.key, (setting.read)(text)).into_dict().unwrap_or_default(),
    }
}

/// The fixed defaults.
pub(super) fn defaults(settings: &[Setting]) -> Figment {
    settings
        .iter()
        .fold(Figment::new(), |figment, setting| match setting.default {
            DefaultText::Fixed(text) => figment.merge(single(DEFAULT.to_owned(), setting, text)),
            DefaultText::Derived(_) => figment,
        })
}

/// A default that was computed, below everything else.
pub(super) fn derived(figment: Figment, key: &str, value: impl Into<Value>) -> Figment {
    let values = nest(key, value.into()).into_dict().unwrap_or_default();
    figment.join(Layer {
        name: DEFAULT.to_owned(),
        values,
    })
}

/// The values of a configuration file.
pub(super) fn file(figment: Figment, path: &Path, settings: &[Setting]) -> Result<Figment, ConfigError> {
    let unreadable = |detail: String| ConfigError::Unreadable {
        path: path.to_owned(),
        detail,
    };
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let values = Toml::string(&text)
        .data()
        .map_err(|error| unreadable(one_line(&error)))?;
    let values = values
        .into_iter()
        .find(|(profile, _)| *profile == Profile::Default)
        .map(|(_, dict)| dict)
        .unwrap_or_default();
    let name = format!("file {}", path.display());
    check_keys("", &values, &name, settings)?;
    Ok(figment.merge(Layer { name, values }))
}

/// The parser's message, without the excerpt of the file that it draws over several lines.
fn one_line(error: &Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("not TOML").to_owned();
    match lines.rfind(|line| !line.contains('|')) {
        Some(last) => format!("{first}: {last}"),
        None => first,
    }
}

fn check_keys(prefix: &str, values: &Dict, from: &str, settings: &[Setting]) -> Result<(), ConfigError> {
    for (name, value) in values {
        let key = format!("{prefix}{name}");
        if settings.iter().any(|setting| setting.key == key) {
            continue;
        }
        let table = format!("{key}.");
        if !settings.iter().any(|setting| setting.key.starts_with(&table)) {
            return Err(unknown(key, from.to_owned(), settings));
        }
        let Some(inner) = value.as_dict() else {
            let detail = format!("must be a table: write [{key}]");
            return Err(ConfigError::Invalid {
                key,
                value: None,
                from: from.to_owned(),
                detail,
            });
        };
        check_keys(&table, inner, from, settings)?;
    }
    Ok(())
}

/// The values of environment variables.
pub(super) fn variables(
    mut figment: Figment,
    environment: &Environment,
    settings: &[Setting],
) -> Result<Figment, ConfigError> {
    let mut database = 0;
    for (name, text) in environment.settings() {
        let from = format!("environment variable {name}");
        let key = if name == DATABASE_VARIABLES[0] {
            DATABASE_VARIABLES[1]
        } else {
            name
        };
        let Some(setting) = settings.iter().find(|setting| setting.variable() == key) else {
            let key = name.trim_start_matches("BEEP_").to_lowercase().replace("__", ".");
            return Err(unknown(key, from, settings));
        };
        database += usize::from(key == DATABASE_VARIABLES[1]);
        if database > 1 {
            let detail = format!("is set twice, by {} too: unset one of them", DATABASE_VARIABLES[1]);
            return Err(ConfigError::Invalid {
                key: setting.key.to_owned(),
                value: None,
                from,
                detail,
            });
        }
        figment = figment.merge(single(from, setting, text));
    }
    Ok(figment)
}

/// The values of options of the command line, by setting.
pub(super) fn options(mut figment: Figment, options: &[(&str, &str, String)], settings: &[Setting]) -> Figment {
    for (option, key, text) in options {
        if let Some(setting) = settings.iter().find(|setting| setting.key == *key) {
            figment = figment.merge(single(format!("option {option}"), setting, text));
        }
    }
    figment
}

/// Reads a section whose settings were all checked.
pub(super) fn section<S: Section>(figment: &Figment) -> Result<S, ConfigError> {
    let name = S::PREFIX.trim_end_matches('.');
    let section = if name.is_empty() {
        figment.extract()
    } else {
        figment.extract_inner(name)
    };
    section.map_err(|error| ConfigError::Invalid {
        key: name.to_owned(),
        value: None,
        from: DEFAULT.to_owned(),
        detail: one_line(&error),
    })
}

/// Where the value of a setting comes from.
pub(super) fn source(figment: &Figment, key: &str) -> String {
    figment
        .find_metadata(key)
        .map_or_else(|| DEFAULT.to_owned(), |metadata| metadata.name.to_string())
}

fn unknown(key: String, from: String, settings: &[Setting]) -> ConfigError {
    let nearest = settings
        .iter()
        .map(|setting| (distance(setting.key, &key), setting.key))
        .min();
    let suggestion = nearest
        .filter(|(distance, _)| *distance * 3 <= key.len())
        .map(|(_, key)| key);
    ConfigError::Unknown { key, from, suggestion }
}

/// The fewest characters to insert, delete or replace between two texts.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
