//! The door to Keycloak's page of sign-in. Whoever makes somebody open an address with `kc_action` would have Keycloak change how
//! whoever is signed in there signs in. So that passes only as Beep has begun it, and only in the session of Keycloak of which
//! Beep knows whose it is: seen at the same request by which Keycloak begins it, so that nobody can sign in there in between.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{Keycloak, WEB};

/// The cookie by which Keycloak knows a browser again.
const IDENTITY: &str = "KEYCLOAK_IDENTITY";

/// How the wish to link a provider begins.
pub(super) const LINK: &str = "idp_link:";

/// What Keycloak is to do, and in which session of it; sealed, it is the state of the request.
#[derive(Serialize, Deserialize)]
pub(super) struct Errand {
    pub(super) session: String,
    pub(super) wish: String,
    pub(super) until: i64,
}

/// What becomes of a request for the page of sign-in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// It passes, with this query.
    Open(String),
    /// It passes, and so does an answer that asks nobody who they are. Otherwise the browser goes back to where it came from.
    Errand {
        /// The query.
        query: String,
        /// Where the browser goes back to.
        back: String,
    },
    /// It was begun here, and somebody else is there by now: the browser goes back to where it came from.
    Back(String),
    /// It does not pass.
    Shut,
}

impl Keycloak {
    /// Whether a request for the page of sign-in passes.
    pub(crate) fn door(&self, method: &Method, query: &str, headers: &HeaderMap, now: Timestamp) -> Door {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let all = |name: &str| -> Vec<&str> {
            let named = pairs.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value.as_str()).collect()
        };
        // What it asks in its body, or in what it points to, nobody has looked at.
        let plain = *method == Method::GET || *method == Method::HEAD;
        if !plain || query.contains(';') || !all("request").is_empty() || !all("request_uri").is_empty() {
            return Door::Shut;
        }
        // As it was understood here, so that it cannot be understood otherwise there.
        let mut anew = form_urlencoded::Serializer::new(String::new());
        anew.extend_pairs(&pairs);
        let query = anew.finish();
        let wish = match all("kc_action").as_slice() {
            [] => return Door::Open(query),
            [wish] => (*wish).to_owned(),
            _ => return Door::Shut,
        };
        let [state] = all("state")[..] else {
            return Door::Shut;
        };
        if all("response_type") != ["code"] || all("client_id") != [WEB] {
            return Door::Shut;
        }
        let Some(errand) = self.open_errand(state, now).filter(|errand| errand.wish == wish) else {
            return Door::Shut;
        };
        let back = format!("/api/v1/auth/callback?error=login_required&state={state}");
        if session_of(headers).is_some_and(|session| session == errand.session) {
            Door::Errand { query, back }
        } else {
            Door::Back(back)
        }
    }

    /// Whether Keycloak does at once what it was asked for, or says that it does not.
    pub(crate) fn does_it<T>(&self, answer: &Response<T>) -> bool {
        let location = answer.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok()).unwrap_or_default();
        let at_work = format!("{}/login-actions/required-action?", self.issuer);
        answer.status().is_redirection()
            && (location.starts_with(&at_work) || location.starts_with(&format!("{}?", self.callback())))
    }

    /// Where a browser goes back to that Keycloak would show a page which leads nowhere: it has not linked the account that one
    /// came back with from a provider.
    pub(crate) fn not_linked(
        &self,
        path: &str,
        query: &str,
        answer: &Response<Bytes>,
        now: Timestamp,
    ) -> Option<String> {
        let here = path.contains("/broker/") || path.ends_with("/login-actions/required-action");
        if !here || answer.status() != StatusCode::BAD_REQUEST {
            return None;
        }
        // What it gave the provider to bring back: of it, the last part.
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let brought = fields
            .find(|(name, _)| name == "state")
            .and_then(|(_, text)| state_in(text.rsplit('.').next()?));
        // By SAML that has no room there. Its page has it, in the links to other languages.
        let shown = || {
            let page = str::from_utf8(answer.body()).ok()?;
            let (_, rest) = page.split_once("client_data=")?;
            state_in(rest.split(['&', '"']).next()?)
        };
        let state = brought.or_else(shown)?;
        let errand = self.open_errand(&state, now)?;
        errand
            .wish
            .starts_with(LINK)
            .then(|| format!("/api/v1/auth/callback?error=access_denied&state={state}"))
    }
}

