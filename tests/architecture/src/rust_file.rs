//! A file in Rust as its tokens, so that comments and texts are not taken for code, and tests not for the program.

use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::tree;

/// A token of the program, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The line it begins on.
    pub line: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Name(String),
    /// A single sign.
    Sign(char),
    /// A literal as it is written.
    Literal(String),
    /// The beginning of what stands in parentheses, brackets or braces.
    Open(Delimiter),
    /// Its end.
    Close(Delimiter),
}

impl Token {
    /// Whether it is this name or keyword.
    #[must_use]
    pub fn is_name(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Name(own) if own == name)
    }
}

/// A function and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its signature.
    pub line: usize,
    /// Its lines, from the signature to the closing brace.
    pub lines: usize,
}

/// A file of the program, without what is compiled for tests only.
#[derive(Debug)]
pub struct RustFile {
    /// The path, relative to the root of the repository.
    pub path: String,
    /// The tokens of the program, without attributes and comments.
    pub tokens: Vec<Token>,
    /// How many lines it has, without those of tests.
    pub lines: usize,
    /// The paths, without extension, of modules in other files that are compiled for tests only.
    test_modules: Vec<String>,
}

/// The files below `crates/*/src` that the program consists of.
#[must_use]
pub fn program() -> Vec<RustFile> {
    let sources = tree::files("crates", &["rs"]);
    let files: Vec<RustFile> = sources
        .into_iter()
        .filter(|path| path.split('/').nth(2) == Some("src"))
        .map(|path| RustFile::parse(&path, &tree::read(&path)))
        .collect();
    let test_modules: Vec<String> = files.iter().flat_map(|file| file.test_modules.clone()).collect();
    files
        .into_iter()
        .filter(|file| !is_test(&file.path, &test_modules))
        .collect()
}

fn is_test(path: &str, test_modules: &[String]) -> bool {
    let module = path.trim_end_matches(".rs");
    let name = module.rsplit('/').next().unwrap_or(module);
    name == "tests"
        || name.ends_with("_tests")
        || path.contains("/tests/")
        || test_modules
            .iter()
            .any(|test| module == test || module.starts_with(&format!("{test}/")))
}

impl RustFile {
    /// Reads the text of a file.
    #[must_use]
    pub fn parse(path: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut reader = Reader {
            tokens: Vec::new(),
            test_lines: 0,
            test_modules: Vec::new(),
        };
        reader.read(stream);
        let name = Path::new(path)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = if ["lib", "main", "mod"].contains(&name.as_str()) {
            folder.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        Self {
            path: path.to_owned(),
            tokens: reader.tokens,
            lines: text.lines().count().saturating_sub(reader.test_lines),
            test_modules: reader
                .test_modules
                .into_iter()
                .map(|module| format!("{folder}/{module}"))
                .collect(),
        }
    }

    /// The crate's name.
    #[must_use]
    pub fn package(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The lines on which one of the names stands.
    #[must_use]
    pub fn lines_with(&self, names: &[&str]) -> Vec<usize> {
        self.tokens
            .iter()
            .filter(|token| names.iter().any(|name| token.is_name(name)))
            .map(|token| token.line)
            .collect()
    }

    /// The functions, with those inside others and in implementations.
    #[must_use]
    pub fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for (index, pair) in self.tokens.windows(2).enumerate() {
            if let (true, Kind::Name(name)) = (pair[0].is_name("fn"), &pair[1].kind)
                && let Some(end) = end_of_body(&self.tokens[index..])
            {
                let line = pair[0].line;
                functions.push(Function {
                    name: name.clone(),
                    line,
                    lines: end - line + 1,
                });
            }
        }
        functions
    }
}

/// The line on which the body of the function ends whose tokens these are, if it has one.
fn end_of_body(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_body = false;
    for token in tokens {
        match token.kind {
            Kind::Sign(';') if depth == 0 => return None,
            Kind::Open(delimiter) => {
                in_body |= depth == 0 && delimiter == Delimiter::Brace;
                depth += 1;
            }
            Kind::Close(_) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 && in_body {
                    return Some(token.line);
                }
            }
            _ => {}
        }
    }
    None
}

