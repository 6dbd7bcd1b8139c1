//! The index that answers, which may be replaced by another at any time.

use std::sync::{Arc, PoisonError, RwLock};

use crate::{index::Index, indexing::Completeness};

/// An index, and whether it has everything.
#[derive(Clone)]
pub(crate) struct Answering {
    pub(crate) index: Arc<dyn Index>,
    pub(crate) completeness: Arc<Completeness>,
}

/// The index that answers.
pub(crate) struct Live(RwLock<State>);

struct State {
    answering: Answering,
    /// Another is being made, since this one is not believed to be whole.
    doubted: bool,
}

impl Live {
    pub(crate) fn new(answering: Answering, doubted: bool) -> Self {
        Self(RwLock::new(State { answering, doubted }))
    }

    /// The index for one search, and whether it has everything as far as anybody knows.
    pub(crate) fn now(&self) -> (Arc<dyn Index>, bool) {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let whole = !state.doubted && state.answering.completeness.is_complete();
        (Arc::clone(&state.answering.index), whole)
    }

    /// From now on nobody is told that it has everything.
    pub(crate) fn doubt(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).doubted = true;
    }

    /// This one answers from now on.
    pub(crate) fn replace(&self, answering: Answering) {
        let state = State {
            answering,
            doubted: false,
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
