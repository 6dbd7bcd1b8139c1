//! Only the edge is answered by the services behind it: whoever does not show a certificate of our authority gets nothing.

use std::net::SocketAddr;

use api::{
    beep::{Database, NATS, Setup, Shown},
    gateway::Live,
    http::{Body, Caller},
    left_out::{WITHOUT_POSTGRES, left_out},
    people::Person,
};

/// What is answered, if anything is.
async fn answered(address: SocketAddr) -> Option<u16> {
    let answer = Caller::nobody(address).try_send("GET", "//readyz", Body::Empty).await;
    answer.ok().map(|answer| answer.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_certificate_is_answered_by_a_service_behind_the_edge() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let beep = Setup::default().start_apart().await;
    let behind = beep.parts().into_iter().filter(|name| ![NATS, "edge"].contains(name));
    for part in behind {
        assert_eq!(
            answered(beep.passage_to(part, Shown::Ours).address).await,
            Some(200),
            "{part}"
        );
        for shows in [Shown::Nothing, Shown::Strangers] {
            let passage = beep.passage_to(part, shows);
            assert_eq!(
                answered(passage.address).await,
                None,
                "{part} answers who shows {shows:?}"
            );
        }
        assert_eq!(
            answered(beep.listens_at(part)).await,
            None,
            "{part} answers without TLS"
        );
    }
    for gateway in beep.instances_of("gateway") {
        let nameless = beep.passage_to(gateway, Shown::Nothing);
        assert_eq!(Live::open(nameless.address, &[]).await.err(), Some(None), "{gateway}");
        assert_eq!(
            Live::open(beep.listens_at(gateway), &[]).await.err(),
            Some(None),
            "{gateway}"
        );
    }
    // Through the edge all is as ever.
    let person = Person::sign_up(&beep).await;
    Live::identify(&person).await;
}
