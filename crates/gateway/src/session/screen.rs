//! What a session's client has on screen, and is told of it: each time the newest, nothing twice.

use std::sync::Arc;

use model::{ChannelId, ServerId, UserId};

use super::Session;
use crate::protocol::{MemberRange, Screen, ServerFrame};

/// A member list on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// Which wish of the client this is: a later one has another number.
    pub number: u64,
    /// Whose list.
    pub channel_id: ChannelId,
    /// The parts on screen.
    pub ranges: Arc<[MemberRange]>,
}

/// What a session remembers of the screen.
#[derive(Debug, Default)]
pub(super) struct OnScreen {
    pub(super) server_id: Option<ServerId>,
    /// Whose presence is told; `None` for everybody's.
    presences_of: Option<Box<[UserId]>>,
    viewing: Option<Viewing>,
    /// How many wishes there were.
    wishes: u64,
}

impl OnScreen {
    fn change(&mut self, screen: Screen) {
        self.wishes += 1;
        let number = self.wishes;
        self.server_id = screen.server_id;
        self.presences_of = screen.member_ranges.is_some().then(|| screen.user_ids.into());
        let ranges = screen
            .member_ranges
            .filter(|ranges| !ranges.is_empty() && screen.server_id.is_some());
        self.viewing = ranges.zip(screen.channel_id).map(|(ranges, channel_id)| Viewing {
            number,
            channel_id,
            ranges: ranges.into(),
        });
    }

    /// No member list is told any more, before there is another wish.
    pub(super) fn look_away(&mut self) {
        self.viewing = None;
    }
}

/// What became of a frame with members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It goes to the client.
    Now,
    /// The one before has not gone yet.
    Later,
    /// The list is not on screen any more, or may not be.
    Never,
}

impl Session {
    /// Changes what is on screen.
    pub fn subscribe(self: &Arc<Self>, screen: Screen) {
        let mut state = self.state();
        let before = state.screen.server_id;
        let server_id = screen.server_id;
        state.screen.change(screen);
        state.queue.drop_members();
        drop(state);
        if let Some(written) = self.written.as_ref().filter(|_| before != server_id) {
            written.journal.stand(Arc::clone(self));
        }
    }

    /// The server on screen.
    #[must_use]
    pub fn subscribed(&self) -> Option<ServerId> {
        self.state().screen.server_id
    }

    /// Whether it is to be told what the user shows in the server.
    #[must_use]
    pub fn follows(&self, server_id: ServerId, user_id: UserId) -> bool {
        let state = self.state();
        let named = state.screen.presences_of.as_ref();
        state.screen.server_id == Some(server_id) && named.is_none_or(|named| named.contains(&user_id))
    }

    /// Whose presence is told; `None` for everybody's.
    #[must_use]
    pub fn presences_of(&self) -> Option<Box<[UserId]>> {
        self.state().screen.presences_of.clone()
    }

    /// The member list on screen.
    #[must_use]
    pub fn viewing(&self) -> Option<Viewing> {
        self.state().screen.viewing.clone()
    }

    /// Whether the wish of that number is the newest, and may be followed.
    #[must_use]
    pub fn is_viewing(&self, number: u64) -> bool {
        let state = self.state();
        state
            .screen
            .viewing
            .as_ref()
            .is_some_and(|viewing| viewing.number == number)
    }

    /// These channels are not in sight any more: nothing is told of their members from now on.
    pub fn stop_viewing(&self, channels: &[ChannelId]) {
        let mut state = self.state();
        let viewing = state.screen.viewing.as_ref();
        if viewing.is_some_and(|viewing| channels.contains(&viewing.channel_id)) {
            state.screen.look_away();
            state.queue.drop_members();
        }
    }

    /// Answers the client's last wish.
    pub fn push_subscribed(self: &Arc<Self>, answer: &ServerFrame) {
        self.change(|state| state.queue.push_subscribed(answer.encode()));
    }

    /// Tells the client of members, if the wish of that number is still its newest and the frame before has gone.
    pub fn push_members(self: &Arc<Self>, number: u64, frame: &Arc<str>) -> Shown {
        let mut state = self.state();
        if state
            .screen
            .viewing
            .as_ref()
            .is_none_or(|viewing| viewing.number != number)
        {
            return Shown::Never;
        }
        if !state.queue.push_members(frame) {
            return Shown::Later;
        }
        let waker = state.rouse();
        self.settle(state, waker);
        Shown::Now
    }
}

#[cfg(test)]
mod tests {
    use model::{SessionId, Timestamp};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(0);

    fn screen(channel: i64) -> Screen {
        Screen {
            server_id: Some(ServerId(1)),
            channel_id: Some(ChannelId(channel)),
            member_ranges: Some(vec![MemberRange { first: 0, last: 9 }]),
            user_ids: vec![UserId(5)],
        }
    }

    fn session() -> (Arc<Session>, u64) {
        let session = Session::new("x".into(), UserId(1), SessionId(1), None, NOW);
        let connection = session.attach();
        session.subscribe(screen(2));
        (session, connection)
    }

    fn number(session: &Session) -> u64 {
        session.viewing().map_or(0, |viewing| viewing.number)
    }

    fn taken(session: &Session, connection: u64) -> Vec<String> {
        session
            .take(connection, 9)
            .map(|batch| batch.control)
            .unwrap_or_default()
    }

    #[test]
    fn one_frame_waits_at_most_and_none_of_an_older_wish() {
        let (session, connection) = session();
        let (frame, other): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        assert_eq!(session.push_members(number(&session), &frame), Shown::Now);
        assert_eq!(session.push_members(number(&session), &other), Shown::Later);
        assert_eq!(taken(&session, connection), ["one"]);
        assert_eq!(session.push_members(number(&session), &other), Shown::Now);
        let before = number(&session);
        session.subscribe(screen(2));
        assert_eq!(taken(&session, connection), [""; 0], "what waited was of an older wish");
        assert_eq!(session.push_members(before, &frame), Shown::Never);
        assert!(session.is_viewing(number(&session)) && !session.is_viewing(before));
    }

    #[test]
    fn nothing_is_told_of_a_channel_out_of_sight() {
        let (session, connection) = session();
        let wish = number(&session);
        assert_eq!(session.push_members(wish, &"x".into()), Shown::Now);
        session.stop_viewing(&[ChannelId(3)]);
        assert!(session.is_viewing(wish));
        session.stop_viewing(&[ChannelId(2)]);
        assert_eq!(session.push_members(wish, &"y".into()), Shown::Never);
        assert_eq!(taken(&session, connection), [""; 0], "not even what waited");
    }

    #[test]
    fn nothing_is_told_to_a_connection_that_did_not_ask_or_outside_of_the_server() {
        let (session, connection) = session();
        let wish = number(&session);
        session.detach(connection, NOW);
        assert_eq!(session.push_members(wish, &"x".into()), Shown::Never);
        session.attach();
        assert_eq!(session.push_members(wish, &"x".into()), Shown::Never);
        session.subscribe(screen(2));
        session.remove_server(ServerId(7));
        assert!(session.viewing().is_some());
        session.remove_server(ServerId(1));
        assert!(session.viewing().is_none());
    }

    #[test]
    fn presences_are_told_of_all_or_of_those_who_are_named() {
        let (session, _) = session();
        assert!(session.follows(ServerId(1), UserId(5)) && !session.follows(ServerId(1), UserId(6)));
        assert!(!session.follows(ServerId(2), UserId(5)));
        session.subscribe(Screen::of_server(Some(ServerId(1))));
        assert!(session.follows(ServerId(1), UserId(6)));
    }
}
