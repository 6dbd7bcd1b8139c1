//! Where a page begins.

use model::MessageId;

use crate::{index::Rank, wanted::Sort};

/// The rank as a cursor of a list in this order.
pub(super) fn write(rank: Rank, sort: Sort) -> String {
    match sort {
        Sort::Newest => rank.order.to_string(),
        Sort::Oldest => (-rank.order).to_string(),
        Sort::Relevant => format!("{}-{}", rank.score, rank.order),
    }
}

/// What [`write`] wrote for the same order.
pub(super) fn read(text: &str, sort: Sort) -> Option<Rank> {
    let id = |text: &str| text.parse::<MessageId>().ok().map(|id| id.0);
    let (score, order) = match sort {
        Sort::Newest => (0, id(text)?),
        Sort::Oldest => (0, -id(text)?),
        Sort::Relevant => {
            let (score, order) = text.split_once('-')?;
            (score.parse().ok()?, id(order)?)
        }
    };
    Some(Rank { score, order })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for (sort, score, order) in [(Sort::Newest, 0, 7), (Sort::Oldest, 0, -7), (Sort::Relevant, 9, 7)] {
            let rank = Rank { score, order };
            assert_eq!(read(&write(rank, sort), sort), Some(rank), "{sort:?}");
        }
        for (text, sort) in [
            ("", Sort::Newest),
            ("-7", Sort::Newest),
            ("7", Sort::Relevant),
            ("x-7", Sort::Relevant),
        ] {
            assert_eq!(read(text, sort), None, "{text}");
        }
    }
}
