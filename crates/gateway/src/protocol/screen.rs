//! What a client has on screen: `subscribe`.

use model::{ChannelId, ServerId, UserId, limits};
use serde::Deserialize;

/// Places in a member list, counted from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "(u32, u32)")]
pub struct MemberRange {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl From<(u32, u32)> for MemberRange {
    fn from((first, last): (u32, u32)) -> Self {
        Self { first, last }
    }
}

/// What a client has on screen, of which it is told more than of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Screen {
    /// The server.
    #[serde(default)]
    pub server_id: Option<ServerId>,
    /// The channel.
    #[serde(default)]
    pub channel_id: Option<ChannelId>,
    /// The parts of the channel's member list. Presences of others than `user_ids` are not told then, even if there are none.
    #[serde(default)]
    pub member_ranges: Option<Vec<MemberRange>>,
    /// Whose presence is told besides, with `member_ranges`.
    #[serde(default)]
    pub user_ids: Vec<UserId>,
}

impl Screen {
    /// A server, and nothing more.
    #[must_use]
    pub fn of_server(server_id: Option<ServerId>) -> Self {
        Self {
            server_id,
            ..Self::default()
        }
    }

    /// Why it cannot be followed, for people.
    #[must_use]
    pub fn mistake(&self) -> Option<&'static str> {
        let ranges = self.member_ranges.as_deref().unwrap_or_default();
        let is_long =
            |range: &MemberRange| range.last.saturating_sub(range.first) as usize >= limits::GATEWAY_MEMBER_RANGE;
        let in_order = |pair: &[MemberRange]| matches!(pair, [before, after] if before.last < after.first);
        if !ranges.is_empty() && self.channel_id.is_none() {
            Some("Member ranges are of a channel: channel_id is missing.")
        } else if ranges.len() > limits::GATEWAY_MEMBER_RANGES {
            Some("There are more than 5 member ranges.")
        } else if ranges.iter().any(|range| range.last < range.first) {
            Some("A member range ends before it begins.")
        } else if ranges.iter().any(is_long) {
            Some("A member range has more than 100 places.")
        } else if !ranges.windows(2).all(in_order) {
            Some("The member ranges overlap, or are not in order.")
        } else if self.user_ids.len() > limits::GATEWAY_PRESENCES_NAMED {
            Some("There are more than 100 user ids.")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn mistake(text: &str) -> Option<&'static str> {
        serde_json::from_str::<Screen>(text).unwrap().mistake()
    }

    #[test]
    fn ranges_are_few_short_in_order_and_of_a_channel() {
        for good in [
            r"{}",
            r#"{"server_id":"1","channel_id":"2"}"#,
            r#"{"server_id":"2","member_ranges":[]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,99],[100,199],[4294967295,4294967295]],"user_ids":["7"]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,0],[1,1],[2,2],[3,3],[4,4]]}"#,
        ] {
            assert_eq!(mistake(good), None, "{good}");
        }
        let many = format!(r#"{{"user_ids":[{}]}}"#, vec![r#""7""#; 101].join(","));
        for bad in [
            r#"{"member_ranges":[[0,9]]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,100]]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,4294967295]]}"#,
            r#"{"channel_id":"2","member_ranges":[[1,0]]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,9],[9,10]]}"#,
            r#"{"channel_id":"2","member_ranges":[[50,59],[0,9]]}"#,
            r#"{"channel_id":"2","member_ranges":[[0,0],[1,1],[2,2],[3,3],[4,4],[5,5]]}"#,
            &many,
        ] {
            assert!(mistake(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_range_is_no_frame() {
        for text in [
            "[0,1]",
            "[[0]]",
            "[[0,1,2]]",
            "[[-1,2]]",
            "[[0,4294967296]]",
            r#"[["0","1"]]"#,
        ] {
            let text = format!(r#"{{"channel_id":"2","member_ranges":{text}}}"#);
            assert!(serde_json::from_str::<Screen>(&text).is_err(), "{text}");
        }
    }
}
