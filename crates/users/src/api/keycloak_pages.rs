//! The pages of Keycloak to which browsers must go. What is not among them does not exist, as far as the world can see.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use platform::{
    auth::cookies,
    http::{ClientAddress, Problem},
};

use super::{Api, auth::start::see_other};
use crate::identity::keycloak::{Door, Keycloak, Refusal};

/// Patterns of the router for all that could be Keycloak's.
pub(crate) const PATHS: [&str; 7] = [
    "/realms/",
    "/realms/{*rest}",
    "/resources/",
    "/resources/{*rest}",
    "/admin",
    "/admin/",
    "/admin/{*rest}",
];
/// What browsers need below the realm: these, and what is below those that end so. Tokens are for services, which ask for them
/// at the private address: nobody else can try passwords there.
const OPEN: [&str; 6] = [
    "protocol/openid-connect/auth",
    "protocol/openid-connect/logout",
    "protocol/openid-connect/logout/",
    "login-actions/",
    "broker/",
    ".well-known/openid-configuration",
];
/// What is for programs below `broker/ALIAS/`: what a provider gave to Keycloak, and a way to link that asks nobody.
const OF_BROKERS: [&str; 2] = ["token", "link"];
/// Where one signs in there, and what is done for whoever is signed in is begun.
const SIGN_IN: &str = "/protocol/openid-connect/auth";
/// The largest form that is handed on, in bytes: answers of SAML are long.
const FORM_BYTES: usize = 1024 * 1024;
/// How our own cookies begin.
const OURS: &str = "beep_";

/// What concerns a connection alone, or only we may say.
const DROPPED: [HeaderName; 10] = [
    header::CONNECTION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::PROXY_AUTHORIZATION,
    header::FORWARDED,
    HeaderName::from_static("x-real-ip"),
];

/// The routes.
pub(crate) fn router(service: &Api) -> Router {
    let router = PATHS
        .iter()
        .fold(Router::new(), |router, path| router.route(path, any(page)));
    router.with_state(Arc::clone(service))
}

/// Whether browsers need what is at this path.
fn is_open(path: &str, realm: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    // Whatever could be read in two ways.
    let doubtful = ["..", "//", "/./", "\\", ";", "%2e", "%2f", "%5c", "%3b", "%25", "%00"];
    if doubtful.iter().any(|part| lower.contains(part)) {
        return false;
    }
    let of_realm = path
        .strip_prefix("/realms/")
        .and_then(|rest| rest.strip_prefix(realm))
        .and_then(|rest| rest.strip_prefix('/'));
    path.starts_with("/resources/")
        || of_realm.is_some_and(|rest| {
            OPEN.iter().any(|open| {
                if *open == "broker/" {
                    let last = rest.trim_end_matches('/').rsplit('/').next();
                    rest.starts_with(open) && last.is_some_and(|last| !OF_BROKERS.contains(&last))
                } else if open.ends_with('/') {
                    rest.starts_with(open)
                } else {
                    rest == *open
                }
            })
        })
}

/// Hands a request on, if it is for a page that is open.
async fn page(
    State(service): State<Api>,
    client: Option<Extension<ClientAddress>>,
    request: Request,
) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let keycloak = service.keycloak().ok_or_else(nothing)?;
    if !is_open(head.uri.path(), keycloak.realm()) {
        return Err(nothing());
    }
    let body = to_bytes(body, FORM_BYTES).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is larger than Beep takes.",
        )
    })?;
    let (shown, now) = (wants_page(&head.headers), service.clock.now());
    let (asked, query) = (
        head.uri.path().to_owned(),
        head.uri.query().unwrap_or_default().to_owned(),
    );
    let mut path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut errand = None;
    if head.uri.path().ends_with(SIGN_IN) {
        let query = match keycloak.door(&head.method, &query, &head.headers, now) {
            Door::Open(query) => query,
            Door::Errand { query, back } => {
                errand = Some(back);
                query
            }
            Door::Back(back) => return Ok(see_other(&back)),
            Door::Shut if shown => return Ok(see_other("/sign-in?error=sign_in_not_begun")),
            Door::Shut => return Err(Refusal::NotBegunHere.into()),
        };
        path = format!("{}?{query}", head.uri.path());
    }
    let mut onward = http::Request::builder()
        .method(head.method)
        .uri(format!("{}{path}", keycloak.component().address()));
    if let Some(headers) = onward.headers_mut() {
        *headers = told(head.headers, keycloak, client.map(|Extension(client)| client));
    }
    let onward = onward.body(body).map_err(|_| nothing())?;
    match keycloak.component().send(onward).await {
        Ok(answer) => {
            let back = errand.filter(|_| !keycloak.does_it(&answer));
            match back.or_else(|| keycloak.not_linked(&asked, &query, &answer, now)) {
                Some(back) => Ok(see_other(&back)),
                None => Ok(answered(answer)),
            }
        }
        // A person would see the text of a problem.
        Err(_) if shown => Ok(see_other("/sign-in?error=identity_unavailable")),
        Err(_) => Err(Refusal::IdentityUnavailable.into()),
    }
}

/// Whether the answer is to be looked at by a person.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn nothing() -> Problem {
    Problem::not_found("not_found")
}

