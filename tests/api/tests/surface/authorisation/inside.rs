//! Operations on a server and what is in it: every actor, in a public server and in a private one.

use api::{
    beep::{Database, shared},
    gateway::{Heard, Live},
    http::{Answer, Caller},
    trace,
};
use futures::future::join_all;

use super::{
    Tried,
    actors::Actor,
    check,
    scene::{Cast, NEVER, Place},
    table::{
        Inside, Needs,
        Outcome::{self, Refused},
        Row, Rule, rows,
    },
};

fn rows_inside() -> Vec<(Row, Inside)> {
    let inside = |row: Row| match row.rule {
        Rule::Inside(inside) => Some((row, inside)),
        Rule::Everybody(_) | Rule::SignedIn(_) => None,
    };
    rows().into_iter().filter_map(inside).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_a_server_everybody_may_what_they_may_and_sees_no_more() {
    let trials = Database::all().into_iter().flat_map(|database| {
        let both = ["public", "private"];
        both.map(|visibility| try_all_rows(database, visibility))
    });
    join_all(trials).await;
}

async fn try_all_rows(database: Database, visibility: &str) {
    let beep = shared(database).await;
    let cast = Cast::new(&beep).await;
    let mut tried = Tried::default();
    let rows = rows_inside();
    for (row, inside) in &rows {
        let operation = Operation {
            row,
            inside: *inside,
            visibility,
            cast: &cast,
            what: format!("{database:?}: {} {} of a {visibility} server", row.method, row.path),
        };
        operation.try_all(&mut tried).await;
    }
    let rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
    tried.is_all_of(&rows, &format!("{database:?}, {visibility}"));
}

/// An operation that is tried in servers of one visibility.
struct Operation<'a> {
    row: &'a Row,
    inside: Inside,
    visibility: &'a str,
    cast: &'a Cast,
    what: String,
}

impl Operation<'_> {
    /// Whoever is refused tries it first, one after the other in the same place; then those for whom it is done, who have a
    /// place each if it is another place afterwards.
    async fn try_all(&self, tried: &mut Tried) {
        let by_right = |actor: &Actor| Actor::RIGHTS.contains(actor);
        for group in [false, true] {
            let actors: Vec<Actor> = Actor::ALL
                .into_iter()
                .filter(|actor| by_right(actor) == group)
                .collect();
            let shares = |actor: &Actor| self.row.reads() || matches!(self.outcome(*actor), Refused(..));
            let (together, alone): (Vec<Actor>, Vec<Actor>) = actors.into_iter().partition(shares);
            self.without_change(&together, tried).await;
            for actor in alone {
                let place = self.place(&[actor]).await;
                for (name, caller) in actor.played_by(self.cast) {
                    self.try_by(actor, &place, &name, caller).await;
                }
                tried.note(self.row, actor);
                place.end(self.cast).await;
            }
        }
    }

    fn outcome(&self, actor: Actor) -> Outcome {
        actor.answered(self.row, self.inside, self.visibility)
    }

    async fn place(&self, actors: &[Actor]) -> Place {
        Place::with(self.cast, self.visibility, actors, self.inside.needs).await
    }

    /// These actors change nothing, nobody hears of what they try, and whoever is kept out cannot tell what there is from
    /// what there is not.
    async fn without_change(&self, actors: &[Actor], tried: &mut Tried) {
        let place = self.place(actors).await;
        let (mut owner, _) = Live::identify(&self.cast.owner).await;
        // What made the place what it is may still be on its way.
        let begun = self.cast.owner.send_message(&place.server, "it begins").await;
        loop {
            match owner.next().await {
                Heard::Frame(frame) if frame["data"]["id"] == begun["id"] => break,
                Heard::Frame(_) => {}
                end => panic!("{}: {end:?}", self.what),
            }
        }
        let before = place.seen_by_owner(self.cast).await;
        for actor in actors {
            for (name, caller) in actor.played_by(self.cast) {
                let answer = self.try_by(*actor, &place, &name, caller).await;
                if let Refused(404, code) = self.outcome(*actor) {
                    let of_nothing = without(&place, code).try_row(self.row, caller).await;
                    let traces = [&answer, &of_nothing].map(trace::of);
                    assert_eq!(
                        traces[0], traces[1],
                        "{}, {name}: it can be told that it is there",
                        self.what
                    );
                }
            }
            tried.note(self.row, *actor);
        }
        let what = &self.what;
        assert_eq!(place.seen_by_owner(self.cast).await, before, "{what}: it was changed");
        // What is said now is the first that is heard.
        let said = self.cast.owner.send_message(&place.server, "nothing happened").await;
        match owner.next().await {
            Heard::Frame(frame) => assert_eq!(frame["data"]["id"], said["id"], "{what}: {frame}"),
            end => panic!("{what}: {end:?}"),
        }
        place.end(self.cast).await;
    }

    /// Tries it and looks at what it tells.
    async fn try_by(&self, actor: Actor, place: &Place, name: &str, caller: &Caller) -> Answer {
        let what = format!("{}, {name}", self.what);
        let answer = place.try_row(self.row, caller).await;
        check(&answer, self.outcome(actor), &what);
        // Without any right one does not see the channel either.
        let without_rights = self.inside.needs == Needs::Nothing && Actor::RIGHTS.contains(&actor);
        if actor == Actor::Blind || without_rights {
            for hidden in [&place.server.channel_id, &place.message_id, &place.attachment_id] {
                assert!(!answer.text().contains(hidden), "{what}: {}", answer.text());
            }
        }
        answer
    }
}

/// The same place, but for what is answered as not being there: it never was.
fn without(place: &Place, code: &str) -> Place {
    let mut nowhere = place.clone();
    let id = match code {
        "server_not_found" => &mut nowhere.server.id,
        "channel_not_found" => &mut nowhere.server.channel_id,
        "message_not_found" => &mut nowhere.message_id,
        "attachment_not_found" => &mut nowhere.attachment_id,
        other => panic!("what is not there? {other}"),
    };
    NEVER.clone_into(id);
    nowhere
}
