import { hasQueued } from './queues.ts';
import type { Scene, SceneExpiry, SceneFault, SceneWrite } from './scene.ts';

/** Something that happened, in a sentence. */
export interface Moment {
  readonly atMs: number;
  readonly text: string;
  /** Whether the story needs it. The others are shown when somebody goes event by event. */
  readonly isTurn: boolean;
}

/** Lists what happened in a scene, in its order. */
export function momentsOf(scene: Scene): Moment[] {
  return [
    ...scene.expiries.flatMap((expiry) => ofExpiry(scene, expiry)),
    ...ofLeases(scene),
    ...ofCalls(scene),
    ...ofWaits(scene),
    ...ofWrites(scene),
    ...scene.faults.flatMap(ofFault),
  ]
    .filter(({ atMs }) => atMs >= scene.fromMs && atMs <= scene.untilMs)
    .sort((a, b) => a.atMs - b.atMs);
}

const turn = (atMs: number, text: string): Moment => ({ atMs, text, isTurn: true });
const event = (atMs: number, text: string): Moment => ({ atMs, text, isTurn: false });

/** Fences are long, and differ at their ends. */
export const fenceText = (fence: number): string => `…${`${fence}`.slice(-6)}`;

const nameOf = ({ members }: Scene, member: number): string => members[member] ?? 'somebody';

function ofExpiry(scene: Scene, { beganMs, filledMs, replaces, cause, recomputes }: SceneExpiry): Moment[] {
  const begins =
    cause === 'cold'
      ? 'The cache is empty.'
      : cause === 'expiry'
        ? scene.early
          ? `A refresh of version ${replaces} begins.`
          : `Version ${replaces} has expired.`
        : `Version ${replaces} has to be replaced: ${cause}.`;
  if (filledMs === undefined) return [turn(beganMs, begins)];
  const calls = `${recomputes} ${recomputes === 1 ? 'recompute' : 'recomputes'}`;
  const peak = peakWithin(scene, beganMs, filledMs);
  return [
    turn(beganMs, begins),
    ...(peak.count > 3
      ? [
          turn(
            peak.secondMs,
            'There is no new value yet, and nothing holds the others back: each request asks the origin too.',
          ),

          turn(
            peak.atMs,
            `The dogpile is at its highest: ${peak.count} recomputes of the same value at once.`,
          ),
        ]
      : []),
    turn(filledMs, `The new value is in the cache. It took ${calls}.`),
  ];
}

interface Peak {
  readonly atMs: number;
  readonly count: number;
  /** When there were two for the first time. */
  readonly secondMs: number;
}

/** When the most calls of an expiry were at the origin at once. */
function peakWithin({ calls }: Scene, fromMs: number, filledMs: number): Peak {
  const steps = calls
    .filter(({ arrivedMs }) => arrivedMs >= fromMs && arrivedMs <= filledMs)
    .flatMap(({ arrivedMs, endedMs = Number.POSITIVE_INFINITY }) => [
      { atMs: arrivedMs, step: 1 },
      { atMs: endedMs, step: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.step - b.step);
  let level = 0;
  let peak: Peak = { atMs: fromMs, count: 0, secondMs: fromMs };
  for (const { atMs, step } of steps) {
    level += step;
    if (level > peak.count) peak = { atMs, count: level, secondMs: level === 2 ? atMs : peak.secondMs };
  }
  return peak;
}

const ofLeases = (scene: Scene): Moment[] =>
  scene.leases.flatMap(({ member, fence, grantedMs, renewedMs, endedMs, end }) => {
    const name = nameOf(scene, member);
    const ends: Readonly<Record<string, string>> = {
      failed: `${name} gives the lease back: its recompute failed.`,
      lost: `${name} finds that it has lost the lease.`,
      'ran-out': `The lease of ${name} has run out.`,
    };
    const text = ends[end];
    return [
      turn(grantedMs, `${name} takes the lease under fence ${fenceText(fence)}. It alone may recompute.`),
      ...renewedMs.map((atMs) => event(atMs, `${name} renews the lease.`)),
      ...(text ? [turn(endedMs, text)] : []),
    ];
  });

const ofCalls = (scene: Scene): Moment[] =>
  scene.calls.flatMap((call) => {
    const { member, version, arrivedMs, beganMs, endedMs, ending } = call;
    const name = nameOf(scene, member);
    return [
      event(arrivedMs, `${name} asks the origin for version ${version}.`),
      ...(hasQueued(call) ? [event(beganMs, `Version ${version} for ${name} leaves the queue.`)] : []),
      ...(endedMs === undefined
        ? []
        : [
            event(
              endedMs,
              ending === 'ok'
                ? `The origin has made version ${version} for ${name}.`
                : `The origin's call for ${name} ends: ${ending}.`,
            ),
          ]),
    ];
  });

function ofWaits(scene: Scene): Moment[] {
  const waits = scene.waits.flatMap(({ member, fromMs, untilMs, outcome }) => [
    event(fromMs, `${nameOf(scene, member)} waits for the recompute of another replica.`),
    ...(untilMs !== undefined && outcome === 'timed-out'
      ? [event(untilMs, `${nameOf(scene, member)} has waited as long as it may, and looks again.`)]
      : []),
  ]);
  const heard = scene.wakeUps.map(({ member, atMs }) =>
    event(atMs, `${nameOf(scene, member)} hears of the new value and answers those who waited.`),
  );
  return [...waits, ...heard];
}

const ofWrites = (scene: Scene): Moment[] =>
  scene.writes.map((write) =>
    write.accepted
      ? event(write.atMs, `${nameOf(scene, write.member)} stores version ${write.version}.`)
      : turn(write.atMs, refusalOf(scene, write)),
  );

function refusalOf(scene: Scene, { member, version, fence, atMs }: SceneWrite): string {
  const newest = scene.leases
    .filter(({ grantedMs }) => grantedMs <= atMs)
    .reduce((most, lease) => Math.max(most, lease.fence), 0);
  const why = newest > fence ? `: its fence ${fenceText(fence)} is older than ${fenceText(newest)}` : '';
  return `The late write of ${nameOf(scene, member)} (version ${version}) bounces off the fence${why}.`;
}

const ofFault = ({ fault, victim, injectedMs, healedMs }: SceneFault): Moment[] => {
  const [struck, healed] = fault.startsWith('kill')
    ? [`${victim} is killed.`, `${victim} is started again.`]
    : fault.startsWith('pause')
      ? [
          `${victim} is frozen: it does nothing, and does not know it.`,
          `${victim} goes on as if no time had passed.`,
        ]
      : [`The fault ${fault} strikes ${victim}.`, `The fault ${fault} is over.`];
  return [
    ...(injectedMs === undefined ? [] : [turn(injectedMs, struck)]),
    ...(healedMs === undefined ? [] : [turn(healedMs, healed)]),
  ];
};
