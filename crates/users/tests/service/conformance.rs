//! What other services are answered, in one process with them and apart.

use contracts::users::{
    GetAccountRequest, GetExportRequest, GetSummariesRequest, ListEndedSignInsRequest, UserSummary,
    users_client::UsersClient,
};
use model::{SessionId, UserId};
use platform::{
    auth::{ACCESS_TOKEN_LIFETIME, Caller},
    rpc::{
        Peer,
        testing::{Conformance, Shape, is_refused},
    },
};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::world::{PASSWORD, Person, World, form, worlds};

/// Shows of a call that it does what its peers rely on, in both shapes and on both databases.
async fn conform(method: &str, test: impl AsyncFn(&World, &Conformance)) {
    for shape in Shape::ALL {
        for world in worlds().await {
            let calls = Conformance::start(shape, world.server.clone(), &world.app).await;
            test(&world, &calls).await;
            calls.assert_complete(method);
        }
    }
}

async fn summaries(peer: Peer, user_ids: Vec<i64>) -> Result<Vec<UserSummary>, Status> {
    let request = GetSummariesRequest {
        user_ids,
        usernames: Vec::new(),
    };
    let answer = UsersClient::new(peer).get_summaries(request).await?;
    Ok(answer.into_inner().users)
}

/// A passkey of the user.
const PASSKEY: &str = "INSERT INTO passkeys (id, user_id, credential_id, credential, name, created_at)
    VALUES (1, $1, $2, '{}', 'Phone', 0)";

