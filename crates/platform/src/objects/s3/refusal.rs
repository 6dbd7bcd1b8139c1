//! What a store says when it does not do what it was asked, and what that means here.

use std::error::Error;

use http::StatusCode;
use object_store::client::HttpError;

use super::{S3Problem, S3Setting};
use crate::{objects::ObjectError, tls::is_not_believed};

/// How much of what a store says is shown to the operator, in characters.
const SHOWN: usize = 200;

/// An answer of the store that is no success.
#[derive(Debug, thiserror::Error)]
#[error("it answers {} {code}{}", status.as_u16(), message.as_ref().map(|text| format!(" ({text})")).unwrap_or_default())]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// What S3 calls it; without an answer that says so, what HTTP does.
    pub(super) code: String,
    message: Option<String>,
}

impl Refusal {
    /// From the answer to a request.
    pub(super) fn of(status: StatusCode, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let http = || status.canonical_reason().unwrap_or("").to_owned();
        Self {
            status,
            code: element(&text, "Code").unwrap_or_else(http),
            message: element(&text, "Message"),
        }
    }

    /// Whether the same request may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        self.status.is_server_error() && !self.is_full() && self.status != StatusCode::NOT_IMPLEMENTED
            || passing.contains(&self.status)
    }

    /// Whether there is no room left, of the store or of the bucket's quota.
    fn is_full(&self) -> bool {
        let by_code = ["QuotaExceeded", "StorageFull"];
        self.status == StatusCode::INSUFFICIENT_STORAGE || by_code.iter().any(|code| self.code.contains(code))
    }

    /// What was set wrongly that the store refuses.
    fn setting(&self) -> Option<S3Setting> {
        Some(match &*self.code {
            "NoSuchBucket" | "InvalidBucketName" => S3Setting::Bucket,
            "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" | "InvalidRegion" => {
                S3Setting::Region
            }
            "SignatureDoesNotMatch" => S3Setting::SecretAccessKey,
            "RequestTimeTooSkewed" => S3Setting::Endpoint,
            _ if self.is_passing() || self.is_full() => return None,
            _ if matches!(self.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => S3Setting::AccessKeyId,
            _ => S3Setting::Endpoint,
        })
    }
}

/// The text of the first element of this name, on one line and not too long.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once('<')?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then(|| line.chars().take(SHOWN).collect())
}

/// The refusal that an error comes from.
pub(super) fn refusal(error: &object_store::Error) -> Option<&Refusal> {
    find(error)
}

/// What an error means to whoever asked.
#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
pub(super) fn failed(error: object_store::Error) -> ObjectError {
    match refusal(&error) {
        Some(refusal) if refusal.is_full() => ObjectError::Full,
        _ => ObjectError::Unavailable(describe(&error)),
    }
}

/// The same, where there may be nothing under a key.
pub(super) fn absent_is_none<T>(result: object_store::Result<T>) -> Result<Option<T>, ObjectError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// What an error means to whoever has set up the store.
pub(super) fn problem(error: &object_store::Error) -> S3Problem {
    let detail = describe(error);
    let setting = match (refusal(error), error) {
        (Some(refusal), _) => refusal.setting(),
        (None, object_store::Error::NotFound { .. }) => Some(S3Setting::Endpoint),
        (None, _) => is_not_believed(error).then_some(S3Setting::Authorities),
    };
    match setting {
        Some(setting) => S3Problem::Setting { setting, detail },
        None => S3Problem::Away(detail),
    }
}

/// What happened, in one line: neither requests nor what they were signed with.
fn describe(error: &object_store::Error) -> String {
    if let Some(refusal) = refusal(error) {
        return refusal.to_string();
    }
    // What `object_store` says around it repeats the request and how often it was made.
    match find::<HttpError>(error) {
        Some(error) => describe_transport(error),
        None => in_one_line(error),
    }
}

/// Why a request was not answered.
pub(super) fn describe_transport(error: &HttpError) -> String {
    in_one_line(error.source().map_or(error as &dyn Error, |source| source))
}

fn in_one_line(error: &dyn Error) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if told.last().is_none_or(|last| !last.contains(&text)) {
            told.push(text);
        }
        next = error.source();
    }
    let line = told.join(": ").split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(2 * SHOWN).collect()
}

/// The first of the error and its sources that is of this type.
fn find<E: Error + 'static>(error: &object_store::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str) -> Refusal {
        let body = format!("<Error><Code>{code}</Code><Message>Because\n of it.</Message></Error>");
        let status = StatusCode::from_u16(status).unwrap_or_default();
        Refusal::of(status, body.as_bytes())
    }

    #[test]
    fn no_room_is_told_apart_whatever_the_store_calls_it() {
        for (status, code) in [
            (507, "XMinioStorageFull"),
            (507, ""),
            (403, "QuotaExceeded"),
            (400, "XMinioAdminBucketQuotaExceeded"),
        ] {
            let refusal = refused(status, code);
            assert!(refusal.is_full() && !refusal.is_passing(), "{refusal}");
            assert_eq!(refusal.setting(), None, "{refusal}");
        }
        for (status, code) in [(503, "SlowDown"), (500, "InternalError"), (429, ""), (408, "")] {
            let refusal = refused(status, code);
            assert!(!refusal.is_full() && refusal.is_passing(), "{refusal}");
            assert_eq!(refusal.setting(), None, "{refusal}");
        }
    }

    #[test]
    fn a_refusal_names_the_setting_that_is_wrong() {
        for (status, code, setting) in [
            (404, "NoSuchBucket", S3Setting::Bucket),
            (301, "PermanentRedirect", S3Setting::Region),
            (400, "AuthorizationHeaderMalformed", S3Setting::Region),
            (403, "SignatureDoesNotMatch", S3Setting::SecretAccessKey),
            (403, "InvalidAccessKeyId", S3Setting::AccessKeyId),
            (403, "AccessDenied", S3Setting::AccessKeyId),
            (403, "RequestTimeTooSkewed", S3Setting::Endpoint),
            (405, "MethodNotAllowed", S3Setting::Endpoint),
        ] {
            assert_eq!(refused(status, code).setting(), Some(setting), "{status} {code}");
        }
    }

    #[test]
    fn a_refusal_is_one_line() {
        let text = refused(403, "AccessDenied").to_string();
        assert_eq!(text, "it answers 403 AccessDenied (Because of it.)");
        let page = Refusal::of(StatusCode::BAD_GATEWAY, b"<html>\n<h1>nginx</h1></html>");
        assert_eq!(page.to_string(), "it answers 502 Bad Gateway");
    }
}
