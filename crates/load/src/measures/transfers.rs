//! Files up and down, beside a plain copy of the same bytes through a connection.

use std::{
    fs::File,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    thread,
    time::Instant,
};

use anyhow::Context;
use tokio::task::spawn_blocking;

use crate::{
    Bench,
    http::Connection,
    people::{Meeting, text},
    program::{Database, Program},
    report::{Report, rate},
};

/// Bytes of a file.
const SIZE: usize = 64 * 1024 * 1024;
/// What the plain copy holds in memory.
const PIECE: usize = 256 * 1024;

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let files = bench.extent.files;
    let plain = spawn_blocking(move || Plain::measure(files)).await??;
    let program = Program::start(bench, &Database::Sqlite).await?;
    let meeting = Meeting::of(program.address, 1).await?;
    let (path, token) = (format!("{}/attachments", meeting.channel_path), &meeting.tokens[0]);
    let mut connection = Connection::open(program.address).await?;
    let bytes = vec![0x5a; SIZE];
    let begun = Instant::now();
    let mut url = String::new();
    for _ in 0..files {
        url = upload(&mut connection, &path, token, &bytes).await?;
    }
    let up = megabytes(files, begun);
    let begun = Instant::now();
    for _ in 0..files {
        let length = connection.download(&url, token).await?;
        anyhow::ensure!(length == SIZE, "{length} bytes came down");
    }
    let down = megabytes(files, begun);
    for (what, plain, beep) in [("up", plain.up, up), ("down", plain.down, down)] {
        let measure = format!("files of 64 MiB {what}");
        report.add(&measure, "a plain copy", plain, "MB/s");
        report.add(&measure, "Beep", beep, "MB/s");
        report.add(&format!("{measure}, Beep to plain"), "", beep / plain, "");
    }
    program.end().await
}

/// Uploads a file by tus, as the client does, and answers where it can be had.
async fn upload(connection: &mut Connection, path: &str, token: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let tus = "tus-resumable: 1.0.0\r\n";
    let headers = format!(
        "{tus}upload-length: {}\r\nupload-metadata: filename YS5iaW4=\r\n",
        bytes.len()
    );
    let begun = connection.send(("POST", path), token, &headers, b"").await?;
    let location = begun.header("location").context("no location")?;
    let headers = format!("{tus}upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\n");
    let done = connection.send(("PATCH", &location), token, &headers, bytes).await?;
    anyhow::ensure!(done.status == 204, "an upload is answered {}", done.status);
    text(&connection.get(&location, Some(token)).await?.json(200)?, "/url")
}

fn megabytes(files: usize, since: Instant) -> f64 {
    let bytes = u64::try_from(files * SIZE).unwrap_or(u64::MAX);
    rate(bytes, since.elapsed()) / 1e6
}

/// Megabytes a second of a plain copy.
struct Plain {
    up: f64,
    down: f64,
}

impl Plain {
    /// Writes what comes to a file that is safe on the disk at the end, and reads it back.
    fn measure(files: usize) -> anyhow::Result<Self> {
        let folder = tempfile::TempDir::new()?;
        let path = |number: usize| folder.path().join(number.to_string());
        let begun = Instant::now();
        for number in 0..files {
            let (address, server) = serve(receive, path(number))?;
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(&vec![0x5a; SIZE])?;
            drop(stream);
            server.join().ok().context("the plain server died")??;
        }
        let up = megabytes(files, begun);
        let begun = Instant::now();
        for _ in 0..files {
            let (address, server) = serve(send, path(0))?;
            let mut stream = TcpStream::connect(address)?;
            let mut piece = vec![0; PIECE];
            while stream.read(&mut piece)? > 0 {}
            server.join().ok().context("the plain server died")??;
        }
        Ok(Self {
            up,
            down: megabytes(files, begun),
        })
    }
}

type Transfer = fn(TcpStream, PathBuf) -> std::io::Result<()>;

/// Serves one connection.
fn serve(transfer: Transfer, path: PathBuf) -> std::io::Result<(SocketAddr, thread::JoinHandle<std::io::Result<()>>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || transfer(listener.accept()?.0, path));
    Ok((address, server))
}

fn receive(mut stream: TcpStream, path: PathBuf) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    copy(&mut stream, &mut file)?;
    file.sync_all()
}

fn send(mut stream: TcpStream, path: PathBuf) -> std::io::Result<()> {
    copy(&mut File::open(path)?, &mut stream)
}

/// Piece by piece through memory: what the system can do within itself is not what a server can that counts and checks.
fn copy(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            length => to.write_all(&piece[..length])?,
        }
    }
}
