//! Words of a text, as they are indexed and looked for.
//!
//! A word is found exactly, without regard to case and accents, and by its stems in English and French. Writing without spaces
//! between words, and Korean, which adds to them, is taken letter by letter: what is looked for there is a row of letters.

use model::search_key::fold;
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without case and accents.
    pub(crate) exact: String,
    /// The English and the French stem; none of a letter that is taken by itself.
    pub(crate) stems: Option<[String; 2]>,
    /// Where it is in the text, in bytes.
    pub(crate) place: (usize, usize),
}

/// Finds the stems of words.
struct Stems([TextAnalyzer; 2]);

impl Stems {
    fn new() -> Self {
        Self([Language::English, Language::French].map(|language| {
            TextAnalyzer::builder(RawTokenizer::default())
                .filter(Stemmer::new(language))
                .build()
        }))
    }

    fn of(&mut self, word: &str) -> [String; 2] {
        // Accents matter to French stems, and only afterwards not any more.
        let lower: String = word.nfc().flat_map(char::to_lowercase).collect();
        self.0.each_mut().map(|analyzer| {
            let mut stream = analyzer.token_stream(&lower);
            if stream.advance() {
                fold(&stream.token().text)
            } else {
                String::new()
            }
        })
    }
}

/// The words of the text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut stems = Stems::new();
    let mut words = Vec::new();
    let mut add = |from: usize, to: usize, alone: bool| {
        let exact = fold(&text[from..to]);
        if !exact.is_empty() {
            words.push(Word {
                exact,
                stems: (!alone).then(|| stems.of(&text[from..to])),
                place: (from, to),
            });
        }
    };
    let mut begun: Option<usize> = None;
    for (at, letter) in text.char_indices() {
        let alone = stands_alone(letter);
        if !alone && (letter.is_alphanumeric() || (begun.is_some() && is_combining_mark(letter))) {
            begun.get_or_insert(at);
            continue;
        }
        if let Some(from) = begun.take() {
            add(from, at, false);
        }
        if alone {
            add(at, at + letter.len_utf8(), true);
        }
    }
    if let Some(from) = begun {
        add(from, text.len(), false);
    }
    words
}

/// Whether the letter is of a writing without spaces between words, or of Korean.
fn stands_alone(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F // Burmese
        | 0x1780..=0x17FF // Khmer
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF // Japanese
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF // Chinese
        | 0xAC00..=0xD7AF // Korean
        | 0xFF66..=0xFF9F
    ) && letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.exact).collect()
    }

    #[test]
    fn words_lose_case_and_accents_and_know_where_they_stood() {
        let text = "L'Été à_Lyon: ERR-404, e\u{301}te\u{301}!";
        assert_eq!(exact(text), ["l", "ete", "a", "lyon", "err", "404", "ete"]);
        let stood: Vec<&str> = words(text)
            .iter()
            .map(|word| &text[word.place.0..word.place.1])
            .collect();
        assert_eq!(stood, ["L", "Été", "à", "Lyon", "ERR", "404", "e\u{301}te\u{301}"]);
        assert!(exact(" -- \u{301} ").is_empty());
    }

    #[test]
    fn letters_of_writing_without_spaces_are_words_in_their_order() {
        assert_eq!(
            exact("ok日本語abcカナ 한국"),
            ["ok", "日", "本", "語", "abc", "カ", "ナ", "한", "국"]
        );
        assert!(words("日本").iter().all(|word| word.stems.is_none()));
    }

    #[test]
    fn forms_of_a_word_have_a_stem_in_common() {
        let stems = |text: &str| words(text)[0].stems.clone().unwrap_or_default();
        assert_eq!(stems("Connections")[0], stems("connected")[0]);
        assert_eq!(stems("mangées")[1], stems("manger")[1]);
        assert_eq!(stems("E\u{301}tudiantes")[1], stems("étudiant")[1]);
    }
}
