//! Files of a form.

use axum::extract::Multipart;
use futures::{StreamExt, TryStreamExt};
use model::{UserId, limits::ATTACHMENTS_PER_MESSAGE};
use platform::{
    http::{Fields, Problem},
    telemetry::RequestContext,
};

use super::resource::AttachmentResource;
use crate::{
    api::{Api, ChannelPath},
    store::attachments::Attachment,
};

/// Takes all files of the form; of one that fails, none stays.
pub(super) async fn take(
    api: Api,
    user_id: UserId,
    path: ChannelPath,
    form: Multipart,
) -> Result<Vec<AttachmentResource>, Problem> {
    let work = async move {
        let mut begun = Vec::new();
        let taken = take_parts(&api, user_id, path, form, &mut begun).await;
        if taken.is_err() {
            for upload in &begun {
                // What is still there goes after its time.
                let _ = api.throw_away(upload).await;
            }
        }
        taken
    };
    // In a task of its own: it clears up, also when nobody waits for it any more.
    let cause = RequestContext::current_cause();
    let working = tokio::spawn(RequestContext::scope_of(cause, work));
    working.await.map_err(|_| Problem::internal())?
}

async fn take_parts(
    api: &Api,
    user_id: UserId,
    path: ChannelPath,
    mut form: Multipart,
    begun: &mut Vec<Attachment>,
) -> Result<Vec<AttachmentResource>, Problem> {
    let _place = api.files.place()?;
    let mut files = Vec::new();
    while let Some(part) = form.next_field().await? {
        if part.name() != Some("file") {
            continue;
        }
        if files.len() == ATTACHMENTS_PER_MESSAGE {
            let mut fields = Fields::default();
            let detail = format!("are more than {ATTACHMENTS_PER_MESSAGE} files");
            fields.add("file", "too_many_attachments", detail);
            return Err(fields.problem());
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let upload = api.begin_upload(user_id, path, &name, 0).await?;
        begun.push(upload.clone());
        let source = part.map_err(Problem::from).boxed();
        let upload = api.receive_whole(upload, source).await?;
        files.push(api.finish(upload).await?.into());
    }
    if files.is_empty() {
        let mut fields = Fields::default();
        fields.add("file", "required", "is required");
        return Err(fields.problem());
    }
    Ok(files)
}
