//! A browser without a screen: keeps cookies, follows redirects, fills in forms. The public URL leads it to the Beep of the test.

use std::{collections::BTreeMap, net::SocketAddr};

/// Somebody's browser.
pub(crate) struct Browser {
    client: reqwest::Client,
    public_url: String,
    beep: SocketAddr,
    /// By whether they are of another machine, and name.
    cookies: BTreeMap<(bool, String), String>,
}

/// What it shows, or where it was sent.
#[derive(Debug)]
pub(crate) struct Page {
    /// The address.
    pub(crate) url: String,
    /// The status.
    pub(crate) status: u16,
    /// What stands there.
    pub(crate) text: String,
    /// Where it is sent on to.
    pub(crate) location: Option<String>,
}

fn plain(text: &str) -> String {
    text.replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
}

/// What stands between the two texts, after the first place where the first stands.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(&rest[..rest.find(after)?])
}

pub(crate) fn escaped(text: &str) -> String {
    let letters = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    letters.collect()
}

impl Page {
    /// A field of the query of where it is sent on to.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let location = self.location.as_deref()?;
        let query = location.split_once('?')?.1.split('#').next()?;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.map(str::to_owned)
    }

    /// What a field of a form holds.
    pub(crate) fn held(&self, field: &str) -> String {
        let (_, held) = self.form(field);
        let found = held.into_iter().find(|(name, _)| name == field);
        found.unwrap_or_else(|| panic!("no {field} at {}", self.url)).1
    }

    /// The form that asks for this: its address, and what it holds already.
    fn form(&self, field: &str) -> (String, Vec<(String, String)>) {
        let forms = self.text.split("<form").skip(1);
        let form = forms
            .map(|form| form.split("</form>").next().unwrap())
            .find(|form| form.contains(&format!("name=\"{field}\"")))
            .unwrap_or_else(|| panic!("no form with {field} at {}: {}", self.url, self.text));
        let action = plain(between(form, "action=\"", "\"").unwrap());
        let held = form.split("<input").skip(1).filter_map(|input| {
            let tag = input.split('>').next()?;
            let kind = between(tag, "type=\"", "\"").unwrap_or("text");
            let name = between(tag, "name=\"", "\"")?;
            let value = between(tag, "value=\"", "\"").unwrap_or_default();
            (!["submit", "checkbox", "radio", "button"].contains(&kind)).then(|| (name.to_owned(), plain(value)))
        });
        (action, held.collect())
    }
}

