//! Where pictures and files are kept.

use std::path::PathBuf;

use contracts::calls::Service;
use platform::{
    auth::Secret,
    objects::{Addressing, ObjectKey, S3Setting, S3Settings},
};
use serde::Deserialize;
use url::Url;

use super::{
    Config,
    encryption::FilePath,
    problem::Invalid,
    setting::{SettingType, section},
};

section! {
    /// Where pictures and files are kept.
    Storage in "storage." {
        /// `files`: in a folder, `storage.directory`. `s3`: in a bucket of a store that speaks S3, which `[storage.s3]`
        /// describes. What is kept in one is not found in the other: they are not moved when this is changed.
        objects: ObjectsKind = Fixed("files");
        /// The folder for pictures and files.
        directory: PathBuf = Derived("<data_dir>/files");
        /// The largest file that can be attached to a message, in bytes; at most 64 GiB in a bucket. Where services are
        /// apart, the same for `messages` and `edge`.
        attachment_bytes: u64 = Fixed("104857600"), 1 ..= 1_099_511_627_776;
        /// How much all files of a user may take, in bytes. What they delete, or do not send within a day, makes room. Where
        /// services are apart, the same for `messages` and `edge`.
        bytes_per_user: u64 = Fixed("5368709120"), 1 ..= 1_125_899_906_842_624;
    }
}

section! {
    /// The bucket for pictures and files, when `storage.objects` is `s3`. Where services are apart, the storage service alone
    /// needs it. See [storage.md](storage.md).
    S3 in "storage.s3." {
        /// The address of the store, such as `https://minio.example.org:9000`; when it is empty, Amazon's in the region.
        endpoint: EndpointUrl = Fixed("");
        /// The bucket, which must exist.
        bucket: BucketName = Fixed("");
        /// The region that requests are signed for. Many stores of one's own take any.
        region: RegionName = Fixed("us-east-1");
        /// The id of the access key.
        access_key_id: AccessKeyId = Fixed("");
        /// The secret of the access key. Rather by its environment variable than in a file that others read.
        secret_access_key: SecretAccessKey = Fixed("");
        /// How the bucket is named in requests: `path` (`https://HOST/BUCKET`) or `virtual_hosted` (`https://BUCKET.HOST`).
        addressing: AddressingName = Fixed("path");
        /// What the names of all objects begin with, before a slash, where the bucket is shared with others.
        prefix: Prefix = Fixed("");
        /// The certificates of the authorities whose certificates are believed of the store (PEM). When it is empty, those
        /// that browsers believe. Read when Beep starts.
        authorities: FilePath = Fixed("");
    }
}

/// The largest file that a bucket takes from us: it is sent in 10,000 parts at most.
const LARGEST_IN_S3: u64 = 64 * 1024 * 1024 * 1024;

impl Config {
    pub(super) fn validate_storage(&self) -> Result<(), Invalid> {
        if self.storage.objects != ObjectsKind::S3 {
            return Ok(());
        }
        if self.storage.attachment_bytes > LARGEST_IN_S3 {
            let detail = format!("must be {LARGEST_IN_S3} (64 GiB) or less, because storage.objects is s3");
            return Err(Invalid::new("storage.attachment_bytes", detail));
        }
        if !self.services().contains(&Service::Storage) {
            return Ok(());
        }
        let s3 = &self.s3;
        for (setting, is_set) in [
            (S3Setting::Bucket, !s3.bucket.0.is_empty()),
            (S3Setting::AccessKeyId, !s3.access_key_id.0.is_empty()),
            (S3Setting::SecretAccessKey, !s3.secret_access_key.0.expose().is_empty()),
        ] {
            if !is_set {
                let detail = "must be set, because storage.objects is s3";
                return Err(Invalid::new(S3::key_of(setting), detail));
            }
        }
        Ok(())
    }
}

