//! Lets the program compile before the web client is built (the folder that is embedded must exist), and compresses the
//! script that shows the contracts, so that it is embedded as it is sent.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

/// Where the web client's build leaves its files.
const WEB: &str = "../../web/dist";

fn main() -> io::Result<()> {
    fs::create_dir_all(WEB)?;
    println!("cargo:rerun-if-changed={WEB}");
    println!("cargo:rerun-if-changed=build.rs");
    embed_scalar()
}

fn embed_scalar() -> io::Result<()> {
    let missing = || io::Error::other("scalar_api_reference has no scalar.js");
    let script = scalar_api_reference::get_asset("scalar.js").ok_or_else(missing)?;
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write")]
    let out = env::var_os("OUT_DIR").ok_or_else(missing)?;
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(&script)?;
    fs::write(Path::new(&out).join("scalar.js.gz"), compressed.finish()?)?;
    let mut hasher = DefaultHasher::new();
    script.hash(&mut hasher);
    println!("cargo:rustc-env=BEEP_SCALAR_NAME=scalar-{:016x}.js", hasher.finish());
    Ok(())
}