/// What Keycloak is told: what the client said, less what only we may say, and who the client is.
fn told(mut headers: HeaderMap, keycloak: &Keycloak, client: Option<ClientAddress>) -> HeaderMap {
    let ours: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            name.starts_with("x-forwarded-") || name.starts_with("beep-") || name.starts_with("x-beep-")
        })
        .cloned()
        .collect();
    for name in ours.iter().chain(&DROPPED) {
        headers.remove(name);
    }
    let kept: Vec<&str> = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .map(str::trim)
        .filter(|pair| !pair.starts_with(OURS) && !pair.is_empty())
        .collect();
    let kept = HeaderValue::try_from(kept.join("; ")).ok();
    headers.remove(header::COOKIE);
    headers.remove(cookies::CSRF_HEADER);
    if let Some(kept) = kept.filter(|kept| !kept.is_empty()) {
        headers.insert(header::COOKIE, kept);
    }
    let (scheme, host) = keycloak.public();
    let client = client.map(|client| client.expose().to_string());
    for (name, value) in [
        ("x-forwarded-for", client.as_deref()),
        ("x-forwarded-host", Some(host)),
        ("x-forwarded-proto", Some(scheme)),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn answered(answer: http::Response<Bytes>) -> Response {
    let (mut head, body) = answer.into_parts();
    for name in &DROPPED {
        head.headers.remove(name);
    }
    Response::from_parts(head, Body::from(body)).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use platform::{auth::InstanceKey, auth::Secret, component::Component};

    use super::*;
    use crate::identity::KeycloakSettings;

    #[test]
    fn what_browsers_need_is_open_and_nothing_else() {
        for open in [
            "/realms/beep/protocol/openid-connect/auth",
            "/realms/beep/protocol/openid-connect/logout",
            "/realms/beep/protocol/openid-connect/logout/logout-confirm",
            "/realms/beep/login-actions/authenticate",
            "/realms/beep/broker/google/endpoint",
            "/realms/beep/broker/google/login",
            "/realms/beep/broker/after-post-broker-login",
            "/realms/beep/.well-known/openid-configuration",
            "/resources/abc/login/beep/css/beep.css",
        ] {
            assert!(is_open(open, "beep"), "{open}");
        }
        for closed in [
            "/realms/beep/protocol/openid-connect/token",
            "/realms/beep/protocol/openid-connect/token/introspect",
            "/realms/beep/protocol/openid-connect/userinfo",
            "/realms/beep/protocol/openid-connect/revoke",
            "/realms/beep/protocol/openid-connect/auth/device",
            "/realms/beep/protocol/openid-connect/ext/ciba/auth",
            "/realms/beep/protocol/openid-connect/authx",
            "/realms/beep/protocol/saml",
            "/realms/beep/.well-known/uma2-configuration",
            "/realms/beep/broker/google/token",
            "/realms/beep/broker/google/link",
            "/realms/beep/broker/google/link/",
            "/admin/",
            "/admin/master/console/",
            "/admin/realms/beep/users",
            "/realms/master/protocol/openid-connect/token",
            "/realms/beep",
            "/realms/beep/",
            "/realms/beep/account/",
            "/realms/beep/clients-registrations/openid-connect",
            "/realms/beep2/protocol/openid-connect/auth",
            "/realms/BEEP/protocol/openid-connect/auth",
            "/realms/beep/protocol/../../master/protocol/openid-connect/token",
            "/realms/beep/protocol/%2e%2e/%2E%2E/master/x",
            "/realms/beep/protocol/..;/x",
            "/realms/beep/protocol//x",
            "/realms/beep/protocol%2f..%2f..%2fadmin",
            "/resources/../admin/realms",
            "/resources/..%5cadmin",
            "/metrics",
            "/health",
        ] {
            assert!(!is_open(closed, "beep"), "{closed}");
        }
    }

    #[test]
    fn keycloak_is_told_what_we_know_and_not_what_clients_claim() {
        let settings = KeycloakSettings {
            component: Component::new("keycloak", "http://127.0.0.1:1".parse().unwrap(), None),
            realm: "beep".to_owned(),
            web_secret: Secret::new(String::new()),
            login_secret: None,
            users_secret: Secret::new(String::new()),
            own_form: false,
            brokers: Vec::new(),
        };
        let keycloak = Keycloak::new(settings, "https://beep.example:444", &InstanceKey::ephemeral());
        let mut sent = HeaderMap::new();
        for (name, value) in [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-port", "81"),
            ("forwarded", "for=6.6.6.6"),
            ("x-real-ip", "6.6.6.6"),
            ("host", "evil.example"),
            ("connection", "close"),
            ("cookie", "beep_access=secret; KEYCLOAK_SESSION=x"),
            ("cookie", "beep_refresh=secret; AUTH_SESSION_ID=y"),
            ("accept-language", "fr"),
        ] {
            sent.append(name, HeaderValue::from_static(value));
        }
        let told = told(sent, &keycloak, None);
        let mut names: Vec<(&str, &str)> = told
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                ("accept-language", "fr"),
                ("cookie", "KEYCLOAK_SESSION=x; AUTH_SESSION_ID=y"),
                ("x-forwarded-host", "beep.example:444"),
                ("x-forwarded-proto", "https"),
            ]
        );
    }
}