struct Reader {
    tokens: Vec<Token>,
    test_lines: usize,
    test_modules: Vec<String>,
}

impl Reader {
    fn read(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            if let Some((attribute, after)) = attribute(&trees, at) {
                if is_for_tests(&attribute) {
                    let end = end_of_item(&trees, after);
                    self.leave_out(&trees[at..end]);
                    at = end;
                } else {
                    at = after;
                }
                continue;
            }
            self.push(&trees[at]);
            at += 1;
        }
    }

    fn push(&mut self, tree: &TokenTree) {
        let line = tree.span().start().line;
        let kind = match tree {
            TokenTree::Ident(name) => Kind::Name(name.to_string()),
            TokenTree::Punct(sign) => Kind::Sign(sign.as_char()),
            TokenTree::Literal(literal) => Kind::Literal(literal.to_string()),
            TokenTree::Group(group) => return self.push_group(group),
        };
        self.tokens.push(Token { kind, line });
    }

    fn push_group(&mut self, group: &Group) {
        self.tokens.push(Token {
            kind: Kind::Open(group.delimiter()),
            line: group.span_open().start().line,
        });
        self.read(group.stream());
        self.tokens.push(Token {
            kind: Kind::Close(group.delimiter()),
            line: group.span_close().start().line,
        });
    }

    fn leave_out(&mut self, item: &[TokenTree]) {
        let (Some(first), Some(last)) = (item.first(), item.last()) else {
            return;
        };
        self.test_lines += last.span().end().line - first.span().start().line + 1;
        if matches!(last, TokenTree::Punct(sign) if sign.as_char() == ';')
            && let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), _] = item
            && keyword == "mod"
        {
            self.test_modules.push(name.to_string());
        }
    }
}

/// The attribute that begins here, without spaces, and where it ends.
fn attribute(trees: &[TokenTree], at: usize) -> Option<(String, usize)> {
    let is_sign =
        |index: usize, sign: char| matches!(trees.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    if !is_sign(at, '#') {
        return None;
    }
    let bracket = if is_sign(at + 1, '!') { at + 2 } else { at + 1 };
    match trees.get(bracket)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            let text: String = group.stream().to_string().split_whitespace().collect();
            Some((text, bracket + 1))
        }
        _ => None,
    }
}

/// Whether what follows the attribute is compiled for tests only.
fn is_for_tests(attribute: &str) -> bool {
    ["cfg(test", "cfg(all(test", "cfg(feature=\"testing\")"]
        .iter()
        .any(|start| attribute.starts_with(start))
        || attribute == "test"
        || attribute == "tokio::test"
}

/// Where the item ends that begins here: after its braces or its semicolon.
fn end_of_item(trees: &[TokenTree], mut at: usize) -> usize {
    while at < trees.len() {
        at += 1;
        match &trees[at - 1] {
            TokenTree::Punct(sign) if sign.as_char() == ';' => break,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Names axum.\n\
        /// SELECT x FROM y\n\
        fn first(a: [u8; 3]) {\n    let b = \"one\";\n    fn inner() {}\n}\n\
        #[cfg(test)]\nmod reference;\n\
        #[cfg(test)]\nmod tests {\n    fn hidden() {}\n}\n\
        trait T { fn without_body(); }\n";

    #[test]
    fn comments_attributes_and_tests_are_left_out() {
        let file = RustFile::parse("crates/a/src/b.rs", TEXT);
        let names: Vec<_> = file
            .functions()
            .into_iter()
            .map(|function| (function.name, function.line, function.lines))
            .collect();
        assert_eq!(names, [("first".to_owned(), 3, 4), ("inner".to_owned(), 5, 1)]);
        assert!(file.lines_with(&["axum", "hidden", "SELECT"]).is_empty());
        assert_eq!(file.lines, TEXT.lines().count() - 6);
        assert_eq!(file.test_modules, ["crates/a/src/b/reference"]);
        assert!(is_test("crates/a/src/b/reference.rs", &file.test_modules));
        assert!(!is_test("crates/a/src/b.rs", &file.test_modules));
    }
}
