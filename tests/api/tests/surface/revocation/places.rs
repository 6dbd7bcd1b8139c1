//! Where the loss of access must act, and how one looks whether it is open there.

use std::time::Duration;

use api::{
    beep::Shape,
    gateway::{Heard, Live},
    patience,
    people::Server,
};
use serde_json::{Value, json};

use super::scene::Scene;

/// Where it acts. The member is the one who loses something; the visitor is no member, of a server that is public. The den
/// is a channel that only the member's role sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    ReadMessages,
    /// A file of a message, by its address.
    ReadFile,
    FindMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    OwnAccount,
    /// Does what the role allows.
    Manages,
    BeginSession,
    Presences,
    Stream,
    Resume,
    OtherDevice,
    DenReads,
    DenReadsFile,
    DenFinds,
    DenListed,
    DenStream,
    DenResume,
    OwnerGoverns,
    OwnerSeesDen,
    VisitorReads,
    VisitorFinds,
    LinkShows,
    RefreshToken,
    VisitorJoins,
    LinkLetsIn,
}

use Place::{
    BeginSession, DenFinds, DenListed, DenReads, DenReadsFile, DenResume, DenStream, FindMessages, LinkLetsIn,
    LinkShows, ListedAsMember, Manages, OtherDevice, OwnAccount, OwnServers, OwnerGoverns, OwnerSeesDen, Presences,
    ReadFile, ReadMembers, ReadMessages, ReadServerInside, RefreshToken, Resume, SendMessages, Stream, VisitorFinds,
    VisitorJoins, VisitorReads,
};

/// In this order: what changes something comes last.
pub(super) const ALL: [Place; 29] = [
    ReadMessages,
    ReadFile,
    FindMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    OwnAccount,
    Manages,
    BeginSession,
    Presences,
    Stream,
    DenStream,
    DenReads,
    DenReadsFile,
    DenFinds,
    DenListed,
    Resume,
    DenResume,
    OtherDevice,
    OwnerGoverns,
    OwnerSeesDen,
    VisitorReads,
    VisitorFinds,
    LinkShows,
    RefreshToken,
    VisitorJoins,
    LinkLetsIn,
];

impl Place {
    /// Whether it can be looked at only once.
    pub(super) const fn is_used_up(self) -> bool {
        matches!(self, RefreshToken | VisitorJoins | LinkLetsIn)
    }

    /// Whether it is about going on with a session.
    pub(super) const fn resumes(self) -> bool {
        matches!(self, Resume | DenResume)
    }
}

