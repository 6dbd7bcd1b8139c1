//! Who follows erasures forgets everybody, whatever is lost.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};

use contracts::{
    events::{Audience, Event},
    users::{
        DeletedUser, ListDeletedResponse,
        users_server::{Users, UsersServer},
    },
};
use model::EventId;
use tokio::sync::mpsc;
use tonic::{Request, Response};

use super::*;
use crate::bus::{EventBus, LocalBus, Topics};

/// The users service: whose accounts were erased, and when.
#[derive(Clone, Default)]
struct Erased(Arc<Mutex<Vec<(i64, i64)>>>);

#[tonic::async_trait]
impl Users for Erased {
    async fn list_deleted(
        &self,
        request: Request<ListDeletedRequest>,
    ) -> Result<Response<ListDeletedResponse>, Status> {
        let request = request.into_inner();
        let after = (request.since, request.after_user_id);
        let all = self.0.lock().unwrap();
        let later = all.iter().filter(|erased| **erased > after);
        let users = later.take(2).map(|(erased_at, user_id)| DeletedUser {
            user_id: *user_id,
            erased_at: *erased_at,
            profile_json: format!("\"asked for {user_id}\""),
        });
        Ok(Response::new(ListDeletedResponse { users: users.collect() }))
    }
}

/// Keeps something of these users, and says whom it forgets.
struct Keeper {
    kept: Mutex<Vec<i64>>,
    /// How often it fails before it forgets anybody.
    failures: Mutex<u32>,
    forgotten: mpsc::UnboundedSender<(i64, String)>,
}

impl Forgetting for Keeper {
    type Error = Status;

    async fn list_known(&self, users: &[UserId]) -> Result<Vec<UserId>, Status> {
        let kept = self.kept.lock().unwrap();
        Ok(users.iter().copied().filter(|user| kept.contains(&user.0)).collect())
    }

    async fn forget(&self, user_id: UserId, profile: &RawValue) -> Result<(), Status> {
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return Err(rpc::unavailable("not now"));
        }
        self.kept.lock().unwrap().retain(|kept| *kept != user_id.0);
        self.forgotten.send((user_id.0, profile.get().to_owned())).unwrap();
        Ok(())
    }
}

struct World {
    bus: LocalBus,
    erased: Erased,
    keeper: Arc<Keeper>,
    forgotten: mpsc::UnboundedReceiver<(i64, String)>,
}

impl World {
    /// Where this is kept, and so many failures are to come. Of what happens before it is followed, the bus holds four events.
    async fn follow(kept: &[i64], failures: u32, before: impl AsyncFnOnce(&Erased, &LocalBus)) -> Self {
        let (bus, erased) = (LocalBus::with_capacity(4), Erased::default());
        let (sender, forgotten) = mpsc::unbounded_channel();
        let keeper = Arc::new(Keeper {
            kept: Mutex::new(kept.to_vec()),
            failures: Mutex::new(failures),
            forgotten: sender,
        });
        let events = bus.subscribe(Topics::Changes).await.unwrap();
        before(&erased, &bus).await;
        let users = UsersClient::new(rpc::in_process(UsersServer::new(erased.clone())));
        let follower = Arc::clone(&keeper);
        tokio::spawn(async move { follow(&*follower, users, events).await });
        Self {
            bus,
            erased,
            keeper,
            forgotten,
        }
    }

    /// Who is forgotten next, and by what profile.
    async fn next(&mut self) -> (i64, String) {
        let next = tokio::time::timeout(Duration::from_hours(24), self.forgotten.recv());
        next.await.unwrap().unwrap()
    }

    /// Lets everybody do what they have to do.
    async fn settle() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn tell(bus: &LocalBus, user: i64) {
    let event = Event::new(EventId(user), EventKind::UserDeleted, Audience::Services, &"told").unwrap();
    let event = Event {
        user_id: Some(UserId(user)),
        ..event
    };
    bus.publish(Arc::new(event)).await.unwrap();
}

fn asked_for(user: i64) -> (i64, String) {
    (user, format!("\"asked for {user}\""))
}

#[tokio::test(start_paused = true)]
async fn at_the_start_all_are_asked_for_of_whom_something_is_kept() {
    let mut world = World::follow(&[1, 3, 5, 9], 0, async |erased, _| {
        *erased.0.lock().unwrap() = vec![(7, 1), (7, 2), (7, 3), (8, 4), (9, 5)];
    })
    .await;
    for user in [1, 3, 5] {
        assert_eq!(world.next().await, asked_for(user));
    }
    World::settle().await;
    assert!(world.forgotten.is_empty());
    assert_eq!(*world.keeper.kept.lock().unwrap(), [9]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_told_of_is_forgotten_by_the_profile_that_is_told() {
    let mut world = World::follow(&[1], 0, async |_, _| {}).await;
    World::settle().await;
    tell(&world.bus, 1).await;
    assert_eq!(world.next().await, (1, "\"told\"".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn whoever_could_not_be_forgotten_is_asked_for_soon() {
    let mut world = World::follow(&[1], 2, async |_, _| {}).await;
    World::settle().await;
    world.erased.0.lock().unwrap().push((7, 1));
    let told_at = Instant::now();
    tell(&world.bus, 1).await;
    assert_eq!(world.next().await, asked_for(1));
    let waited = told_at.elapsed();
    assert!(waited >= 2 * PAUSE && waited < 3 * PAUSE, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn when_events_were_lost_it_is_asked_at_once() {
    let mut world = World::follow(&[1, 2], 0, async |_, _| {}).await;
    World::settle().await;
    world.erased.0.lock().unwrap().push((7, 1));
    let told_at = Instant::now();
    // More than the bus holds, without a pause: the first are lost.
    for user in [1, 21, 22, 23, 24] {
        tell(&world.bus, user).await;
    }
    let mut forgotten = Vec::new();
    while world.keeper.kept.lock().unwrap().contains(&1) || forgotten.is_empty() {
        forgotten.push(world.next().await);
    }
    assert!(forgotten.contains(&asked_for(1)), "{forgotten:?}");
    assert!(told_at.elapsed() < PAUSE);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_after_the_erasure_is_found_an_hour_later() {
    let hour = i64::try_from(MARGIN.as_millis()).unwrap();
    let mut world = World::follow(&[1, 2], 0, async |erased, _| {
        *erased.0.lock().unwrap() = vec![(10 * hour, 1), (11 * hour - 1, 2)];
    })
    .await;
    let began = Instant::now();
    assert_eq!(world.next().await, asked_for(1));
    assert_eq!(world.next().await, asked_for(2));
    World::settle().await;
    // A request that was under way.
    world.keeper.kept.lock().unwrap().push(1);
    assert_eq!(world.next().await, asked_for(1));
    let waited = began.elapsed();
    assert!(waited >= ASK_EVERY && waited < 2 * ASK_EVERY, "{waited:?}");
}
