//! How access is lost, how it is had again, and where it acts.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    WITHIN,
    places::Place::{
        self, BeginSession, DenFinds, DenListed, DenReads, DenReadsFile, DenResume, DenStream, FindMessages,
        LinkLetsIn, LinkShows, ListedAsMember, Manages, OtherDevice, OwnAccount, OwnServers, OwnerGoverns,
        OwnerSeesDen, Presences, ReadFile, ReadMembers, ReadMessages, ReadServerInside, RefreshToken, Resume,
        SendMessages, Stream, VisitorFinds, VisitorJoins, VisitorReads,
    },
    scene::Scene,
};
use api::people::{Person, id};

/// How access is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    LogsOut,
    SignInEndedFromAnotherDevice,
    /// An administrator of the machine disables the account, by a command beside the running Beep.
    AccountDisabled,
    LeavesTheServer,
    Kicked,
    Banned,
    TimedOut,
    /// The member holds the role no more that sees the den.
    RoleTaken,
    /// The role that the member holds allows nothing any more.
    RightTakenFromRole,
    /// An overwrite takes the den's view from the member.
    ViewDenied,
    OwnershipTransferred,
    InvitationRevoked,
    ServerDestroyed,
    ChannelDeleted,
    ServerMadePrivate,
}

/// The matrix: the places at which each way acts. Everywhere else nothing changes.
pub(super) const MATRIX: [(Way, &[Place]); 15] = [
    (Way::LogsOut, OF_A_SIGN_IN),
    (Way::SignInEndedFromAnotherDevice, OF_A_SIGN_IN),
    (Way::AccountDisabled, OF_AN_ACCOUNT),
    (Way::LeavesTheServer, OF_A_MEMBER),
    (Way::Kicked, OF_A_MEMBER),
    (Way::Banned, OF_A_MEMBER),
    (Way::TimedOut, &[SendMessages, Manages]),
    (
        Way::RoleTaken,
        &[
            DenReads,
            DenReadsFile,
            DenFinds,
            DenListed,
            DenStream,
            DenResume,
            Manages,
        ],
    ),
    (Way::RightTakenFromRole, &[Manages]),
    (
        Way::ViewDenied,
        &[DenReads, DenReadsFile, DenFinds, DenListed, DenStream, DenResume],
    ),
    (Way::OwnershipTransferred, &[OwnerGoverns, OwnerSeesDen]),
    (Way::InvitationRevoked, &[LinkShows, LinkLetsIn]),
    (
        Way::ServerDestroyed,
        &[
            ReadMessages,
            ReadFile,
            FindMessages,
            SendMessages,
            ReadServerInside,
            ReadMembers,
            ListedAsMember,
            OwnServers,
            Manages,
            Presences,
            Stream,
            Resume,
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
            VisitorJoins,
            LinkShows,
            LinkLetsIn,
        ],
    ),
    (
        Way::ChannelDeleted,
        &[ReadMessages, ReadFile, FindMessages, SendMessages, Stream, Resume],
    ),
    (
        Way::ServerMadePrivate,
        &[VisitorReads, VisitorFinds, VisitorJoins, LinkShows, LinkLetsIn],
    ),
];

const OF_A_SIGN_IN: &[Place] = &[
    ReadMessages,
    ReadFile,
    FindMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    OwnServers,
    OwnAccount,
    Manages,
    BeginSession,
    Presences,
    Stream,
    Resume,
    DenReads,
    DenReadsFile,
    DenFinds,
    DenListed,
    DenStream,
    DenResume,
    RefreshToken,
];

/// All sign-ins of it: what goes with one, and the other device.
const OF_AN_ACCOUNT: &[Place] = &{
    let mut all = [OtherDevice; OF_A_SIGN_IN.len() + 1];
    let (_, of_a_sign_in) = all.split_at_mut(1);
    of_a_sign_in.copy_from_slice(OF_A_SIGN_IN);
    all
};

const OF_A_MEMBER: &[Place] = &[
    ReadMessages,
    ReadFile,
    FindMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    Manages,
    Presences,
    Stream,
    Resume,
    DenReads,
    DenReadsFile,
    DenFinds,
    DenListed,
    DenStream,
    DenResume,
];

impl Way {
    /// Whether it changes what members may do: after that, another gateway than the one that has a session lets it begin
    /// anew.
    pub(super) const fn changes_rights(self) -> bool {
        matches!(
            self,
            Self::TimedOut
                | Self::RoleTaken
                | Self::RightTakenFromRole
                | Self::ViewDenied
                | Self::OwnershipTransferred
                | Self::ServerMadePrivate
        )
    }

    /// Within this time it acts, on the node where it was lost.
    pub(super) const fn within(self) -> Duration {
        match self {
            // Another process has done it: Beep looks every now and then what others have left.
            Self::AccountDisabled => Duration::from_secs(5),
            _ => WITHIN,
        }
    }