impl Browser {
    pub(crate) fn new(public_url: &str, beep: SocketAddr) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            client,
            public_url: public_url.to_owned(),
            beep,
            cookies: BTreeMap::new(),
        }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(&(false, name.to_owned())).map(String::as_str)
    }

    /// Puts a cookie of another browser into this one.
    pub(crate) fn put_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert((false, name.to_owned()), value.to_owned());
    }

    /// Forgets what other machines gave it: providers ask again who one is.
    pub(crate) fn forget_elsewhere(&mut self) {
        self.cookies.retain(|(of_another, _), _| !of_another);
    }

    /// Asks once.
    pub(crate) async fn ask(&mut self, method: &str, url: &str, body: Option<(&str, String)>) -> Page {
        let address = match url.strip_prefix(&self.public_url) {
            Some(path) => format!("http://{}{path}", self.beep),
            None if url.starts_with('/') => format!("http://{}{url}", self.beep),
            None => url.to_owned(),
        };
        let foreign = !url.starts_with(&self.public_url) && !url.starts_with('/');
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|((of_another, _), _)| *of_another == foreign)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .client
            .request(method, address)
            .header("cookie", cookies.join("; "));
        if let Some(csrf) = self.cookie("beep_csrf") {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some((kind, body)) = body {
            request = request.header("content-type", kind).body(body);
        }
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.to_lowercase().contains("max-age=0") {
                self.cookies.remove(&(foreign, name.to_owned()));
            } else {
                self.cookies.insert((foreign, name.to_owned()), value.to_owned());
            }
        }
        let location = answer.headers().get("location");
        Page {
            url: url.to_owned(),
            status: answer.status().as_u16(),
            location: location.map(|location| location.to_str().unwrap().to_owned()),
            text: answer.text().await.unwrap(),
        }
    }

    /// Goes to an address.
    pub(crate) async fn get(&mut self, url: &str) -> Page {
        self.ask("GET", url, None).await
    }

    /// Sends JSON to Beep.
    pub(crate) async fn post(&mut self, path: &str, body: &serde_json::Value) -> Page {
        let body = ("application/json", body.to_string());
        self.ask("POST", &format!("/api/v1{path}"), Some(body)).await
    }

    /// Sends JSON to Beep by another method.
    pub(crate) async fn put(&mut self, path: &str, body: &serde_json::Value) -> Page {
        let body = ("application/json", body.to_string());
        self.ask("PUT", &format!("/api/v1{path}"), Some(body)).await
    }

    /// The same that takes something away.
    pub(crate) async fn delete(&mut self, path: &str, body: &serde_json::Value) -> Page {
        let body = ("application/json", body.to_string());
        self.ask("DELETE", &format!("/api/v1{path}"), Some(body)).await
    }

    /// Begins an action at Keycloak, and goes where it leads: until a page is shown, or what was done is to be told to Beep.
    pub(crate) async fn begin(&mut self, action: &serde_json::Value) -> Page {
        let begun = self.post("/users/@me/security/actions", action).await;
        assert_eq!(begun.status, 200, "{}", begun.text);
        let begun: serde_json::Value = serde_json::from_str(&begun.text).unwrap();
        // Beep looks first who is there.
        let page = self.go(begun["location"].as_str().unwrap()).await;
        let looked = page.location.unwrap_or_else(|| panic!("{}: {}", page.url, page.text));
        self.through(&looked).await
    }

    /// Tells Beep's callback, and goes where that leads.
    pub(crate) async fn through(&mut self, callback: &str) -> Page {
        let page = self.get(callback).await;
        match &page.location {
            Some(next) if next.contains("/realms/") => self.go(&next.clone()).await,
            _ => page,
        }
    }

    /// Goes to an address and on, until a page is shown or Beep's callback is to be asked.
    pub(crate) async fn go(&mut self, url: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..20 {
            match &page.location {
                Some(next) if !next.contains("/api/v1/auth/callback") => {
                    let next = next.clone();
                    page = self.get(&next).await;
                }
                _ => return page,
            }
        }
        panic!("redirected without end: {}", page.url);
    }

    /// Fills in the form that asks for the first of the fields, and does not follow.
    pub(crate) async fn submit_once(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (action, mut filled) = page.form(fields[0].0);
        filled.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
        filled.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let body: Vec<String> = filled
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let form = ("application/x-www-form-urlencoded", body.join("&"));
        self.ask("POST", &action, Some(form)).await
    }

    /// Fills in the form that asks for the first of the fields, and follows as [`Browser::go`] does.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let page = self.submit_once(page, fields).await;
        match page.location.clone() {
            Some(next) if !next.contains("/api/v1/auth/callback") => self.go(&next).await,
            _ => page,
        }
    }

    /// Signs in by Keycloak's page, up to where the browser is sent back to Beep's callback.
    pub(crate) async fn sign_in_up_to_callback(&mut self, return_to: &str, name: &str, password: &str) -> Page {
        let start = format!("/api/v1/auth/providers/keycloak/start?return_to={}", escaped(return_to));
        let page = self.go(&start).await;
        self.submit(&page, &[("username", name), ("password", password)]).await
    }

    /// The same, and on into Beep.
    pub(crate) async fn sign_in(&mut self, return_to: &str, name: &str, password: &str) -> Page {
        let back = self.sign_in_up_to_callback(return_to, name, password).await;
        let callback = back.location.unwrap_or_else(|| panic!("{}: {}", back.url, back.text));
        self.get(&callback).await
    }
}
