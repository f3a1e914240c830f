import assert from 'node:assert/strict';
import { DogpileError } from '../../../strategies/contract/errors.ts';
import type {
  Acquired,
  Answer,
  Claim,
  Committed,
  Condition,
  Made,
  Reading,
  Served,
} from '../../../strategies/contract/index.ts';
import { isStored } from '../../../strategies/contract/index.ts';

/**
 * What happened, in the order in which it reached Redis, and what must hold of it at every step. A life is the time
 * between two losses of Redis's memory.
 */
export class History {
  readonly events: string[] = [];
  recomputes = 0;
  /** How each answer came about. */
  readonly served: Served[] = [];
  /** Whether reads are promised to come in the order of the values. */
  readonly #monotonic: boolean;
  #broken: Error | undefined;
  #life = 0;
  #newestFence = 0;
  /** Whether a value was written under the newest known fence. The write minted a newer one, which the next look tells. */
  #isFenceUsed = false;
  #acceptedFence = 0;
  /** The newest version written in this life. */
  #newestVersion = 0;
  /** The newest version written since the last invalidation. */
  #acceptedVersion = 0;
  /** The newest stored version that any caller has been answered. */
  #answeredVersion = 0;
  /** Versions up to this were begun before the last invalidation. */
  #invalidatedVersion = 0;

  constructor({ monotonic }: Pick<Claim, 'monotonic'>) {
    this.#monotonic = monotonic;
  }

  get newestFence() {
    return this.#newestFence;
  }

  acquired(who: string, acquired: Acquired<string>) {
    this.#holds(() => this.#acquired(who, acquired));
  }

  #acquired(who: string, acquired: Acquired<string>) {
    this.#note(`${who} acquires: ${acquired.kind}`);
    if (acquired.kind !== 'granted') return;
    assert.ok(acquired.grant.fence > this.#newestFence, 'fences rise');
    assert.equal(acquired.grant.replaces, this.#newestVersion, 'a grant names the newest version');
    this.#mint(acquired.grant.fence);
  }

  /** Somebody looked at the key. The look mints a fence when none is known. */
  looked({ fence, newestVersion }: Reading<string>) {
    this.#holds(() => {
      assert.equal(newestVersion, this.#newestVersion, 'a look names the newest version');
      if (this.#newestFence === 0 || this.#isFenceUsed) {
        assert.ok(fence > this.#newestFence, 'fences rise');
        this.#mint(fence);
      }
      assert.equal(fence, this.#newestFence, 'a look names the newest fence');
    });
  }

  /** A recompute that has got this version begins. */
  recomputing(who: string, version: number, replaces: number | undefined) {
    this.#note(`${who} recomputes version ${version} to replace ${replaces}`);
    this.#holds(() =>
      assert.ok(replaces !== undefined && replaces < version, 'it replaces an older version'),
    );
  }

  committed(who: string, made: Made<string>, condition: Condition, committed: Committed<string>) {
    this.#holds(() => this.#committed(who, made, condition, committed));
  }

  #committed(who: string, made: Made<string>, condition: Condition, committed: Committed<string>) {
    const { outcome } = committed;
    this.#note(`${who} commits version ${made.version}: ${outcome}`);
    assert.equal(outcome, this.#mayCommit(condition) ? 'accepted' : 'fenced', 'the newest fence decides');
    if (outcome === 'fenced') return;
    if (typeof condition === 'object' && 'grant' in condition) {
      assert.ok(condition.grant.fence > this.#acceptedFence, 'accepted fences rise');
      this.#acceptedFence = condition.grant.fence;
      this.#isFenceUsed = true;
    } else if (committed.outcome === 'accepted' && committed.entry.fence > this.#newestFence)
      this.#mint(committed.entry.fence);
    assert.ok(made.version > this.#acceptedVersion, 'the stored version never goes back');
    this.#acceptedVersion = made.version;
    this.#newestVersion = Math.max(this.#newestVersion, made.version);
  }

  #mayCommit(condition: Condition): boolean {
    if (condition === 'always') return true;
    const fence = 'grant' in condition ? condition.grant.fence : condition.seenFence;
    return fence !== 0 && fence === this.#newestFence && !this.#isFenceUsed;
  }

  invalidated(fence: number) {
    this.#note('invalidation');
    assert.ok(fence > this.#newestFence, 'fences rise');
    this.#mint(fence);
    this.#invalidatedVersion = this.recomputes;
    this.#acceptedVersion = 0;
  }

  forgotten() {
    this.#note('the value is forgotten');
  }

  /** The store evicted the fence, and the version beside it. The value is still there. */
  fenceForgotten() {
    this.#note('the fence is forgotten');
    this.#mint(0);
    this.#newestVersion = 0;
  }

  /** Redis restarted, empty: nothing said of the life before binds what comes. */
  flushed() {
    this.#note('Redis is empty');
    this.#life += 1;
    this.#mint(0);
    this.#acceptedFence = 0;
    this.#newestVersion = 0;
    this.#acceptedVersion = 0;
    this.#answeredVersion = 0;
    this.#invalidatedVersion = 0;
  }

  /** A caller comes; what must hold of its answer is decided now. */
  asked(who: string): (answer: Promise<Answer<string>>) => Promise<void> {
    const [life, answered, invalidated] = [this.#life, this.#answeredVersion, this.#invalidatedVersion];
    return async (answer) => {
      try {
        const { entry, served } = await answer;
        this.#note(`${who} answers version ${entry.version} (${served}), asked for ${answered} or newer`);
        this.served.push(served);
        assert.equal(entry.value, `k@${entry.version}`);
        if (life !== this.#life || !this.#monotonic) return;
        assert.ok(entry.version >= answered, 'nobody gets an older value than was answered before they came');
        assert.ok(entry.version > invalidated, 'nobody gets a value invalidated before they came');
        if (isStored(entry)) this.#answeredVersion = Math.max(this.#answeredVersion, entry.version);
      } catch (error) {
        if (!(error instanceof DogpileError)) throw error;
        this.#note(`${who} answers ${error.name}`);
      }
    };
  }

  /** Throws what was found not to hold where nobody hears of it: in the background. */
  check() {
    if (this.#broken) throw this.#broken;
  }

  #holds(check: () => void) {
    try {
      check();
    } catch (error) {
      this.#broken ??= error as Error;
      throw error;
    }
  }

  #mint(fence: number) {
    this.#newestFence = fence;
    this.#isFenceUsed = false;
  }

  #note(event: string) {
    this.events.push(event);
  }
}
