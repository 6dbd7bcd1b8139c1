//! Compiles the protocol buffers with a compiler in Rust: nothing to install.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = ["proto/users.proto", "proto/storage.proto", "proto/servers.proto"];
    for file in files {
        println!("cargo:rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, ["proto"])?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
