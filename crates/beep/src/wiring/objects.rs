//! Opens the place where pictures and files are kept.

use anyhow::{Context, bail};
use platform::{
    http::Readiness,
    objects::{LocalObjects, Objects, S3Objects, S3Problem},
};

use crate::config::{Config, ObjectsKind, S3};

/// Opens what the configuration names. A bucket that cannot be used as it is set up is an error; one that cannot be reached
/// is not: Beep serves what needs no files, and files as soon as it is there.
pub(super) async fn open_objects(config: &Config, readiness: &Readiness) -> anyhow::Result<Objects> {
    if config.storage.objects == ObjectsKind::Files {
        let directory = &config.storage.directory;
        let objects = LocalObjects::open(directory)
            .with_context(|| format!("storage.directory = {}: cannot be used", directory.display()))?;
        return Ok(Objects::Files(objects));
    }
    let opening = async {
        let objects = S3Objects::open(config.s3.settings()).await?;
        match objects.check().await {
            Err(S3Problem::Away(detail)) => {
                tracing::warn!(error.detail = %detail, "the bucket for pictures and files does not answer yet");
            }
            checked => checked?,
        }
        Ok(objects)
    };
    let objects = match opening.await {
        Ok(objects) => objects,
        Err(S3Problem::Setting { setting, detail }) => {
            bail!("{} = {}: {detail}", S3::key_of(setting), config.s3.shown(setting));
        }
        Err(S3Problem::Away(detail)) => bail!("storage.objects = s3: {detail}"),
    };
    let asked = objects.clone();
    // All instances share it: another would have no more.
    readiness.add_notice("objects", move || {
        let asked = asked.clone();
        async move { asked.reach().await }
    });
    Ok(Objects::S3(objects))
}
