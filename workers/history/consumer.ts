export async function consumeHistory(batch: MessageBatch, _env: Env): Promise<void> {
  batch.ackAll();
}