impl Scene<'_> {
    pub(super) async fn is_open(&mut self, place: Place) -> bool {
        let server = self.server.path();
        match place {
            ReadMessages => self.reads(&self.server).await,
            ReadFile => self.member.get(&self.file).await.status == 200,
            DenReadsFile => self.member.get(&self.den_file).await.status == 200,
            FindMessages => self.finds(&self.server).await,
            SendMessages => {
                let body = json!({ "content": "still here" });
                self.member.post(&self.server.messages(), body).await.status == 201
            }
            ReadServerInside => self.member.get(&server).await.json()["channels"].is_array(),
            ReadMembers => self.member.get(&format!("{server}/members")).await.status == 200,
            ListedAsMember => {
                let path = format!("{server}/members");
                self.guard.get(&path).await.text().contains(&self.member.id)
            }
            OwnServers => {
                let mine = self.member.get("/users/@me/servers").await;
                mine.text().contains(&self.server.id)
            }
            OwnAccount => self.member.get("/users/@me").await.status == 200,
            OtherDevice => self.other_device.get("/users/@me").await.status == 200,
            Manages => {
                let nothing = json!({ "channels": [] });
                self.member.patch(&format!("{server}/channels"), nothing).await.status == 200
            }
            BeginSession => self.begins_a_session().await.is_some(),
            Presences => self.sees_presences().await,
            Stream => self.hears(self.server.clone()).await,
            Resume => self.resumes(self.server.clone()).await,
            DenReads => self.reads(&self.den).await && self.member.get(&self.den.channel()).await.status == 200,
            DenFinds => self.finds(&self.den).await,
            DenListed => self.member.get(&server).await.text().contains(&self.den.channel_id),
            DenStream => self.hears(self.den.clone()).await,
            DenResume => self.resumes(self.den.clone()).await,
            OwnerGoverns => {
                let change = json!({ "description": "governed" });
                self.owner.patch(&server, change).await.status == 200
            }
            OwnerSeesDen => self.owner.get(&self.den.messages()).await.status == 200,
            RefreshToken => {
                let body = json!({ "refresh_token": self.member.refresh_token });
                self.nobody.post("/auth/refresh", body).await.status == 200
            }
            VisitorReads => self.visitor.get(&server).await.status == 200,
            VisitorFinds => {
                let path = format!("/servers/discover?query={}", self.server.id);
                self.visitor.get(&path).await.text().contains(&self.server.id)
            }
            LinkShows => self.visitor.get(&format!("/invitations/{}", self.link)).await.status == 200,
            LinkLetsIn => {
                let path = format!("/invitations/{}/accept", self.link);
                self.guest.post(&path, Value::Null).await.status == 200
            }
            VisitorJoins => {
                let joined = self.visitor.post(&format!("{server}/join"), Value::Null).await;
                joined.status == 200
            }
        }
    }

    /// Whether the member reads all that was said in the channel, also while they did not see it.
    async fn reads(&self, channel: &Server) -> bool {
        let read = self.member.get(&format!("{}?limit=100", channel.messages())).await;
        let said = self.said_in(channel);
        let text = read.text();
        let missing: Vec<&String> = said.iter().filter(|words| !text.contains(words.as_str())).collect();
        assert!(read.status != 200 || missing.is_empty(), "{missing:?} is not there");
        read.status == 200
    }

    /// Whether the member may search the channel. If not, nothing of it is found in the server either.
    async fn finds(&self, channel: &Server) -> bool {
        let found = self
            .member
            .get(&format!("{}/search?query=said", channel.channel()))
            .await;
        let everywhere = format!("{}/search?query=said&limit=50", self.server.path());
        let everywhere = self.member.get(&everywhere).await;
        let shown = everywhere.status == 200 && everywhere.text().contains(&channel.channel_id);
        assert!(found.status == 200 || !shown, "{}", everywhere.text());
        found.status == 200
    }

    /// Waits until the member finds what was said in both channels, so that it is seen when it is not found any more.
    pub(super) async fn until_found(&self) {
        let path = format!("{}/search?query=said&limit=50", self.server.path());
        patience::until(Duration::from_secs(20), "the member finds what was said", async || {
            let found = self.member.get(&path).await.text();
            let channels = [&self.server.channel_id, &self.den.channel_id];
            channels.iter().all(|id| found.contains(id.as_str())).then_some(())
        })
        .await;
    }

    async fn begins_a_session(&self) -> Option<Live> {
        let mut live = Live::connect(self.member.address).await;
        live.send(&json!({ "op": "identify", "token": self.member.token }))
            .await;
        matches!(live.next().await, Heard::Frame(_)).then_some(live)
    }

    async fn sees_presences(&self) -> bool {
        let Some(mut live) = self.begins_a_session().await else {
            return false;
        };
        live.send(&json!({ "op": "subscribe", "server_id": self.server.id }))
            .await;
        let heard = live.drain().await;
        heard
            .iter()
            .any(|frame| frame["op"] == "subscribed" && frame["server_id"] == self.server.id)
    }

    async fn hears(&mut self, channel: Server) -> bool {
        let Some(words) = self.say(&channel).await else {
            return false;
        };
        let heard = self.live.drain().await;
        heard.iter().any(|frame| frame["data"]["content"] == words)
    }

    /// Whether the session that was left would bring what was said after access was lost.
    async fn resumes(&mut self, channel: Server) -> bool {
        let Some(words) = self.say(&channel).await else {
            return false;
        };
        let (session_id, seq) = &self.left;
        let mut live = Live::connect(self.member.address).await;
        live.last = *seq;
        let frame = json!({ "op": "resume", "token": self.member.token, "session_id": session_id, "seq": seq });
        live.send(&frame).await;
        match live.next().await {
            Heard::Frame(answer) if answer["op"] == "resumed" => {}
            Heard::Frame(_) if Shape::told() == Shape::Apart => {
                // Another gateway lets it begin anew so soon after the rights of the scene were given: another is left.
                let (another, _) = Live::identify(&self.member).await;
                self.left = (another.session_id.clone(), another.last);
                return false;
            }
            _ => return false,
        }
        let heard = live.drain().await;
        // The heartbeats have told the gateway that these arrived.
        self.left.1 = live.last;
        heard.iter().any(|frame| frame["data"]["content"] == words)
    }
}
