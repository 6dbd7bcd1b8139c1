//! Going on with a session that another gateway had (T12): a client that lost its gateway gets exactly what it missed from
//! the next one, or is told to start anew.

mod ledger;
