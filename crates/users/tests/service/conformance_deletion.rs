//! The internal calls of accounts that end, in one process with who makes them and apart.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use contracts::users::{
    BeginDeletionRequest, CancelDeletionRequest, DeletedUser, ListDeletedRequest, ListDeletedResponse,
    users_client::UsersClient,
};
use futures::future::{BoxFuture, FutureExt};
use http::{Request, Response};
use model::limits;
use platform::rpc::{
    retry_after,
    testing::{Conformance, Shape, is_refused},
};
use tonic::{Code, Status, body::Body, codegen::Service, server::NamedService};
use tower::ServiceExt;

use crate::{
    deletion::{caller, shown},
    manager::{NOWHERE, settings, stranger},
    world::{PASSWORD, Person, World, worlds},
};

/// One of several ways in which the service is wired, by turns.
#[derive(Clone)]
struct Turning(Arc<Mutex<users::Peer>>);

impl NamedService for Turning {
    const NAME: &'static str = users::Peer::NAME;
}

impl Service<Request<Body>> for Turning {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let peer = self.0.lock().unwrap().clone();
        peer.oneshot(request).boxed()
    }
}

/// Shows of a call that it does what its peers rely on, in both shapes and on both databases.
async fn conform(method: &str, test: impl AsyncFn(&World, &Conformance, &Turning)) {
    for shape in Shape::ALL {
        for world in worlds().await {
            let turn = Turning(Arc::new(Mutex::new(world.server.clone())));
            let calls = Conformance::start(shape, turn.clone(), &world.app).await;
            test(&world, &calls, &turn).await;
            calls.assert_complete(method);
        }
    }
}

