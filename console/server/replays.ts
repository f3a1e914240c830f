import { Worker } from 'node:worker_threads';

/** Makes the pages that replay runs. Each is made in a thread of its own, since a large run takes seconds; one at a time. */
export class Replays {
  #last: Promise<unknown> = Promise.resolve();
  #worker: Worker | undefined;
  #hasEnded = false;

  /** Gives the page that replays the runs in these folders on one clock. Rejects if one of them is none of a run. */
  pageOf(folders: readonly string[]): Promise<string> {
    const page = this.#last.then(() => this.#make(folders));
    this.#last = page.catch(() => {});
    return page;
  }

  #make(folders: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) return reject(new Error('the console ends'));
      const worker = new Worker(new URL('replay-worker.ts', import.meta.url), { workerData: folders });
      this.#worker = worker;
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended without a page')));
    });
  }

  /** Gives up what is being made. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker?.terminate();
  }
}
