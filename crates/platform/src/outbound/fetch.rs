//! One request after the other, along the redirects.

use http::{HeaderMap, HeaderName, Request, header};
use http_body_util::Empty;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use url::{Position, Url};

use super::{FetchError, Fetched, HEAD, Kind, Outbound, REDIRECTS, body, connect};

/// An answer.
enum Answer {
    /// What was asked for.
    Content(Fetched),
    /// It is elsewhere.
    Elsewhere(Url),
}

impl Outbound {
    pub(super) async fn follow(
        &self,
        url: &Url,
        kinds: &[Kind],
        may_visit: &(impl Fn(&Url) -> bool + Send + Sync),
    ) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            connect::destination(&url)?;
            if !may_visit(&url) {
                return Err(FetchError::Unwanted);
            }
            match self.ask(&url, kinds).await? {
                Answer::Content(fetched) => return Ok(fetched),
                Answer::Elsewhere(next) => {
                    if url.scheme() == "https" && next.scheme() == "http" {
                        return Err(FetchError::Downgrade);
                    }
                    url = next;
                }
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    async fn ask(&self, url: &Url, kinds: &[Kind]) -> Result<Answer, FetchError> {
        let stream = self.connect(url).await?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD.0)
            .max_headers(HEAD.1)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| FetchError::Unreadable)?;
        // Ends with this function, whatever happens.
        let mut speaking = JoinSet::new();
        speaking.spawn(connection);
        let answer = sender.send_request(self.request(url, kinds)?).await;
        let (head, content) = answer.map_err(|_| FetchError::Unreadable)?.into_parts();
        match head.status.as_u16() {
            200..=299 => {}
            301 | 302 | 303 | 307 | 308 => {
                let next = text(&head.headers, &header::LOCATION).and_then(|location| url.join(location).ok());
                return next.map(Answer::Elsewhere).ok_or(FetchError::Unreadable);
            }
            other => return Err(FetchError::Status(other)),
        }
        let (content_type, charset) = content_type(&head.headers).ok_or(FetchError::OtherType)?;
        let kind = kinds.iter().find(|kind| kind.types.contains(&content_type.as_str()));
        let kind = kind.ok_or(FetchError::OtherType)?;
        let packed = text(&head.headers, &header::CONTENT_ENCODING).unwrap_or("identity");
        let body = body::read(content, *kind, packed.parse()?).await?;
        Ok(Answer::Content(Fetched {
            url: url.clone(),
            content_type,
            charset,
            body,
        }))
    }

    fn request(&self, url: &Url, kinds: &[Kind]) -> Result<Request<Empty<Bytes>>, FetchError> {
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let types: Vec<&str> = kinds.iter().flat_map(|kind| kind.types).copied().collect();
        Request::get(&url[Position::BeforePath..Position::AfterQuery])
            .header(header::HOST, host)
            .header(header::USER_AGENT, &*self.user_agent)
            .header(header::ACCEPT, types.join(", "))
            .header(header::ACCEPT_ENCODING, "gzip, deflate")
            .header(header::CONNECTION, "close")
            .body(Empty::new())
            .map_err(|_| FetchError::NotOfTheWeb)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The content type in lower case, and the character set that it names.
fn content_type(headers: &HeaderMap) -> Option<(String, Option<String>)> {
    let mut parts = text(headers, &header::CONTENT_TYPE)?.split(';').map(str::trim);
    let essence = parts.next()?.to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    Some((essence, charset))
}
