//! What a hub asks of the servers service about one user.

use contracts::permissions::MemberAccess;
use model::UserId;

use super::actor::{ATTEMPTS, GivenUp, Hub, pause};

impl Hub {
    /// The server as the user sees it now, as JSON; `None` when the user is no member.
    pub(super) async fn shown_to(&self, user_id: UserId) -> Result<Option<String>, GivenUp> {
        let request = contracts::servers::ListServersOfUserRequest { user_id: user_id.0 };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().list_servers_of_user(request).await {
                Ok(response) => {
                    let servers = response.into_inner().servers;
                    let this = servers.into_iter().find(|server| server.server_id == self.server_id.0);
                    return Ok(this.map(|server| server.server_json));
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }

    pub(super) async fn membership(&self, user_id: UserId) -> Result<Option<MemberAccess>, GivenUp> {
        Ok(self.standing(user_id).await?.1)
    }

    /// A membership, and the version of the server at which it was true.
    pub(super) async fn standing(&self, user_id: UserId) -> Result<(i64, Option<MemberAccess>), GivenUp> {
        let request = contracts::servers::GetMembershipRequest {
            server_id: self.server_id.0,
            user_id: user_id.0,
        };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().get_membership(request).await {
                Ok(response) => {
                    let answer = response.into_inner();
                    return Ok((answer.version, answer.membership.as_ref().map(MemberAccess::from)));
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }
}
