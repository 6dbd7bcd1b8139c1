//! One attempt to have a request answered by one instance.

use axum::{body::Body, response::Response};
use axum_reverse_proxy::{ProxyError, TunnelGuard, proxy_request_on_stream};
use http::{Request, Uri, request::Parts};
use hyper::upgrade::OnUpgrade;
use tower::ServiceExt;

use crate::{
    headers,
    instance::{self, InFlight},
    tunnel::Tunnels,
};

/// How an attempt ended.
pub(crate) enum Attempt {
    /// The instance answered; also when it answers that something is wrong with it.
    Answered(Response),
    /// There was no connection: nothing of the request was sent.
    Unreached(String),
    /// There was no answer; how much the instance has done is not known.
    Unanswered(String),
}

impl From<Response> for Attempt {
    fn from(response: Response) -> Self {
        match response.extensions().get::<ProxyError>() {
            None => Self::Answered(response),
            Some(error) if error.is_connect() => Self::Unreached(error.message().to_owned()),
            Some(error) => Self::Unanswered(error.message().to_owned()),
        }
    }
}

/// Sends a request with this head and body to the instance.
pub(crate) async fn attempt(to: InFlight, head: &Parts, body: Body, tunnels: &Tunnels) -> Attempt {
    let mut request = Request::new(body);
    *request.method_mut() = head.method.clone();
    *request.uri_mut() = head.uri.clone();
    *request.headers_mut() = head.headers.clone();
    if headers::asks_for_websocket(&head.headers) {
        if let Some(upgrade) = head.extensions.get::<OnUpgrade>() {
            request.extensions_mut().insert(upgrade.clone());
        }
        through_tunnel(to, request, tunnels).await
    } else {
        let instance = to.instance();
        request.extensions_mut().insert(TunnelGuard::new(to));
        let Ok(response) = instance.proxy.clone().oneshot(request).await;
        response.into()
    }
}

async fn through_tunnel(to: InFlight, mut request: Request<Body>, tunnels: &Tunnels) -> Attempt {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://{}{path}", to.instance().address()).parse::<Uri>() else {
        return Attempt::Unreached("the path is no path of a URI".to_owned());
    };
    let tunnel = match tunnels.open(to).await {
        Ok(tunnel) => tunnel,
        Err(error) => return Attempt::Unreached(error.to_string()),
    };
    request.extensions_mut().insert(tunnel.guard);
    request.extensions_mut().insert(tunnel.cancellation);
    let Ok(response) = proxy_request_on_stream(uri, request, tunnel.stream, &instance::policy()).await;
    response.into()
}
