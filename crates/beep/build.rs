//! Lets the program compile before the web client is built: the folder that is embedded must exist.

use std::{fs, io};

/// Where the web client's build leaves its files.
const WEB: &str = "../../web/dist";

fn main() -> io::Result<()> {
    fs::create_dir_all(WEB)?;
    println!("cargo:rerun-if-changed={WEB}");
    Ok(())
}
