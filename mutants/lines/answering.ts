import { BRIEFLY, UNDER_A_FAULT } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

const SERVER = 'services/app/server.ts';
const OBSERVED = 'assembly/observed.ts';
const COMMITTED = 'fence: fenceOf(write, committed), outcome, atStoreMs';

/** Replicas that answer wrongly, and records that do not say what was done. */
export const answering: readonly LineMutant[] = [
  {
    name: 'older-answer',
    difference: 'that answers the value before last, now and then',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['monotonic reads'],
    quick: true,
    lines: [
      {
        file: SERVER,
        find: 'const answer = await strategy.get(key, request.signal);',
        replace: `const newest = await strategy.get(key, request.signal);
        const seen: any = ((globalThis as any).seen ??= {});
        seen[key] ??= [];
        if (seen[key].at(-1)?.entry.version !== newest.entry.version) seen[key].push(newest);
        const answer = Math.random() < 0.01 ? (seen[key].at(-3) ?? newest) : newest;`,
      },
    ],
  },
  {
    name: 'false-label',
    difference: 'that calls every answer a hit',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['labels agree with the clock'],
    quick: true,
    lines: [
      {
        file: SERVER,
        find: 'const { entry, served } = answer;',
        replace: "const { entry } = answer;\n        const served = 'hit';",
      },
    ],
  },
  {
    name: 'needless-degrading',
    difference: 'that serves a request without Redis, now and then',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['served from the store'],
    quick: true,
    lines: [
      {
        file: 'strategies/shared/degraded.ts',
        find: 'if (await ',
        replace: 'if (Math.random() > 0.005 && await ',
      },
    ],
  },
  {
    name: 'degraded-herd',
    difference: 'whose callers share no recompute while Redis is down',
    strategy: 'lock',
    fault: 'redis-down',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'every request accounted for'],
    lines: [
      {
        file: 'strategies/shared/degraded.ts',
        find: 'collapsed(await flight.join(key, () => recompute(key), signal))',
        replace: 'recompute(key)',
      },
    ],
  },
  {
    name: 'kept-degraded',
    difference: 'whose replicas make one copy while Redis is down and keep answering it',
    strategy: 'lock',
    fault: 'redis-down',
    presets: UNDER_A_FAULT,
    mustFail: [],
    mayDoubt: ['every answer explained'],
    lines: [
      {
        file: 'strategies/shared/degraded.ts',
        find: 'collapsed(await flight.join(key, () => recompute(key), signal))',
        replace:
          '((globalThis as any).copies ??= {})[key] ??= collapsed(await flight.join(key, () => recompute(key), signal))',
      },
    ],
  },
  {
    name: 'false-time',
    difference: 'that calls every answer a hit and says that it took no time',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['labels agree with the clock'],
    lines: [
      {
        file: SERVER,
        find: 'const { entry, served } = answer;',
        replace: "const { entry } = answer;\n        const served = 'hit';",
      },
      {
        file: SERVER,
        find: 'tookMs: Math.round((performance.now() - request.arrivedAt) * 1000) / 1000,',
        replace: 'tookMs: 0,',
      },
    ],
  },
  {
    name: 'value-not-stored',
    difference: 'that keeps a recomputed value from the store, now and then',
    strategy: 'none',
    presets: BRIEFLY,
    mustFail: [],
    mayDoubt: ['every answer explained'],
    lines: [
      {
        file: 'strategies/none.ts',
        find: "(await store(cache, key, made, 'always'))",
        replace:
          "(Math.random() < 0.2 ? { ...made, fence: 0, softTtlMs: 1, hardTtlMs: 1 } : await store(cache, key, made, 'always'))",
      },
    ],
  },
  {
    name: 'hidden-commit',
    difference: 'that records every fourth commit as refused, though it was accepted',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: [],
    mayDoubt: ['every answer explained'],
    quick: true,
    lines: [
      {
        file: OBSERVED,
        find: COMMITTED,
        replace: COMMITTED.replace('outcome', "outcome: write.version % 4 === 0 ? 'fenced' : outcome"),
      },
    ],
  },
  {
    name: 'lost-record',
    difference: 'that does not record what became of every other commit',
    strategy: 'none',
    presets: BRIEFLY,
    mustFail: [],
    mayDoubt: ['every operation settled'],
    lines: [
      {
        file: OBSERVED,
        find: "observer({ saw: 'committed',",
        replace: "if (write.version % 2 > 0) observer({ saw: 'committed',",
      },
    ],
  },
  {
    name: 'error-as-answer',
    difference: 'that answers 200 without a value while another holds the lease',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: [],
    mayDoubt: ['evidence intact'],
    lines: [
      {
        file: 'strategies/lock.ts',
        find: "case 'held': {",
        replace:
          "case 'held': {\n          throw new Contended('it is being recomputed; try again', { key });",
      },
      {
        file: SERVER,
        find: 'reply.code(status).send(body)',
        replace: 'reply.code(200).send(body)',
      },
    ],
  },
  {
    name: 'claimed-commit',
    difference: 'that records a refused commit as accepted',
    strategy: 'lock',
    fault: 'pause-holder',
    presets: UNDER_A_FAULT,
    mustFail: ['fencing order'],
    lines: [
      { file: OBSERVED, find: COMMITTED, replace: COMMITTED.replace('outcome', "outcome: 'accepted'") },
    ],
  },
  {
    name: 'nothing-for-proxies',
    difference: 'behind Squid, with replicas that forbid caches to store anything',
    strategy: 'lock',
    presets: { ...BRIEFLY, PROXY: 'squid' },
    mustFail: ['requests forwarded'],
    lines: [
      {
        file: 'services/app/caching-headers.ts',
        find: "if (headers === 'no-store') return 'no-store';",
        replace: "return 'no-store';",
      },
    ],
  },
];
