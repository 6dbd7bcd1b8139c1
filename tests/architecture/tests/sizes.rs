//! Files and functions that one can read at a sitting (production code, without tests).
//!
//! `cargo test -p architecture --test sizes -- --nocapture` shows the figures.
#![expect(clippy::print_stdout, reason = "the figures are what one runs this for")]

use architecture::{percentile, report, rust_file, typescript};

const LONGEST_FILE: usize = 500;
const MEDIAN_FILE: usize = 120;
const NINETIETH_FILE: usize = 300;
const LONGEST_FUNCTION: usize = 100;
const NINETY_NINTH_FUNCTION: usize = 80;

fn check_files(what: &str, mut files: Vec<(String, usize)>) {
    files.sort_by_key(|(_, lines)| *lines);
    let lines: Vec<usize> = files.iter().map(|(_, lines)| *lines).collect();
    let (median, ninetieth) = (percentile(&lines, 50), percentile(&lines, 90));
    let longest = lines.last().copied().unwrap_or(0);
    println!(
        "{what}: {} files, median {median} lines, 90th percentile {ninetieth}, longest {longest}",
        files.len()
    );
    let mut found: Vec<String> = files
        .iter()
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    if median > MEDIAN_FILE {
        found.push(format!("the median is {median} lines, and may be {MEDIAN_FILE}"));
    }
    if ninetieth > NINETIETH_FILE {
        found.push(format!(
            "the 90th percentile is {ninetieth} lines, and may be {NINETIETH_FILE}; the longest files:"
        ));
        found.extend(
            files
                .iter()
                .rev()
                .take(files.len() / 10)
                .map(|(path, lines)| format!("  {path}: {lines}")),
        );
    }
    report(
        &found,
        &format!("Files of {what} are too long (at most {LONGEST_FILE} lines); split them by what they are about:"),
    );
}

#[test]
fn rust_files_are_short() {
    check_files(
        "Rust",
        rust_file::program()
            .into_iter()
            .map(|file| (file.path, file.lines))
            .collect(),
    );
}

#[test]
fn typescript_files_are_short() {
    check_files("TypeScript", typescript::program());
}

#[test]
fn functions_are_short() {
    let mut functions: Vec<(usize, String)> = rust_file::program()
        .iter()
        .flat_map(|file| {
            let describe = |function: rust_file::Function| {
                (
                    function.lines,
                    format!(
                        "{}:{} {}: {} lines",
                        file.path, function.line, function.name, function.lines
                    ),
                )
            };
            file.functions().into_iter().map(describe)
        })
        .collect();
    functions.sort();
    let lines: Vec<usize> = functions.iter().map(|(lines, _)| *lines).collect();
    let ninety_ninth = percentile(&lines, 99);
    println!(
        "{} functions, median {} lines, 99th percentile {ninety_ninth}",
        lines.len(),
        percentile(&lines, 50)
    );
    let limit = if ninety_ninth > NINETY_NINTH_FUNCTION {
        NINETY_NINTH_FUNCTION
    } else {
        LONGEST_FUNCTION
    };
    let found: Vec<String> = functions
        .into_iter()
        .filter(|(lines, _)| *lines > limit)
        .map(|(_, text)| text)
        .collect();
    report(
        &found,
        "These functions are too long; give their parts names (99 of 100 have at most 80 lines, none more than 100):",
    );
}