#[tokio::test(flavor = "multi_thread")]
async fn summaries_are_of_those_who_are_asked_for() {
    conform("GetSummaries", async |world, calls| {
        let mut people = Vec::new();
        for name in ["ada", "bob", "eve"] {
            people.push(world.sign_up(name).await.id.0);
        }
        let [ada, bob, eve] = people[..] else {
            panic!("three people")
        };
        let asked = GetSummariesRequest {
            user_ids: vec![eve, 1, ada, eve, i64::MIN, 0],
            usernames: Vec::new(),
        };
        let answer = calls
            .keeps_the_laws("GetSummaries", None, asked, async |peer, request| {
                UsersClient::new(peer).get_summaries(request).await
            })
            .await;
        let what = format!("{} {:?}", world.kind, calls.shape());
        let seen: Vec<_> = answer
            .users
            .iter()
            .map(|user| (user.id, user.username.as_str()))
            .collect();
        assert_eq!(
            seen,
            [(eve, "eve"), (ada, "ada")],
            "{what}: each once, in order, nobody else"
        );
        // Some are remembered by now and some are not; what was asked before changes no order.
        let ids = |users: Vec<UserSummary>| users.iter().map(|user| user.id).collect::<Vec<_>>();
        let all = summaries(calls.peer(), vec![bob, eve, ada]).await;
        assert_eq!(ids(all.unwrap()), [bob, eve, ada], "{what}");

        assert!(summaries(calls.peer(), vec![]).await.unwrap().is_empty());
        let most = (1..500).chain([ada]).collect();
        assert_eq!(ids(summaries(calls.peer(), most).await.unwrap()), [ada], "{what}");
        let by_name = GetSummariesRequest {
            user_ids: vec![bob],
            usernames: ["eve", "nobody", "bob", "ada", "Ada"].map(str::to_owned).into(),
        };
        let named = UsersClient::new(calls.peer()).get_summaries(by_name).await.unwrap();
        assert_eq!(
            ids(named.into_inner().users),
            [bob, ada, eve],
            "{what}: by id, then by name"
        );
        let too_many = summaries(calls.peer(), (1..=501).collect()).await;
        is_refused(too_many, Code::InvalidArgument, "too_many_ids");

        world.db.go_away();
        let away = summaries(calls.peer(), vec![2]).await;
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_follows_its_user() {
    for shape in Shape::ALL {
        for world in worlds().await {
            let calls = Conformance::start(shape, world.server.clone(), &world.app).await;
            let ada = world.sign_up("ada").await;
            let name = async || {
                summaries(calls.peer(), vec![ada.id.0]).await.unwrap()[0]
                    .display_name
                    .clone()
            };
            assert_eq!(name().await, "Ada Byron", "{}", world.kind);
            let change = json!({"first_name": "Augusta"});
            world.acting(&ada).patch("/users/@me", change).await.expect(200);
            assert_eq!(name().await, "Augusta Byron", "{}", world.kind);
        }
    }
}

/// Whoever is at this person's device.
fn caller(person: &Person) -> Caller {
    Caller {
        user_id: person.id,
        session_id: SessionId(1),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_what_its_user_sees() {
    conform("GetAccount", async |world, calls| {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        let of = |id: UserId| GetAccountRequest { user_id: id.0 };
        let account = calls
            .keeps_the_laws("GetAccount", Some(caller(&ada)), of(ada.id), async |peer, request| {
                UsersClient::new(peer).get_account(request).await
            })
            .await;
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let me = world.acting(&ada);
        assert_eq!(json(&account.account_json), me.get("/users/@me").await.expect(200));
        assert_eq!(
            json(&account.settings_json),
            me.get("/users/@me/settings").await.expect(200)
        );
        assert_eq!(account.status, "online");
        let ask = async |user: Caller, id: UserId| {
            let mut client = UsersClient::new(calls.peer());
            calls.working_for(user, client.get_account(of(id))).await
        };
        // Another user's account, whether there is one or not, is not told of.
        for other in [bob.id, UserId(1), UserId(i64::MIN)] {
            is_refused(ask(caller(&ada), other).await, Code::NotFound, "user_not_found");
        }
        let gone = Caller {
            user_id: UserId(1),
            session_id: SessionId(1),
        };
        is_refused(ask(gone, gone.user_id).await, Code::NotFound, "user_not_found");
        world.db.go_away();
        is_refused(ask(caller(&ada), ada.id).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_that_ended_are_told_of_while_their_tokens_live() {
    conform("ListEndedSignIns", async |world, calls| {
        let ask = async || {
            let mut client = UsersClient::new(calls.peer());
            let answer = client.list_ended_sign_ins(ListEndedSignInsRequest {}).await?;
            let mut ids = answer.into_inner().session_ids;
            ids.sort_unstable();
            Ok::<_, Status>(ids)
        };
        assert!(ask().await.unwrap().is_empty(), "{}", world.kind);
        let mut ended = Vec::new();
        for name in ["ada", "bob"] {
            let person = world.sign_up(name).await;
            let list = world.acting(&person).get("/users/@me/sessions").await.expect(200);
            let id = list["items"][0]["id"].as_str().unwrap();
            ended.push(id.parse::<i64>().unwrap());
            world
                .acting(&person)
                .post("/auth/logout", Value::Null)
                .await
                .expect(204);
        }
        // Somebody who stays.
        world.sign_up("eve").await;
        ended.sort_unstable();
        let message = ListEndedSignInsRequest {};
        let mut answer = calls
            .keeps_the_laws("ListEndedSignIns", None, message, async |peer, request| {
                UsersClient::new(peer).list_ended_sign_ins(request).await
            })
            .await;
        answer.session_ids.sort_unstable();
        assert_eq!(answer.session_ids, ended, "{}", world.kind);
        world.pass(ACCESS_TOKEN_LIFETIME * 3);
        assert!(ask().await.unwrap().is_empty(), "{}: their tokens are over", world.kind);
        world.db.go_away();
        is_refused(ask().await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_user_is_handed_out_without_what_is_secret() {
    conform("GetExport", async |world, calls| {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        let me = world.acting(&ada);
        me.patch("/users/@me", json!({"username": "lovelace", "biography": "Notes."}))
            .await
            .expect(200);
        for (picture, content) in [("avatar", b"1".as_slice()), ("banner", b"12")] {
            me.request(form(picture, "file", content)).await.expect(200);
        }
        let of = |id: UserId| GetExportRequest { user_id: id.0 };
        let answer = calls
            .keeps_the_laws("GetExport", None, of(ada.id), async |peer, request| {
                UsersClient::new(peer).get_export(request).await
            })
            .await;
        let what = format!("{} {:?}", world.kind, calls.shape());
        let told: Value = serde_json::from_str(&answer.account_json).unwrap();
        assert_eq!(
            (answer.username.as_str(), answer.language.as_str()),
            ("lovelace", "en"),
            "{what}"
        );
        assert_eq!(told["profile"], me.get("/users/@me").await.expect(200), "{what}");
        for picture in ["avatar_url", "banner_url"] {
            assert!(told["profile"][picture].is_string(), "{what}");
        }
        assert_eq!(told["settings"], me.get("/users/@me/settings").await.expect(200));
        assert_eq!(told["former_usernames"][0]["username"], "ada", "{what}");
        assert_eq!((&told["password"], &told["second_factors"]), (&json!(true), &json!([])));
        let sessions = me.get("/users/@me/sessions").await.expect(200);
        let (shown, sign_ins) = (&sessions["items"], told["sign_ins"].as_array().unwrap());
        assert_eq!(sign_ins.len(), 1, "{what}: {told}");
        for (name, asked) in [
            ("id", "id"),
            ("device", "user_agent"),
            ("created_at", "created_at"),
            ("last_used_at", "last_used_at"),
        ] {
            assert_eq!(sign_ins[0][name], shown[0][asked], "{what}");
        }

        // A second factor is told of, and what it is made of is not.
        let (secret, codes) = world.turn_totp_on(&ada).await;
        world.meddle(PASSKEY, &platform::args![ada.id, vec![1_u8]]).await;
        let again = UsersClient::new(calls.peer()).get_export(of(ada.id)).await.unwrap();
        let text = again.into_inner().account_json;
        let told: Value = serde_json::from_str(&text).unwrap();
        let kinds: Vec<_> = told["second_factors"].as_array().unwrap().iter().collect();
        assert_eq!(kinds.len(), 3, "{what}: {told}");
        assert_eq!(
            (&kinds[0]["kind"], &kinds[1]["kind"]),
            (&json!("totp"), &json!("recovery_codes"))
        );
        let key = (&kinds[2]["kind"], &kinds[2]["name"], &kinds[2]["last_used_at"]);
        assert_eq!(key, (&json!("passkey"), &json!("Phone"), &Value::Null));
        let sealed: Vec<(String,)> = world
            .db
            .all("SELECT password_hash FROM users WHERE id = $1", platform::args![ada.id])
            .await
            .unwrap();
        for hidden in [PASSWORD, &secret, &codes[0], &sealed[0].0, "argon2", "bob"] {
            assert!(!text.contains(hidden), "{what}: {hidden} is in {text}");
        }

        let bob = UsersClient::new(calls.peer()).get_export(of(bob.id)).await.unwrap();
        assert_eq!(bob.into_inner().username, "bob", "{what}");
        let nobody = UsersClient::new(calls.peer()).get_export(of(UserId(1))).await;
        is_refused(nobody, Code::NotFound, "user_not_found");
        world.db.go_away();
        let away = UsersClient::new(calls.peer()).get_export(of(ada.id)).await;
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}
