//! What happens when something breaks: processes are killed and stopped, disks fill, databases go away, clients misbehave.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "the figures of a longer run are worth seeing")]

mod disk;
mod hold;
mod kill;
mod load;
mod overload;
mod postgres;
mod presence;
mod rebuild;
mod restart;
mod rolling;
mod search;
mod slow_reader;
mod stop;
mod uploads;