impl S3 {
    /// The setting's key.
    #[must_use]
    pub const fn key_of(setting: S3Setting) -> &'static str {
        match setting {
            S3Setting::Endpoint => "storage.s3.endpoint",
            S3Setting::Bucket => "storage.s3.bucket",
            S3Setting::Region => "storage.s3.region",
            S3Setting::AccessKeyId => "storage.s3.access_key_id",
            S3Setting::SecretAccessKey => "storage.s3.secret_access_key",
            S3Setting::Authorities => "storage.s3.authorities",
        }
    }

    /// The value of a setting as one may show it.
    #[must_use]
    pub fn shown(&self, setting: S3Setting) -> String {
        match setting {
            S3Setting::Endpoint => self.endpoint.show(),
            S3Setting::Bucket => self.bucket.show(),
            S3Setting::Region => self.region.show(),
            S3Setting::AccessKeyId => self.access_key_id.show(),
            S3Setting::SecretAccessKey => self.secret_access_key.show(),
            S3Setting::Authorities => self.authorities.show(),
        }
    }

    /// The same for whoever opens the bucket.
    #[must_use]
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: self.endpoint.0.clone(),
            bucket: self.bucket.0.clone(),
            region: self.region.0.clone(),
            access_key_id: self.access_key_id.0.clone(),
            secret_access_key: self.secret_access_key.0.clone(),
            addressing: match self.addressing {
                AddressingName::Path => Addressing::Path,
                AddressingName::VirtualHosted => Addressing::VirtualHosted,
            },
            prefix: self.prefix.0.clone(),
            authorities: self.authorities.get().map(ToOwned::to_owned),
        }
    }

    /// Whether everything goes to another machine as anybody on the way can read it.
    pub(super) fn is_open_to_all(&self) -> bool {
        let is_loopback = |host: url::Host<&str>| match host {
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
            url::Host::Domain(name) => name == "localhost",
        };
        let endpoint = self.endpoint.0.as_ref();
        endpoint.is_some_and(|url| url.scheme() == "http" && !url.host().is_some_and(is_loopback))
    }
}

/// Where pictures and files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectsKind {
    /// In a folder.
    Files,
    /// In a bucket.
    S3,
}

impl SettingType for ObjectsKind {
    const FORM: &'static str = "files or s3";
    fn show(&self) -> String {
        match self {
            Self::Files => "files".to_owned(),
            Self::S3 => "s3".to_owned(),
        }
    }
}

/// How the bucket is named in requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressingName {
    /// After the host.
    Path,
    /// Before it.
    VirtualHosted,
}

impl SettingType for AddressingName {
    const FORM: &'static str = "path or virtual_hosted";
    fn show(&self) -> String {
        match self {
            Self::Path => "path".to_owned(),
            Self::VirtualHosted => "virtual_hosted".to_owned(),
        }
    }
}

/// The address of a store, or none.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct EndpointUrl(Option<Url>);

impl TryFrom<String> for EndpointUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let url: Url = text.trim().parse().map_err(|_| "no address")?;
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let good = matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
        if bare && good {
            Ok(Self(Some(url)))
        } else {
            Err("no address of a store")
        }
    }
}

impl SettingType for EndpointUrl {
    const FORM: &'static str = "an address such as https://minio.example.org:9000";
    fn show(&self) -> String {
        let shown = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        self.0.as_ref().map_or_else(|| "(none)".to_owned(), shown)
    }
}

/// A text of certain letters, or none.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident, $form:literal, $good:expr;)+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let good: fn(&str) -> bool = $good;
                let text = text.trim();
                if text.is_empty() || good(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err("it has other letters")
                }
            }
        }

        impl SettingType for $name {
            const FORM: &'static str = $form;
            fn show(&self) -> String {
                if self.0.is_empty() { "(none)".to_owned() } else { self.0.clone() }
            }
        }
    )+ };
}

names! {
    /// The name of a bucket, or none.
    BucketName, "a name of 3 to 63 letters, digits, `-`, `_` and `.`", |text| {
        (3..=63).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter))
    };
    /// The name of a region.
    RegionName, "a name such as eu-west-3", |text| {
        text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter))
    };
    /// The id of an access key, or none.
    AccessKeyId, "the id of an access key", |text| text.bytes().all(|letter| letter.is_ascii_graphic() && letter != b'/');
}

/// The secret of an access key, or none.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct SecretAccessKey(Secret<String>);

impl From<String> for SecretAccessKey {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

impl std::fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.show())
    }
}

impl SettingType for SecretAccessKey {
    const FORM: &'static str = "the secret of an access key";
    const SECRET: bool = true;
    fn show(&self) -> String {
        if self.0.expose().is_empty() { "(none)" } else { "…" }.to_owned()
    }
}

/// What keys begin with, or nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix(Option<ObjectKey>);

impl TryFrom<String> for Prefix {
    type Error = platform::objects::InvalidKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim().trim_end_matches('/') {
            "" => Ok(Self(None)),
            text => text.parse().map(|key| Self(Some(key))),
        }
    }
}

impl SettingType for Prefix {
    const FORM: &'static str = "a name such as `beep` or `beep/prod`, of letters a-z, digits, `-`, `_` and `.`";
    fn show(&self) -> String {
        self.0.as_ref().map_or_else(|| "(none)".to_owned(), ToString::to_string)
    }
}
