//! Chaos: while people write and read, one thing after the other breaks, every few seconds. In the end the judge looks at what
//! was acknowledged, stored and seen. `scripts/chaos` runs this; among the other tests it is left
//! out, because it takes its time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![expect(
    clippy::print_stdout,
    reason = "what was done, and how long it took, is worth seeing"
)]

mod crowd;
mod faults;
mod plan;
mod table;
mod watch;

use std::{net::SocketAddr, time::Duration};

use api::{
    beep::{Beep, HOST, Network, Postgres, Setup, SmallDisk},
    left_out::{WITHOUT_DISK, WITHOUT_POSTGRES, left_out},
};
use tokio::time::Instant;

use crate::{crowd::Crowd, faults::Scene, plan::Plan, table::Table};

/// The size of the disk of PostgreSQL, in megabytes. Full in a moment, large enough for a long run.
const DISK: u32 = 768;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_nothing_acknowledged_is_lost_doubled_or_out_of_order() {
    let Some(plan) = Plan::told() else {
        return left_out("chaos takes its time: scripts/chaos, which scripts/test calls, runs it");
    };
    let network = Network::own();
    if network.is_none() {
        left_out("the network is not cut: this program has no network namespace of its own (scripts/chaos, as root)");
    }
    let disk = SmallDisk::mount(DISK);
    if disk.is_none() {
        left_out(WITHOUT_DISK);
    }
    let address = match &network {
        Some(_) => SocketAddr::from((HOST, 5432)),
        None => api::beep::free_address(),
    };
    let Some(postgres) = Postgres::start_at(address, disk.as_ref()).await else {
        return left_out(WITHOUT_POSTGRES);
    };
    let mut setup = Setup::default().on(&postgres.url());
    if let Some(network) = &network {
        setup = setup.in_network(network);
    }
    let beep = setup.start_apart().await;
    let scene = Scene {
        beep: &beep,
        postgres: &postgres,
        disk: disk.as_ref(),
        network: network.as_ref(),
    };
    run(&plan, &scene).await;
    drop(beep);
    drop(postgres);
}

async fn run(plan: &Plan, scene: &Scene<'_>) {
    let faults = scene.faults();
    println!("{plan}; processes: {}", scene.beep.parts().join(", "));
    let crowd = Crowd::gather(scene.beep, plan).await;
    crowd.is_well_within(plan.recovers_within).await;
    let mut table = Table::default();
    let begun = Instant::now();
    for (done, fault) in faults.iter().cycle().enumerate() {
        if done >= faults.len() && begun.elapsed() >= plan.time {
            break;
        }
        let next = Instant::now() + plan.every;
        let row = scene.inflict(fault, &crowd, plan).await;
        println!("{row}");
        table.add(row);
        tokio::time::sleep_until(next).await;
    }
    let took = begun.elapsed();
    let report = crowd.end(plan.recovers_within).await;
    println!("\n{table}\n{}", report.over(took));
    assert!(report.acknowledged > 0, "nothing was sent");
    all_run(scene.beep).await;
}

/// Nothing that was broken stays so.
async fn all_run(beep: &Beep) {
    for part in beep.parts() {
        let ready = tokio::time::timeout(Duration::from_mins(1), beep.wait_until_ready(part)).await;
        assert!(ready.is_ok(), "{part} is not ready in the end");
    }
}