    /// By what the member's connection is told of it: a type of event, or the code that it is closed with.
    pub(super) const fn is_told_by(self) -> Option<&'static str> {
        match self {
            Self::LogsOut | Self::SignInEndedFromAnotherDevice | Self::AccountDisabled => Some("4013"),
            Self::LeavesTheServer | Self::Kicked | Self::Banned | Self::ServerDestroyed => Some("server.deleted"),
            Self::RoleTaken | Self::ViewDenied | Self::ChannelDeleted => Some("channel.deleted"),
            Self::TimedOut | Self::RightTakenFromRole => Some("permissions.updated"),
            Self::OwnershipTransferred | Self::ServerMadePrivate => Some("server.updated"),
            Self::InvitationRevoked => None,
        }
    }

    /// By which event the member's connection is told that it is had again.
    pub(super) const fn is_had_again_by(self) -> &'static str {
        match self {
            Self::LeavesTheServer | Self::Kicked | Self::Banned => "server.created",
            Self::RoleTaken | Self::ViewDenied => "channel.created",
            Self::TimedOut | Self::RightTakenFromRole => "permissions.updated",
            _ => "server.updated",
        }
    }
}

impl Scene<'_> {
    pub(super) async fn lose(&self, way: Way) {
        match way {
            Way::LogsOut => {
                self.member.post("/auth/logout", Value::Null).await.expect(204);
            }
            Way::SignInEndedFromAnotherDevice => {
                let sessions = self.member.get("/users/@me/sessions").await.expect(200);
                let sessions = sessions["items"].as_array().unwrap();
                let current = sessions.iter().find(|session| session["current"] == true).unwrap();
                let path = format!("/users/@me/sessions/{}", id(current));
                self.other_device.delete(&path).await.expect(204);
            }
            Way::AccountDisabled => self.disable().await,
            Way::LeavesTheServer => self.member.leave(&self.server).await,
            Way::Kicked => self.owner.kick(&self.server, &self.member).await,
            Way::Banned => self.owner.ban(&self.server, &self.member).await,
            Way::TimedOut => self.owner.time_out(&self.server, &self.member).await,
            Way::RoleTaken => self.owner.give_roles(&self.server, &self.member, &[]).await,
            Way::RightTakenFromRole => self.allow_role(&[]).await,
            Way::ViewDenied => {
                let denied = json!({ "kind": "member", "deny": ["view_channel"] });
                let (den, target) = (self.den.channel(), &self.member.id);
                self.owner.overwrite(&den, target, denied).await.expect(200);
            }
            Way::OwnershipTransferred => self.transfer(&self.owner, &self.guard).await,
            Way::InvitationRevoked => {
                self.owner
                    .delete(&format!("/invitations/{}", self.link))
                    .await
                    .expect(204);
            }
            Way::ServerDestroyed => {
                self.owner.delete(&self.server.path()).await.expect(204);
            }
            Way::ChannelDeleted => {
                self.owner.delete(&self.server.channel()).await.expect(204);
            }
            Way::ServerMadePrivate => self.make("private").await,
        }
    }

    /// Gives back what was lost; whether that can be.
    pub(super) async fn restore(&mut self, way: Way) -> bool {
        match way {
            Way::LogsOut
            | Way::SignInEndedFromAnotherDevice
            | Way::AccountDisabled
            | Way::ServerDestroyed
            | Way::ChannelDeleted => return false,
            Way::LeavesTheServer | Way::Kicked => self.come_back().await,
            Way::Banned => {
                self.owner.lift_ban(&self.server, &self.member).await;
                self.come_back().await;
            }
            Way::TimedOut => self.owner.end_time_out(&self.server, &self.member).await,
            Way::RoleTaken => self.owner.give_roles(&self.server, &self.member, &[&self.role]).await,
            Way::RightTakenFromRole => self.allow_role(&["manage_channels"]).await,
            Way::ViewDenied => {
                let path = format!("{}/overwrites/{}", self.den.channel(), self.member.id);
                self.owner.delete(&path).await.expect(204);
            }
            Way::OwnershipTransferred => self.transfer(&self.guard, &self.owner).await,
            Way::InvitationRevoked => self.invite().await,
            Way::ServerMadePrivate => {
                self.make("public").await;
                self.invite().await;
            }
        }
        true
    }

    async fn disable(&self) {
        let me = self.member.get("/users/@me").await.expect(200);
        let part = self.beep.instances_of("users").first().copied().map(str::to_owned);
        let part = part.unwrap_or_else(|| self.beep.parts()[0].to_owned());
        let words = ["admin", "disable", me["username"].as_str().unwrap()];
        let mut command = self.beep.command(&part, &words);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    async fn allow_role(&self, rights: &[&str]) {
        let allowed = self.owner.allow_role(&self.server, &self.role, json!(rights)).await;
        allowed.expect(200);
    }

    async fn transfer(&self, from: &Person, to: &Person) {
        let given = json!({ "owner_id": to.id });
        from.patch(&self.server.path(), given).await.expect(200);
    }

    async fn make(&self, visibility: &str) {
        let change = json!({ "visibility": visibility });
        self.owner.patch(&self.server.path(), change).await.expect(200);
    }

    async fn come_back(&self) {
        self.member.join(&self.server).await;
        self.owner.give_roles(&self.server, &self.member, &[&self.role]).await;
    }
}
