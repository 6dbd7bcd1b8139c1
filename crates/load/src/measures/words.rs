//! Words of which texts are made, some of them far more often than others.

/// So many there are; the first are in most texts.
pub(super) const WORDS: usize = 5_000;

/// The word of this rank, always the same: two letters to eight.
pub(super) fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "mi", "ren", "to", "shu", "bel", "da", "fi", "gar", "no", "pe", "qui", "sta", "vo", "zel",
    ];
    let mut rest = rank + 16;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}

/// Numbers that look like chance, and are the same in every run.
pub(super) struct Chance(u64);

impl Chance {
    /// The numbers of this beginning.
    pub(super) fn new(begin: usize) -> Self {
        Self(begin as u64)
    }

    /// One of the numbers below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// A word: half as often for twice the rank.
    pub(super) fn word(&mut self) -> String {
        let (mut rank, mut span) = (0, 1);
        while 2 * span < WORDS && self.below(13) > 0 {
            rank += span;
            span *= 2;
        }
        let within = usize::try_from(self.below(span as u64)).unwrap_or(0);
        word((rank + within).min(WORDS - 1))
    }
}
