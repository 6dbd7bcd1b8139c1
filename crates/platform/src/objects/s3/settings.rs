//! Where the bucket is, and what can be wrong with that.

use std::path::PathBuf;

use url::Url;

use crate::{auth::Secret, objects::ObjectKey};

/// How a bucket is named in requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// `https://HOST/BUCKET/KEY`.
    Path,
    /// `https://BUCKET.HOST/KEY`.
    VirtualHosted,
}

/// Where the bucket is, and with which key it is opened.
#[derive(Clone)]
pub struct S3Settings {
    /// The address of the store; without, Amazon's in the region.
    pub endpoint: Option<Url>,
    /// The name of the bucket.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The id of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret<String>,
    /// How the bucket is named in requests.
    pub addressing: Addressing,
    /// What all keys begin with, before a slash.
    pub prefix: Option<ObjectKey>,
    /// The certificates of the authorities whose certificates are believed (PEM); without, those of the public.
    pub authorities: Option<PathBuf>,
}

impl S3Settings {
    /// The address under which the bucket's keys are.
    pub(super) fn bucket_address(&self) -> String {
        let amazon = || format!("https://s3.{}.amazonaws.com", self.region);
        let endpoint = self.endpoint.as_ref().map_or_else(amazon, Url::to_string);
        let endpoint = endpoint.trim_end_matches('/');
        match (self.addressing, endpoint.split_once("://")) {
            (Addressing::VirtualHosted, Some((scheme, host))) => format!("{scheme}://{}.{host}", self.bucket),
            _ => format!("{endpoint}/{}", self.bucket),
        }
    }
}

/// What is set wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Setting {
    /// The address of the store.
    Endpoint,
    /// The name of the bucket.
    Bucket,
    /// The region.
    Region,
    /// The id of the access key, or what it may do.
    AccessKeyId,
    /// The secret of the access key.
    SecretAccessKey,
    /// The authorities.
    Authorities,
}

/// Why the bucket cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3Problem {
    /// Something is set wrongly: it does not become right by itself.
    #[error("{detail}")]
    Setting {
        /// What.
        setting: S3Setting,
        /// In which way, for the operator.
        detail: String,
    },
    /// The store cannot be reached, or fails. That may end.
    #[error("{0}")]
    Away(String),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn address(endpoint: Option<&str>, addressing: Addressing) -> String {
        let settings = S3Settings {
            endpoint: endpoint.map(|endpoint| endpoint.parse().unwrap()),
            bucket: "files".to_owned(),
            region: "eu-west-3".to_owned(),
            access_key_id: String::new(),
            secret_access_key: Secret::new(String::new()),
            addressing,
            prefix: None,
            authorities: None,
        };
        settings.bucket_address()
    }

    #[test]
    fn a_bucket_has_an_address_in_both_ways_of_naming_it() {
        let own = Some("http://minio.example:9000/");
        assert_eq!(address(own, Addressing::Path), "http://minio.example:9000/files");
        assert_eq!(
            address(own, Addressing::VirtualHosted),
            "http://files.minio.example:9000"
        );
        let amazon = address(None, Addressing::Path);
        assert_eq!(amazon, "https://s3.eu-west-3.amazonaws.com/files");
        let amazon = address(None, Addressing::VirtualHosted);
        assert_eq!(amazon, "https://files.s3.eu-west-3.amazonaws.com");
    }
}
