//! What a browser is made to send by a foreign page does nothing: cookies count for Beep's own pages only.

use api::{
    beep::{Beep, Database, shared},
    gateway::{Heard, Live},
    http::{Body, Credentials},
    people::{Person, text},
};
use serde_json::json;

use crate::authorisation::{
    scene::{Place, make},
    table::{Outcome, Row, Rule, Sample, rows},
};

/// The cookies of a sign-in, as a browser sends them, and the token that its page copies into the header.
struct Browser {
    cookies: String,
    csrf: String,
    person: Person,
}

impl Browser {
    async fn new(beep: &Beep) -> Self {
        let person = Person::sign_up(beep).await;
        let credentials = json!({ "email": person.email, "password": person.password });
        let answer = person.with(Credentials::None).post("/auth/login", credentials).await;
        answer.expect(200);
        let set: Vec<&str> = answer
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().unwrap())
            .collect();
        for cookie in &set {
            let is_hidden = cookie.contains("HttpOnly");
            assert!(cookie.contains("SameSite="), "{cookie}");
            assert_eq!(is_hidden, !cookie.starts_with("beep_csrf="), "{cookie}");
        }
        let pairs: Vec<&str> = set.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
        let csrf = pairs.iter().find_map(|pair| pair.strip_prefix("beep_csrf="));
        Self {
            csrf: csrf.unwrap().to_owned(),
            cookies: pairs.join("; "),
            person,
        }
    }

    fn sends(&self, more: &[(&'static str, &str)]) -> Credentials {
        let cookies = ("cookie", self.cookies.clone());
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Credentials::Browser(std::iter::once(cookies).chain(more).collect())
    }
}

/// Headers that a browser adds for a page of somebody else's.
const FOREIGN: [&[(&str, &str)]; 6] = [
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1:1")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
];

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_needs_the_proof_of_the_own_page() {
    let beep = shared(Database::Sqlite).await;
    let browser = Browser::new(&beep).await;
    let server = browser.person.create_server("public").await;
    let message = browser.person.send_file(&server, "here", "here.txt", b"here").await;
    let role_id = browser.person.create_role(&server, &[]).await;
    let place = Place {
        role_id,
        message_id: api::people::id(&message),
        attachment_id: api::people::id(&message["attachments"][0]),
        user_id: browser.person.id.clone(),
        banned_id: browser.person.id.clone(),
        server,
    };
    let before = browser.person.get(&place.server.path()).await.json();
    let changing = |row: &Row| row.method != "GET" && !matches!(row.rule, Rule::Everybody(_));
    let mut attempts: Vec<Vec<(&'static str, &str)>> =
        vec![vec![], vec![("x-csrf-token", "guess")], vec![("x-csrf-token", "")]];
    for foreign in FOREIGN {
        let proof = ("x-csrf-token", browser.csrf.as_str());
        attempts.push(foreign.iter().copied().chain([proof]).collect());
    }
    for row in rows().iter().filter(|row| changing(row)) {
        for headers in &attempts {
            let caller = browser.person.with(browser.sends(headers));
            let answer = match row.rule {
                Rule::Inside(_) => place.try_row(row, &caller).await,
                _ => make(row, &caller, &[("{session_id}", "100000000000000001")]).await,
            };
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "csrf_token_invalid"),
                "{} {} with {headers:?}: {}",
                row.method,
                row.path,
                answer.text()
            );
        }
    }
    assert_eq!(browser.person.get(&place.server.path()).await.json(), before);
    let own_page = browser.person.with(browser.sends(&[
        ("x-csrf-token", &browser.csrf),
        ("origin", &beep.url()),
        ("sec-fetch-site", "same-origin"),
    ]));
    own_page
        .patch("/users/@me", json!({ "biography": "by cookie" }))
        .await
        .expect(200);
    // Reading needs no proof: a foreign page cannot see the answer.
    browser
        .person
        .with(browser.sends(&[]))
        .get("/users/@me")
        .await
        .expect(200);
}

/// Cookies of a browser that is on its way in, or has shown once more whose it is.
const PASSING: &str = "beep_newcomer=x; beep_travelling=x; beep_fresh=x";

