//! What may stand where: drivers, SQL, axum, printing, and what must not stand anywhere.

use architecture::{
    report,
    rust_file::{self, Kind, RustFile},
    tree,
};

/// Lines of the program with one of the names, in files that may not have it.
fn names_outside(names: &[&str], allowed: impl Fn(&RustFile) -> bool) -> Vec<String> {
    rust_file::program()
        .iter()
        .filter(|file| !allowed(file))
        .flat_map(|file| {
            file.lines_with(names)
                .into_iter()
                .map(|line| format!("{}:{line}", file.path))
        })
        .collect()
}

#[test]
fn database_drivers_stand_in_platform_db() {
    let drivers = [
        "rusqlite",
        "tokio_postgres",
        "deadpool_postgres",
        "deadpool",
        "refinery_core",
    ];
    let found = names_outside(&drivers, |file| file.path.starts_with("crates/platform/src/db"));
    report(
        &found,
        "Database drivers are named in crates/platform/src/db only; use platform::db there:",
    );
}

#[test]
fn axum_stands_in_http_and_api() {
    let found = names_outside(&["axum", "utoipa_axum"], |file| {
        let within = file.path.split('/').skip(3).collect::<Vec<_>>().join("/");
        match file.package() {
            // The edge is nothing but HTTP.
            "beep" | "edge" => true,
            // The shape of a service holds its router; a signed-in caller is an extractor.
            "platform" => within.starts_with("http/") || within == "service.rs",
            "gateway" => within.starts_with("api/") || within == "socket.rs" || within.starts_with("socket/"),
            _ => within.starts_with("api/") || within == "api.rs",
        }
    });
    report(
        &found,
        "axum is named in platform::http, a service's api modules and the gateway's socket only; move this there:",
    );
}

#[test]
fn printing_is_for_programs() {
    let mut found = Vec::new();
    for file in rust_file::program()
        .iter()
        .filter(|file| !["beep", "load"].contains(&file.package()))
    {
        for pair in file.tokens.windows(2) {
            let prints = ["println", "print", "eprintln", "eprint"]
                .iter()
                .any(|name| pair[0].is_name(name));
            if prints && pair[1].kind == Kind::Sign('!') {
                found.push(format!("{}:{}", file.path, pair[0].line));
            }
        }
    }
    report(&found, "Only the programs `beep` and `load` print; log with `tracing`:");
}

/// Whether a text is a statement in SQL: keywords in capitals, in their order.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let follows = |first: &str, second: &str, within: usize| {
        words
            .iter()
            .enumerate()
            .any(|(at, word)| *word == first && words[at + 1..].iter().take(within).any(|next| *next == second))
    };
    follows("SELECT", "FROM", usize::MAX)
        || follows("INSERT", "INTO", 1)
        || follows("DELETE", "FROM", 1)
        || follows("UPDATE", "SET", 4)
}

#[test]
fn sql_is_recognised() {
    for sql in [
        "SELECT a,\n b FROM c",
        "INSERT INTO t (a) VALUES ($1)",
        "UPDATE t AS x SET a = 1",
        "DELETE FROM t",
    ] {
        assert!(is_sql(sql), "{sql}");
    }
    for prose in [
        "select one from the list",
        "Update the settings",
        "DELETE",
        "Delete from here",
    ] {
        assert!(!is_sql(prose), "{prose}");
    }
}

#[test]
fn sql_stands_in_stores() {
    let mut found = Vec::new();
    for file in rust_file::program() {
        // The benchmark compares Beep with bare statements.
        let allowed = file.path.contains("/src/store/")
            || file.path.starts_with("crates/platform/src/db")
            || file.package() == "load";
        if allowed {
            continue;
        }
        for token in &file.tokens {
            if let Kind::Literal(text) = &token.kind
                && is_sql(text)
            {
                found.push(format!("{}:{}", file.path, token.line));
            }
        }
    }
    report(
        &found,
        "SQL stands in src/store/ only, a file per table or aggregate; move these statements there:",
    );
}

#[test]
fn nothing_is_left_for_later() {
    // In pieces, so that this file does not find itself.
    let marks = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["to", "do!("],
        ["unimple", "mented!("],
        ["db", "g!("],
        ["#[ig", "nore"],
        [".sk", "ip("],
        [".on", "ly("],
    ]
    .map(|parts| parts.concat());
    let tests_only = &marks[6..];
    let mut found = Vec::new();
    for folder in ["crates", "tests", "web", "scripts", "docs"] {
        for path in tree::files(
            folder,
            &[
                "rs", "ts", "tsx", "mts", "css", "html", "sql", "proto", "toml", "yaml", "sh", "md",
            ],
        ) {
            let is_script = [".ts", ".tsx", ".mts"].iter().any(|end| path.ends_with(end));
            for (number, line) in tree::read(&path).lines().enumerate() {
                let words = |mark: &String| {
                    let script_mark = tests_only.contains(mark);
                    if script_mark {
                        let subject = ["test", "it", "describe", "suite"]
                            .iter()
                            .any(|name| line.contains(&format!("{name}{mark}")));
                        return is_script && subject;
                    }
                    line.contains(mark.as_str())
                };
                if let Some(mark) = marks.iter().find(|mark| words(mark)) {
                    found.push(format!("{path}:{}: {mark}", number + 1));
                }
            }
        }
    }
    report(
        &found,
        "Finish it, or write an issue; the code has no marks for later, and no test is left out:",
    );
}
