//! A gateway ends: who comes back was never away for the others, and who does not is.

use api::{
    beep::{Beep, Database, Setup, Shape},
    gateway::{Heard, Live},
    people::{Person, Server},
    watcher::Watcher,
};
use futures::future::join_all;

/// How a process ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Killed,
    Stopped,
}

impl End {
    async fn of(self, beep: &Beep, process: &str) {
        match self {
            Self::Killed => beep.kill(process),
            Self::Stopped => assert_eq!(beep.stop(process).await, Some(0), "{process} did not end well"),
        }
    }
}

/// Those whose connections end: one comes back, one does not. Somebody else looks at them.
struct Scene {
    returns: Person,
    stays_away: Person,
    looks: Person,
    server: Server,
}

impl Scene {
    async fn new(beep: &Beep) -> Self {
        let (returns, stays_away, looks) =
            tokio::join!(Person::sign_up(beep), Person::sign_up(beep), Person::sign_up(beep));
        let server = looks.create_server("public").await;
        tokio::join!(returns.join(&server), stays_away.join(&server));
        Self {
            returns,
            stays_away,
            looks,
            server,
        }
    }
}

/// Listens until the connection ends.
async fn end_of(live: &mut Live) {
    while let Heard::Frame(_) = live.next().await {}
}

async fn one_of_two_gateways_ends(end: End) {
    let beep = Setup::default()
        .with_instances("gateway", 2)
        .start(Database::Postgres)
        .await;
    let &[going, staying] = &beep.instances_of("gateway")[..] else {
        panic!("two gateways");
    };
    let (leaving, remaining) = (beep.address_of(going), beep.address_of(staying));
    let scene = Scene::new(&beep).await;
    let Scene {
        returns,
        stays_away,
        looks,
        server,
    } = &scene;
    let mut watcher = Watcher::at(remaining, looks, server).await;
    let ((mut returning, _), (mut lost, _)) = tokio::join!(
        Live::identify_at(leaving, returns),
        Live::identify_at(leaving, stays_away)
    );
    watcher
        .sees(&[(looks, "online"), (returns, "online"), (stays_away, "online")])
        .await;

    let comes_back = async {
        end_of(&mut returning).await;
        let resumed = Live::resume_at(remaining, returns, &returning.session_id, returning.last).await;
        resumed.expect("the session goes on at the other gateway")
    };
    let (mut returned, (), ()) = tokio::join!(comes_back, end_of(&mut lost), end.of(&beep, going));
    watcher.sees(&[(looks, "online"), (returns, "online")]).await;
    // What is said of them from now on comes after all that was said because of the gateway.
    returned.wish("away").await;
    watcher.sees(&[(looks, "online"), (returns, "away")]).await;
    assert_eq!(
        watcher.told_of(returns),
        ["online", "away"],
        "{end:?}: who came back was never away"
    );
    assert_eq!(watcher.told_of(stays_away), ["online", "offline"], "{end:?}");
}

/// One process takes everybody with it: who is there afterwards are those who came back.
async fn the_only_process_ends(database: Database, end: End) {
    let beep = Beep::start(database).await;
    let scene = Scene::new(&beep).await;
    let Scene {
        returns,
        stays_away,
        looks,
        server,
    } = &scene;
    let mut watcher = Watcher::new(looks, server).await;
    let (_returning, _lost) = tokio::join!(Live::identify(returns), Live::identify(stays_away));
    watcher
        .sees(&[(looks, "online"), (returns, "online"), (stays_away, "online")])
        .await;
    end.of(&beep, "beep").await;
    beep.restart("beep").await;
    let mut watcher = Watcher::new(looks, server).await;
    watcher.sees(&[(looks, "online")]).await;
    let (_returned, _) = Live::identify(returns).await;
    watcher.sees(&[(looks, "online"), (returns, "online")]).await;
    assert!(
        watcher.told_of(stays_away).is_empty(),
        "{end:?}: nobody stays without a connection"
    );
}

async fn a_gateway_ends(end: End) {
    match Shape::told() {
        Shape::Apart => one_of_two_gateways_ends(end).await,
        Shape::Together => {
            let both = Database::all().into_iter();
            join_all(both.map(|database| the_only_process_ends(database, end))).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_takes_only_those_along_who_do_not_come_back() {
    a_gateway_ends(End::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_told_to_stop_takes_only_those_along_who_do_not_come_back() {
    a_gateway_ends(End::Stopped).await;
}