/// The state that Beep gave, as Keycloak carries it about.
fn state_in(client_data: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct ClientData {
        st: String,
    }
    let plain = BASE64_URL_SAFE_NO_PAD.decode(client_data.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<ClientData>(&plain).ok().map(|data| data.st)
}

/// The session of Keycloak that the browser says that it is in. It is not verified: where Keycloak does not believe it either, it
/// asks who is there, and that does not pass.
fn session_of(headers: &HeaderMap) -> Option<String> {
    #[derive(Deserialize)]
    struct Identity {
        sid: String,
    }
    let lines = headers.get_all(header::COOKIE).into_iter();
    let mut found = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case(IDENTITY));
    let (Some((_, token)), None) = (found.next(), found.next()) else {
        return None;
    };
    let payload = token.trim_matches('"').split('.').nth(1)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Identity>(&payload)
        .ok()
        .map(|identity| identity.sid)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use http::HeaderValue;
    use platform::{
        auth::{InstanceKey, Secret},
        component::Component,
    };

    use super::*;
    use crate::identity::KeycloakSettings;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    const WISH: &str = "delete_credential:x";

    fn keycloak() -> Keycloak {
        let settings = KeycloakSettings {
            component: Component::new("keycloak", "http://127.0.0.1:1".parse().unwrap(), None),
            realm: "beep".to_owned(),
            web_secret: Secret::new(String::new()),
            login_secret: None,
            users_secret: Secret::new(String::new()),
            own_form: false,
            brokers: Vec::new(),
        };
        Keycloak::new(settings, "https://beep.example", &InstanceKey::ephemeral())
    }

    /// The state of an errand that is good for a moment.
    fn state(keycloak: &Keycloak, session: &str) -> String {
        let errand = Errand {
            session: session.to_owned(),
            wish: WISH.to_owned(),
            until: NOW.as_millis() + 1,
        };
        keycloak.close_errand(&errand).unwrap()
    }

    /// A browser with these cookies of Keycloak's.
    fn browser(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, HeaderValue::try_from(*cookie).unwrap());
        }
        headers
    }

    fn identity(session: &str) -> String {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"sub\":\"u\",\"sid\":\"{session}\"}}"));
        format!("{IDENTITY}=e30.{payload}.x")
    }

    fn query(state: &str, wish: &str) -> String {
        format!("client_id=beep-web&response_type=code&state={state}&kc_action={wish}")
    }

    #[test]
    fn an_errand_passes_in_the_session_for_which_it_was_begun_alone() {
        let keycloak = keycloak();
        let state = state(&keycloak, "ours");
        let (ours, others) = (identity("ours"), identity("another"));
        let query = query(&state, WISH);
        let passes = |cookies: &[&str]| match keycloak.door(&Method::GET, &query, &browser(cookies), NOW) {
            Door::Errand { .. } => true,
            Door::Back(back) => {
                assert!(back.ends_with(&state), "{back}");
                false
            }
            other => panic!("{other:?}"),
        };
        assert!(passes(&[&ours]));
        assert!(passes(&["beep_x=1; y=2", &format!("z=3; {ours}")]));
        for cookies in [
            &[][..],
            &[others.as_str()],
            // Which of the two Keycloak would take, nobody knows.
            &[&ours, &others],
            &[&format!("{ours}; {others}")],
            &["KEYCLOAK_IDENTITY=", "KEYCLOAK_SESSION=ours"],
            &["KEYCLOAK_IDENTITY=a.b.c"],
        ] {
            assert!(!passes(cookies), "{cookies:?}");
        }
    }

    #[test]
    fn what_was_not_begun_here_does_not_pass() {
        let keycloak = keycloak();
        let here = browser(&[&identity("ours")]);
        let state = state(&keycloak, "ours");
        let good = query(&state, WISH);
        let foreign = query(&super::tests::state(&super::tests::keycloak(), "ours"), WISH);
        let ask = |method: Method, query: &str, now| keycloak.door(&method, query, &here, now);
        for (method, query, now) in [
            (Method::POST, good.clone(), NOW),
            (Method::POST, "client_id=beep-web".to_owned(), NOW),
            (Method::GET, good.clone(), Timestamp::from_millis(NOW.as_millis() + 1)),
            (Method::GET, foreign, NOW),
            (Method::GET, query("x", WISH), NOW),
            (Method::GET, query(&state, "CONFIGURE_TOTP"), NOW),
            (Method::GET, format!("{good}&kc_action={WISH}"), NOW),
            (Method::GET, format!("{good}&state=x"), NOW),
            (Method::GET, format!("{good}&client_id=another"), NOW),
            (
                Method::GET,
                good.replace("response_type=code", "response_type=token"),
                NOW,
            ),
            (Method::GET, good.replace("beep-web", "another"), NOW),
            (Method::GET, format!("{good}&request=x"), NOW),
            (Method::GET, "client_id=beep-web&request_uri=x".to_owned(), NOW),
            (Method::GET, "client_id=beep-web;kc_action=x".to_owned(), NOW),
            (Method::GET, "client_id=beep-web&KC%5FAction=x".to_owned(), NOW),
        ] {
            assert_eq!(ask(method, &query, now), Door::Shut, "{query}");
        }
        let sign_in = "client_id=beep-web&state=%66+%C3%A9&kc_idp_hint=google";
        let passed = "client_id=beep-web&state=f+%C3%A9&kc_idp_hint=google".to_owned();
        assert_eq!(ask(Method::GET, sign_in, NOW), Door::Open(passed));
    }

    #[test]
    fn an_answer_that_asks_who_one_is_is_not_handed_on() {
        let keycloak = keycloak();
        let answer = |status: u16, location: &str| {
            let answer = Response::builder().status(status).header(header::LOCATION, location);
            keycloak.does_it(&answer.body(()).unwrap())
        };
        let realm = "https://beep.example/realms/beep";
        assert!(answer(
            302,
            &format!("{realm}/login-actions/required-action?execution=x")
        ));
        assert!(answer(302, "https://beep.example/api/v1/auth/callback?error=x"));
        assert!(!answer(200, ""));
        assert!(!answer(
            200,
            &format!("{realm}/login-actions/required-action?execution=x")
        ));
        for elsewhere in [
            format!("{realm}/login-actions/authenticate?execution=x"),
            format!("{realm}/broker/google/login?x=1"),
            "https://evil.example/".to_owned(),
        ] {
            assert!(!answer(302, &elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn who_has_linked_nothing_is_not_left_at_a_page_that_leads_nowhere() {
        let keycloak = keycloak();
        let sealed = |wish: &str| {
            let errand = Errand {
                session: "ours".to_owned(),
                wish: wish.to_owned(),
                until: NOW.as_millis() + 1,
            };
            keycloak.close_errand(&errand).unwrap()
        };
        let data = |state: &str| BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"rt\":\"code\",\"st\":\"{state}\"}}"));
        let asked = |path: &str, query: &str, page: &str, status: u16| {
            let answer = Response::builder().status(status);
            let answer = answer.body(Bytes::from(page.to_owned())).unwrap();
            keycloak.not_linked(path, query, &answer, NOW)
        };
        let endpoint = "/realms/beep/broker/google/endpoint";
        let link = sealed("idp_link:google");
        let back = Some(format!("/api/v1/auth/callback?error=access_denied&state={link}"));
        let brought = format!("code=x&state=a.b.c.{}", data(&link));
        assert_eq!(asked(endpoint, &brought, "", 400), back);
        let page = |state: &str| format!("<option value=\"?tab_id=x&amp;client_data={}&amp;y\">", data(state));
        for path in [
            "/realms/beep/broker/saml/endpoint",
            "/realms/beep/login-actions/required-action",
        ] {
            assert_eq!(asked(path, "", &page(&link), 400), back, "{path}");
        }
        for (path, query, status) in [
            (endpoint, brought.clone(), 200),
            (endpoint, brought.clone(), 302),
            (endpoint, format!("state=a.b.c.{}", data(&sealed(WISH))), 400),
            (endpoint, format!("state=a.b.c.{}", data("random")), 400),
            (endpoint, "state=x".to_owned(), 400),
            (endpoint, String::new(), 400),
            ("/realms/beep/login-actions/authenticate", brought, 400),
        ] {
            assert_eq!(asked(path, &query, "", status), None, "{path}?{query}: {status}");
        }
        assert_eq!(asked(endpoint, "", &page("random"), 400), None);
    }
}
