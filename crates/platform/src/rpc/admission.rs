//! Who gets in by the internal listener: services that show a token made for this one, for calls that they may make.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::calls::{Call, NO_SERVICE_TOKEN, NOT_ALLOWED, Service};
use http::{HeaderMap, header};
use tonic::Status;

use super::refusal;
use crate::{
    auth::{Keys, ServiceTokens},
    clock::Clock,
};

/// Decides who may call the services of this process. Cheap to clone.
#[derive(Clone)]
pub struct Admission {
    tokens: Arc<HashMap<Service, ServiceTokens>>,
    clock: Clock,
}

impl Admission {
    /// Admits callers with a token of `issuer`, signed by one of `keys`, to the services `here`.
    #[must_use]
    pub fn new(issuer: &str, here: &[Service], keys: &Keys, clock: Clock) -> Self {
        let tokens = here
            .iter()
            .map(|service| (*service, ServiceTokens::new(issuer, *service, keys.clone())))
            .collect();
        Self {
            tokens: Arc::new(tokens),
            clock,
        }
    }

    /// Who makes the call.
    ///
    /// # Errors
    /// `UNIMPLEMENTED` for a call that there is not, `UNAUTHENTICATED` without a good token, `PERMISSION_DENIED` for a
    /// service that may not make this call.
    pub fn admit(&self, path: &str, headers: &HeaderMap) -> Result<Service, Status> {
        let call = Call::of_path(path).ok_or_else(|| Status::unimplemented("there is no such call"))?;
        let caller = self.identify(call.service, headers)?;
        if call.callers.contains(&caller) {
            Ok(caller)
        } else {
            tracing::warn!(
                peer.service = caller.name(),
                rpc.method = path,
                "a service made a call that it may not make"
            );
            Err(refusal(NOT_ALLOWED, "this service may not make this call"))
        }
    }

    /// Which service shows a token for `called`.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a good token, `UNIMPLEMENTED` when `called` is not here.
    pub fn identify(&self, called: Service, headers: &HeaderMap) -> Result<Service, Status> {
        let tokens = self
            .tokens
            .get(&called)
            .ok_or_else(|| Status::unimplemented("this service is not here"))?;
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = shown.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| refusal(NO_SERVICE_TOKEN, "a service token is missing"))?;
        tokens.verify(token, self.clock.now()).map_err(|error| {
            tracing::warn!(error.detail = %error, "a service token was refused");
            refusal(NO_SERVICE_TOKEN, "the service token is not good")
        })
    }
}

/// How much time the caller gives, by its `grpc-timeout` header (gRPC over HTTP/2: digits and a unit).
#[must_use]
pub fn time_given(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3_600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use http::HeaderValue;
    use model::Timestamp;
    use tonic::Code;

    use super::*;
    use crate::auth::TokenIssuer;

    const ISSUER: &str = "http://beep.test";

    #[test]
    fn only_the_services_that_may_call_are_admitted() {
        let clock = Clock::from_fn(|| Timestamp::from_millis(1_800_000_000_000));
        let issuer = TokenIssuer::ephemeral(ISSUER);
        let admission = Admission::new(ISSUER, &[Service::Servers], &Keys::of(&issuer.jwks()), clock.clone());
        let by = |caller: Service, called: Service| {
            let (token, _) = issuer.issue_for_service(caller, called, clock.now()).unwrap();
            HeaderMap::from_iter([(
                header::AUTHORIZATION,
                HeaderValue::try_from(format!("Bearer {token}")).unwrap(),
            )])
        };
        let tenant = "/beep.servers.v1.Servers/GetTenant";
        let code = |path: &str, headers: &HeaderMap| admission.admit(path, headers).map_err(|status| status.code());
        assert_eq!(
            code(tenant, &by(Service::Messages, Service::Servers)),
            Ok(Service::Messages)
        );
        assert_eq!(
            code(tenant, &by(Service::Storage, Service::Servers)),
            Err(Code::PermissionDenied)
        );
        assert_eq!(
            code(tenant, &by(Service::Messages, Service::Users)),
            Err(Code::Unauthenticated)
        );
        assert_eq!(code(tenant, &HeaderMap::new()), Err(Code::Unauthenticated));
        let elsewhere = "/beep.users.v1.Users/GetSummaries";
        assert_eq!(
            code(elsewhere, &by(Service::Messages, Service::Users)),
            Err(Code::Unimplemented)
        );
        let unknown = "/beep.servers.v1.Servers/Destroy";
        assert_eq!(
            code(unknown, &by(Service::Messages, Service::Servers)),
            Err(Code::Unimplemented)
        );
    }

    #[test]
    fn the_time_given_is_read() {
        let given = |text: &'static str| {
            time_given(&HeaderMap::from_iter([(
                http::HeaderName::from_static("grpc-timeout"),
                HeaderValue::from_static(text),
            )]))
        };
        assert_eq!(given("250m"), Some(Duration::from_millis(250)));
        assert_eq!(given("3S"), Some(Duration::from_secs(3)));
        for bad in ["", "m", "3", "3x", "-3S", "999999999S"] {
            assert_eq!(given(bad), None, "{bad}");
        }
        assert_eq!(time_given(&HeaderMap::new()), None);
    }
}
