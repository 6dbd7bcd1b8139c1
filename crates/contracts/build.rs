//! Compiles the protocol buffers with a compiler in Rust: nothing to install.

use prost::Message as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = [
        "proto/users.proto",
        "proto/storage.proto",
        "proto/servers.proto",
        "proto/messages.proto",
        "proto/gateway.proto",
    ];
    for file in files {
        println!("cargo:rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, ["proto"])?;
    // For reflection.
    #[expect(
        clippy::disallowed_methods,
        reason = "Cargo tells build scripts by the environment where to write"
    )]
    let folder = std::env::var("OUT_DIR")?;
    let encoded = std::path::Path::new(&folder).join("descriptors.bin");
    std::fs::write(encoded, descriptors.encode_to_vec())?;
    // Whoever stands in for a service in a test answers only what is asked there.
    tonic_prost_build::configure()
        .generate_default_stubs(true)
        // Of files: handed on without a copy.
        .bytes(".beep.storage.v1.PutPartRequest.content")
        .bytes(".beep.storage.v1.ReadFileResponse.content")
        .compile_fds(descriptors)?;
    Ok(())
}
