import { outcomeOf } from '../ask.ts';
import { notMet, ok, type Part } from '../part.ts';
import { FIRST } from '../stage.ts';
import { serves } from './starting.ts';

export const carriesVersion: Part = {
  name: 'its answer has a version',
  needs: [serves],
  async check(stage) {
    const asked = await stage.ask(FIRST, 'check-version');
    const { versionAt } = stage.settings;
    if (asked.status !== 200) return notMet(outcomeOf(asked), 'answer every key with 200');
    if (asked.version !== undefined) return ok(`version ${asked.version}, at ${versionAt}`);
    return notMet(
      `no whole number at ${versionAt}`,
      "answer with the origin's body as it came, or say with VERSION_AT where its version is",
    );
  },
};

export const recomputesAsItself: Part = {
  name: 'it recomputes at the origin',
  needs: [serves],
  async check(stage) {
    const key = 'check-recompute';
    await stage.ask(FIRST, key);
    const [begun] = stage.recomputesOf(key);
    const call = 'call GET $ORIGIN_URL/recompute/KEY?by=$NAME';
    if (!begun) return notMet(`a request for the key ${key} reached no recompute`, `to recompute, ${call}`);
    if (begun.by === FIRST) return ok(`by=${begun.by}`);
    return notMet(`it recomputed as ${begun.by}, and its NAME is ${FIRST}`, call);
  },
};

export const passesVersion: Part = {
  name: "the version is the origin's",
  needs: [carriesVersion, recomputesAsItself],
  async check(stage) {
    const key = 'check-origin';
    await stage.advance(key);
    const { version } = await stage.ask(FIRST, key);
    const made = stage.recomputesOf(key).map((begun) => begun.version);
    if (version !== undefined && made.includes(version)) return ok(`version ${version}, as the origin said`);
    return notMet(
      `it answered version ${version ?? 'none'}, and the origin gave it ${made.join(', ') || 'none'}`,
      'pass on the version of the recompute',
    );
  },
};

export const passesErrors: Part = {
  name: 'an error is no 200',
  needs: [serves],
  async check(stage) {
    await stage.tellOrigin({ errorRate: 1 });
    try {
      // Nobody has a value of this key, fresh or stale.
      const asked = await stage.ask(FIRST, 'check-error');
      if (asked.status === undefined)
        return notMet(
          `the origin failed: ${outcomeOf(asked)}`,
          'answer with an error status, such as 502, soon',
        );
      if (asked.status !== 200) return ok(`the origin failed, and it answered ${asked.status}`);
      return notMet(
        'the origin failed, there was no older value, and it answered 200',
        'answer with an error status, such as 502',
      );
    } finally {
      await stage.tellOrigin({ errorRate: 0 });
    }
  },
};
