//! Writes `docs/configuration.md` from the descriptions of the settings.

use std::fmt::Write;

use super::{
    sections,
    setting::{DefaultText, Setting},
};

const INTRODUCTION: &str = "\
<!-- Written by `beep config docs` from crates/beep/src/config. Do not edit: `cargo run -p beep -- config docs > docs/configuration.md` -->

# Configuration

Beep needs no configuration. Each setting can be given in three places; the first that has it wins:

1. an option of `beep serve`: `--listen`, `--data-dir`, `--database-url`;
2. an environment variable: `BEEP_` and the key in capitals, with two underscores for the dot;
3. a file in TOML that `--config FILE` or `BEEP_CONFIG` names.

`beep config check`, with the same options, says what Beep would do and where each value comes from. A key that does not
exist, a value that does not fit or a file that cannot be read ends the start with one line and exit code 2. Lists are
separated by commas in an environment variable.

```toml
# beep.toml
public_url = \"https://beep.example.org\"

[database]
url = \"postgres://beep@db.example.org/beep\"
```
";

/// The reference of all settings, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = INTRODUCTION.to_owned();
    for (prefix, about, settings) in sections() {
        let title = if prefix.is_empty() {
            "Outside any table".to_owned()
        } else {
            format!("[{}]", prefix.trim_end_matches('.'))
        };
        let _ = write!(text, "\n## {title}\n\n{}\n", about.trim());
        for setting in settings {
            describe(&mut text, &setting);
        }
    }
    text
}

fn describe(text: &mut String, setting: &Setting) {
    let name = setting.key.rsplit('.').next().unwrap_or(setting.key);
    let default = match setting.default {
        DefaultText::Fixed("") => "none".to_owned(),
        DefaultText::Fixed(value) => format!("`{value}`"),
        DefaultText::Derived(description) => format!("`{description}`"),
    };
    let option = match setting.key {
        "listen" => ", option `--listen`",
        "data_dir" => ", option `--data-dir`",
        "database.url" => " (or `BEEP_DATABASE_URL`), option `--database-url`",
        _ => "",
    };
    let sentences = setting.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = write!(
        text,
        "\n### `{name}`\n\n{sentences}\n\n- Takes: {}\n- Default: {default}\n- Environment variable: `{}`{option}\n",
        setting.full_form(),
        setting.variable(),
    );
}
