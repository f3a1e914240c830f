/** What the scripts in backends/redis/lua ought to keep for one key, without clocks: what runs out is told. */
export class ScriptsModel {
  entry: { version: number; fence: number; due: boolean } | undefined;
  /** The token of whoever holds the lease. */
  lease: string | undefined;
  /** The newest fence minted; 0 when none is known. */
  fence = 0;
  /** The newest version ever committed; 0 when none is known. */
  newestVersion = 0;
  failures = 0;
  backingOff = false;
  /** What has been published: the version of a fill, or that a lease ended. */
  readonly published: (number | 'released')[] = [];

  acquireKind(seenVersion: number | undefined): 'fresh' | 'held' | 'backing-off' | 'granted' {
    const isNews = seenVersion === undefined || (this.entry?.version ?? -1) > seenVersion;
    if (this.entry && !this.entry.due && isNews) return 'fresh';
    if (this.lease !== undefined) return 'held';
    return this.backingOff ? 'backing-off' : 'granted';
  }

  granted(token: string, fence: number) {
    this.lease = token;
    this.fence = fence;
  }

  release(token: string, failed: boolean) {
    if (this.lease !== token) return;
    this.lease = undefined;
    if (failed) {
      this.failures += 1;
      this.backingOff = true;
    }
    this.published.push('released');
  }

  /** Whether the write is accepted, which minted this fence. */
  commit(token: string, fence: number, version: number, minted: number): boolean {
    const ours = this.lease === token;
    const newest = fence === this.fence && (ours || this.lease === undefined);
    if (ours) this.lease = undefined;
    if (!newest) {
      if (ours) this.published.push('released');
      return false;
    }
    this.#write(version, fence);
    this.fence = minted;
    this.forgetFailures();
    this.published.push(version);
    return true;
  }

  /** Whether the write is accepted, under the fence it minted. `seen`: undefined writes always and mints nothing. */
  put(version: number, seen: number | undefined, minted: number | undefined): boolean {
    if (seen === 0 || (seen !== undefined && seen !== this.fence)) return false;
    this.#write(version, minted ?? 0);
    if (seen !== undefined) this.fence = minted ?? 0;
    return true;
  }

  invalidate(fence: number) {
    this.entry = undefined;
    this.lease = undefined;
    this.fence = fence;
    this.forgetFailures();
    this.published.push('released');
  }

  #write(version: number, fence: number) {
    this.entry = { version, fence, due: false };
    this.newestVersion = Math.max(this.newestVersion, version);
  }

  /** A look mints a fence when none is known. */
  looked(minted: number) {
    this.fence ||= minted;
  }

  /** The fence and the newest version are kept together, so they are forgotten together. */
  forgetFence() {
    this.fence = 0;
    this.newestVersion = 0;
  }

  forgetFailures() {
    this.failures = 0;
    this.backingOff = false;
  }

  flush() {
    this.entry = undefined;
    this.lease = undefined;
    this.forgetFence();
    this.forgetFailures();
  }
}