async fn begin(calls: &Conformance, person: &Person, request: BeginDeletionRequest) -> Result<i64, Status> {
    let mut client = UsersClient::new(calls.peer());
    let answer = calls
        .working_for(caller(person), client.begin_deletion(request))
        .await?;
    Ok(answer.into_inner().deletion_at)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_to_be_deleted_by_whoever_shows_that_it_is_theirs() {
    conform("BeginDeletion", async |world, calls, turn| {
        let ada = world.sign_up("ada").await;
        let lawful = calls.keeps_the_laws(
            "BeginDeletion",
            Some(caller(&ada)),
            shown(PASSWORD, None),
            async |peer, request| UsersClient::new(peer).begin_deletion(request).await,
        );
        let answer = Box::pin(lawful).await;
        let expected = world.now().plus(limits::ACCOUNT_DELETION_GRACE);
        assert_eq!(answer.deletion_at, expected.as_millis(), "{}", world.kind);
        let nowhere = BeginDeletionRequest {
            address: "here".to_owned(),
            ..shown(PASSWORD, None)
        };
        is_refused(
            begin(calls, &ada, nowhere).await,
            Code::InvalidArgument,
            "address_invalid",
        );
        what_is_not_shown(world, calls).await;
        what_an_identity_manager_says(world, calls, turn).await;
        world.db.go_away();
        is_refused(
            begin(calls, &ada, shown(PASSWORD, None)).await,
            Code::Unavailable,
            "unavailable",
        );
    })
    .await;
}

async fn what_is_not_shown(world: &World, calls: &Conformance) {
    let bob = world.sign_up("bob").await;
    let denied = Code::PermissionDenied;
    is_refused(
        begin(calls, &bob, shown("a guess", None)).await,
        denied,
        "wrong_password",
    );
    world.turn_totp_on(&bob).await;
    is_refused(
        begin(calls, &bob, shown(PASSWORD, None)).await,
        denied,
        "second_factor_required",
    );
    for _ in 0..100 {
        match begin(calls, &bob, shown(PASSWORD, Some("000000"))).await {
            Err(status) if status.code() == Code::ResourceExhausted => {
                assert!(retry_after(&status).is_some_and(|wait| !wait.is_zero()), "{status:?}");
                return is_refused::<()>(Err(status), Code::ResourceExhausted, "too_many_attempts");
            }
            refused => is_refused(refused, denied, "second_factor_wrong"),
        }
    }
    panic!("{}: nobody stops who guesses", world.kind);
}

async fn what_an_identity_manager_says(world: &World, calls: &Conformance, turn: &Turning) {
    let carol = world.sign_up("carol").await;
    let manage = async |url: &str, own_form: bool| {
        let (_, peer) = world.managed_with_peer(settings(url, own_form)).await;
        *turn.0.lock().unwrap() = peer;
    };
    manage(NOWHERE, false).await;
    let elsewhere = begin(calls, &carol, shown(PASSWORD, None)).await;
    is_refused(elsewhere, Code::FailedPrecondition, "kept_elsewhere");
    let sql = "INSERT INTO identities (issuer, subject, user_id, created_at)
        VALUES ('http://beep.test/realms/beep', 'carol', $1, 1)";
    let mut tx = world.db.begin().await.unwrap();
    tx.run(sql, platform::args![carol.id]).await.unwrap();
    tx.commit().await.unwrap();
    let away = begin(calls, &carol, shown(PASSWORD, None)).await;
    assert_eq!(retry_after(away.as_ref().unwrap_err()), Some(Duration::from_secs(5)));
    is_refused(away, Code::Unavailable, "identity_unavailable");
    manage(&stranger().await, false).await;
    let again = begin(calls, &carol, shown(PASSWORD, None)).await;
    is_refused(again, Code::PermissionDenied, "sign_in_again_required");
    *turn.0.lock().unwrap() = world.server.clone();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_taken_back_by_its_user() {
    conform("CancelDeletion", async |world, calls, _| {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        for person in [&ada, &bob] {
            begin(calls, person, shown(PASSWORD, None)).await.unwrap();
        }
        let request = CancelDeletionRequest {};
        calls
            .keeps_the_laws("CancelDeletion", Some(caller(&ada)), request, async |peer, request| {
                UsersClient::new(peer).cancel_deletion(request).await
            })
            .await;
        for (person, is_kept) in [(&ada, true), (&bob, false)] {
            let back = world.sign_in(&person.email, PASSWORD).await.expect(200);
            assert_eq!(back["user"]["deletion_at"].is_null(), is_kept, "{}", world.kind);
        }
        world.db.go_away();
        let mut client = UsersClient::new(calls.peer());
        let away = calls.working_for(caller(&ada), client.cancel_deletion(request)).await;
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}

/// The user's profile as others see it.
async fn left_of(world: &World, id: i64) -> String {
    let watcher = world.app.user(model::UserId(1));
    let profile = watcher.get(&format!("/users/{id}")).await;
    String::from_utf8(profile.bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_erased_is_told_from_then_on() {
    conform("ListDeleted", async |world, calls, _| {
        let mut gone = Vec::new();
        for (name, at) in [("ada", 7_i64), ("bob", 7), ("eve", 9), ("joe", 0)] {
            let id = world.sign_up(name).await.id;
            if at > 0 {
                let mut tx = world.db.begin().await.unwrap();
                let sql = "UPDATE users SET erased_at = $2 WHERE id = $1";
                tx.run(sql, platform::args![id, at]).await.unwrap();
                tx.commit().await.unwrap();
                gone.push(DeletedUser {
                    user_id: id.0,
                    erased_at: at,
                    profile_json: left_of(world, id.0).await,
                });
            }
        }
        let all = ListDeletedRequest {
            since: 0,
            after_user_id: 0,
            limit: 10,
        };
        let answer = calls
            .keeps_the_laws("ListDeleted", None, all, async |peer, request| {
                UsersClient::new(peer).list_deleted(request).await
            })
            .await;
        assert_eq!(answer.users, gone, "{}", world.kind);
        let ask = async |since: i64, after_user_id: i64, limit: u32| {
            let request = ListDeletedRequest {
                since,
                after_user_id,
                limit,
            };
            let answer = UsersClient::new(calls.peer()).list_deleted(request).await;
            answer.map(tonic::Response::into_inner)
        };
        let users = |of: &[DeletedUser]| ListDeletedResponse { users: of.to_vec() };
        assert_eq!(ask(7, gone[0].user_id, 10).await.unwrap(), users(&gone[1..]));
        assert_eq!(ask(8, 0, 10).await.unwrap(), users(&gone[2..]));
        assert_eq!(ask(0, 0, 1).await.unwrap(), users(&gone[..1]));
        assert_eq!(ask(10, 0, 1).await.unwrap(), users(&[]));
        world.db.go_away();
        is_refused(ask(0, 0, 1).await, Code::Unavailable, "unavailable");
    })
    .await;
}