/// Also where nobody is signed in yet: by the cookies of who is on their way in, and into an account of the attacker's. Every
/// operation of the contract has a row, and so every new one is tried here.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_foreign_page_sends_is_refused_whatever_the_route_and_the_cookies() {
    let beep = shared(Database::Sqlite).await;
    let browser = Browser::new(&beep).await;
    let changing: Vec<Row> = rows().into_iter().filter(|row| row.method != "GET").collect();
    let open = |row: &&Row| matches!(row.rule, Rule::Everybody(_));
    assert!(changing.iter().filter(open).count() > 10);
    let name = api::people::newcomer()["username"].as_str().unwrap().to_owned();
    let values = [
        ("{email}", browser.person.email.as_str()),
        ("{password}", browser.person.password.as_str()),
        ("{refresh_token}", browser.person.refresh_token.as_str()),
        ("{new_name}", name.as_str()),
    ];
    let cookies = format!("{}; {PASSING}", browser.cookies);
    for cookies in ["", PASSING, &cookies] {
        for foreign in FOREIGN {
            let sent = [("cookie", cookies), ("x-csrf-token", browser.csrf.as_str())];
            let headers = sent.iter().chain(foreign).filter(|(_, value)| !value.is_empty());
            let headers = headers.map(|(name, value)| (*name, (*value).to_owned())).collect();
            let caller = browser.person.with(Credentials::Browser(headers));
            for row in &changing {
                let answer = make(row, &caller, &values).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (403, "csrf_token_invalid"),
                    "{} {} with {foreign:?} and {cookies}: {}",
                    row.method,
                    row.path,
                    answer.text()
                );
                assert!(
                    answer.headers.get("set-cookie").is_none(),
                    "{} {}",
                    row.method,
                    row.path
                );
            }
        }
    }
    // A form needs no leave of ours to be sent, and old browsers do not say where it comes from.
    for row in changing.iter().filter(open) {
        let Sample::Json(sample) = &row.sample else { continue };
        let filled = values
            .iter()
            .fold(sample.to_string(), |text, (name, value)| text.replace(name, value));
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
        ] {
            let caller = browser.person.with(browser.sends(&[("x-csrf-token", &browser.csrf)]));
            let body = Body::Raw(kind, filled.clone().into_bytes());
            let answer = caller.send(row.method, row.path, body).await;
            assert_eq!(
                answer.code(),
                "unsupported_media_type",
                "{} {} as {kind}",
                row.method,
                row.path
            );
        }
    }
    // What a program shows in a header, nobody has made it show.
    let bearer = Credentials::Bearer(browser.person.token.clone());
    let headers = [("origin", "https://a-client.example".to_owned())];
    let program = browser.person.with(bearer);
    let answer = program
        .try_send_with("DELETE", "/users/@me/avatar", &headers, "")
        .await
        .unwrap();
    answer.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refresh_cookie_needs_the_proof_too() {
    let beep = shared(Database::Sqlite).await;
    let browser = Browser::new(&beep).await;
    let send = async |headers: &[(&'static str, &str)]| {
        let caller = browser.person.with(browser.sends(headers));
        caller.send("POST", "/auth/refresh", Body::Empty).await
    };
    send(&[]).await.is_problem(403, "csrf_token_invalid");
    for foreign in FOREIGN {
        let headers = [foreign, &[("x-csrf-token", browser.csrf.as_str())]].concat();
        send(&headers).await.is_problem(403, "csrf_token_invalid");
    }
    send(&[("x-csrf-token", &browser.csrf)]).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_opens_no_session_of_the_gateway() {
    let beep = shared(Database::Sqlite).await;
    let browser = Browser::new(&beep).await;
    let identify = async |headers: &[(&'static str, &str)]| {
        let Credentials::Browser(headers) = browser.sends(headers) else {
            unreachable!()
        };
        let mut live = Live::open(beep.address, &headers).await.unwrap();
        live.send(&json!({ "op": "identify" })).await;
        live.next().await
    };
    for foreign in FOREIGN {
        assert_eq!(identify(foreign).await, Heard::Closed(4004), "{foreign:?}");
    }
    for own in [
        &[("origin", beep.url().as_str())][..],
        &[("sec-fetch-site", "same-origin")],
        &[],
    ] {
        let Heard::Frame(ready) = identify(own).await else {
            panic!("{own:?}")
        };
        assert_eq!(text(&ready["data"]["user"]["id"]), browser.person.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_needs_no_cookie_and_no_proof() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    for row in rows().iter().filter(|row| row.path == "/users/@me") {
        let answer = make(row, &person, &[]).await;
        let Rule::SignedIn(Outcome::Done(status)) = row.rule else {
            panic!("{row:?}")
        };
        answer.expect(status);
    }
}
