//! What Beep would do with its configuration: for `beep config check`.

use std::fmt::Write;

use figment::value::Value;
use platform::objects::S3Setting;

use super::{Config, Loaded, ObjectsKind, layers, settings};

/// What Beep would do, and where each value comes from. Secrets are masked.
#[must_use]
pub fn explain(loaded: &Loaded) -> String {
    let rows: Vec<[String; 3]> = settings()
        .iter()
        .map(|setting| {
            let value = (setting.show)(&loaded.figment, setting.key).unwrap_or_default();
            [
                setting.key.to_owned(),
                value,
                layers::source(&loaded.figment, setting.key),
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let mut text = String::new();
    for line in intentions(&loaded.config) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\n{:first$}  {:second$}  FROM", "SETTING", "VALUE");
    for [key, value, from] in &rows {
        let _ = writeln!(text, "{key:first$}  {value:second$}  {from}");
    }
    text
}

/// What would happen, and what an operator may not have meant.
fn intentions(config: &Config) -> Vec<String> {
    let general = &config.general;
    let mut lines = vec![
        "The configuration is valid. With it, `beep serve`".to_owned(),
        format!(
            "- listens on {} for people who use {}",
            general.listen, general.public_url
        ),
    ];
    lines.push(match config.database.url.sqlite_file() {
        Some(file) if file.exists() => format!("- uses the embedded database in {}", file.display()),
        Some(file) => format!("- creates an embedded database in {}", file.display()),
        None => format!("- uses the PostgreSQL database {}", config.database.url),
    });
    lines.extend(storage(config));
    if config.messages.link_previews {
        lines.push("- contacts what people link to in messages, for previews (messages.link_previews)".to_owned());
    }
    for network in &config.messages.preview_allowed_networks {
        lines.push(format!(
            "- lets links lead into {}, which is not public",
            network.as_str()
        ));
    }
    if !config.identity.registration_open {
        lines.push("- lets nobody sign up who has no account".to_owned());
    }
    if !general.listen.ip().is_loopback() && !general.public_url.is_https() {
        lines.push("- can be reached from other machines without encryption: public_url is not https".to_owned());
    }
    if !config.rate_limit.enabled {
        lines.push("- does not limit how much anybody may ask for".to_owned());
    }
    lines
}

/// Where pictures and files go.
fn storage(config: &Config) -> Vec<String> {
    if config.storage.objects == ObjectsKind::Files {
        let folder = config.storage.directory.display();
        return vec![format!("- keeps pictures and files in {folder}")];
    }
    let s3 = &config.s3;
    let bucket = s3.shown(S3Setting::Bucket);
    let mut lines = vec![match s3.settings().endpoint {
        Some(_) => format!(
            "- keeps pictures and files in the bucket {bucket} at {}",
            s3.shown(S3Setting::Endpoint)
        ),
        None => format!(
            "- keeps pictures and files in the bucket {bucket} at Amazon, in {}",
            s3.shown(S3Setting::Region)
        ),
    }];
    if s3.is_open_to_all() {
        lines.push("- sends them there without encryption: storage.s3.endpoint is not https".to_owned());
    }
    lines
}

/// A value as it was given, on one line.
pub(super) fn one_line(value: &Value) -> String {
    let text = match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Bool(_, value) => value.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map(|number| number.to_string())
            .or_else(|| number.to_f64().map(|number| number.to_string()))
            .unwrap_or_else(|| "a number".to_owned()),
        Value::Array(_, values) => format!("[{}]", values.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::Dict(..) => "a table".to_owned(),
        Value::Char(_, character) => format!("{character:?}"),
        Value::Empty(..) => "nothing".to_owned(),
    };
    if text.chars().count() > 80 {
        text.chars().take(79).chain(['…']).collect()
    } else {
        text
    }
}
