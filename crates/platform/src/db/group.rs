//! Grouped commits: what arrives while a commit is under way goes into the next one together, so that throughput does
//! not hang on one `fsync` for each message.

use std::{future::Future, sync::Arc};

use tokio::sync::{mpsc, oneshot};

/// Why an item was not written.
#[derive(Debug, thiserror::Error)]
pub enum GroupError<E> {
    /// More is waiting than the queue holds: the caller should be told to come back.
    #[error("too much is waiting to be written")]
    Full,
    /// The writer has ended, because the process shuts down.
    #[error("the writer has ended")]
    Closed,
    /// The group was not written. Every member of it learns the same error.
    #[error("the group was not written")]
    Failed(Arc<E>),
}

struct Waiting<T, R, E> {
    item: T,
    answer: oneshot::Sender<Result<R, Arc<E>>>,
}

/// A queue whose items are written in groups by one task.
pub struct GroupCommit<T, R, E> {
    queue: mpsc::Sender<Waiting<T, R, E>>,
}

impl<T, R, E> Clone for GroupCommit<T, R, E> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
        }
    }
}

impl<T: Send + 'static, R: Send + 'static, E: Send + Sync + 'static> GroupCommit<T, R, E> {
    /// A queue of at most `capacity` items, written in groups of at most `largest_group` by `write`, which answers one
    /// result for each item in their order. The returned future is the writer: it ends, with everything written, when
    /// all handles to the queue are gone.
    pub fn new<W, F>(capacity: usize, largest_group: usize, write: W) -> (Self, impl Future<Output = ()> + Send)
    where
        W: Fn(Vec<T>) -> F + Send + 'static,
        F: Future<Output = Result<Vec<R>, E>> + Send,
    {
        let (queue, mut arrivals) = mpsc::channel::<Waiting<T, R, E>>(capacity);
        let writer = async move {
            let mut group = Vec::with_capacity(largest_group);
            while arrivals.recv_many(&mut group, largest_group).await > 0 {
                // Nobody waits for these any more, and nobody was told that they are written: whoever asks again, asks anew.
                group.retain(|waiting| !waiting.answer.is_closed());
                if group.is_empty() {
                    continue;
                }
                let (items, answers): (Vec<T>, Vec<_>) =
                    group.drain(..).map(|waiting| (waiting.item, waiting.answer)).unzip();
                match write(items).await {
                    Ok(results) => answers.into_iter().zip(results).for_each(|(answer, result)| {
                        // Who waited may have gone; what was written stays written.
                        let _ = answer.send(Ok(result));
                    }),
                    Err(error) => {
                        let error = Arc::new(error);
                        for answer in answers {
                            let _ = answer.send(Err(Arc::clone(&error)));
                        }
                    }
                }
            }
        };
        (Self { queue }, writer)
    }

    /// Writes `item` with the next group and waits for its commit.
    pub async fn submit(&self, item: T) -> Result<R, GroupError<E>> {
        let (answer, written) = oneshot::channel();
        self.queue
            .try_send(Waiting { item, answer })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => GroupError::Full,
                mpsc::error::TrySendError::Closed(_) => GroupError::Closed,
            })?;
        written
            .await
            .map_err(|_| GroupError::Closed)?
            .map_err(GroupError::Failed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[tokio::test]
    async fn what_waits_is_written_together_and_answered_in_order() {
        let (groups_sender, mut groups) = mpsc::unbounded_channel();
        let (queue, writer) = GroupCommit::<u32, u32, ()>::new(100, 8, move |items| {
            groups_sender.send(items.len()).unwrap();
            async move { Ok(items.into_iter().map(|item| item * 2).collect()) }
        });
        let (answers, ()) = tokio::join!(
            async {
                let answers = futures::future::join_all((0..20).map(|item| queue.submit(item))).await;
                drop(queue);
                answers
            },
            writer
        );
        let answers: Vec<u32> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, (0..20).map(|item| item * 2).collect::<Vec<_>>());
        let mut sizes = Vec::new();
        while let Ok(size) = groups.try_recv() {
            sizes.push(size);
        }
        assert_eq!(sizes, [8, 8, 4]);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_written() {
        let (written_sender, mut written) = mpsc::unbounded_channel();
        let (queue, writer) = GroupCommit::<u32, (), ()>::new(100, 8, move |items| {
            let count = items.len();
            written_sender.send(items).unwrap();
            async move { Ok(vec![(); count]) }
        });
        for gone in [1, 2, 3] {
            let waiting = queue.submit(gone);
            assert!(
                futures::FutureExt::now_or_never(waiting).is_none(),
                "it waits, and goes"
            );
        }
        let (answer, ()) = tokio::join!(
            async {
                let answer = queue.submit(4).await;
                drop(queue);
                answer
            },
            writer
        );
        assert!(answer.is_ok());
        assert_eq!((written.recv().await, written.recv().await), (Some(vec![4]), None));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_a_failed_group_tells_all() {
        let (queue, writer) = GroupCommit::<u32, u32, &'static str>::new(2, 8, |_| async { Err("disk full") });
        let first = queue.submit(1);
        let second = queue.submit(2);
        let third = queue.submit(3);
        let (first, second, third, ()) = tokio::join!(
            first,
            second,
            async {
                let third = third.await;
                drop(queue.clone());
                third
            },
            async {
                tokio::time::timeout(std::time::Duration::from_millis(50), writer)
                    .await
                    .ok();
            }
        );
        assert!(matches!(first, Err(GroupError::Failed(error)) if *error == "disk full"));
        assert!(matches!(second, Err(GroupError::Failed(_))));
        assert!(matches!(third, Err(GroupError::Full)));
    }
}
