import { verdictOf } from '../../judge/verdict.ts';
import type { BatchOf, FaultRow } from '../../record/batch/batch.ts';
import { YOURS } from '../../record/foreign/foreign.ts';
import { hitIn, wantingIn } from '../fault-matrix.ts';
import { counted, failuresIn, type Story } from './story.ts';

/** Tells what `make faults` showed. */
export function faultsStory({ rows, claim }: BatchOf<'faults'>): Story {
  const groups = [...Map.groupBy(rows, titleOf).values()];
  const cases = groups.map((group) => ({
    name: titleOf(group[0] as FaultRow),
    verdict: verdictOf(group.map(({ run }) => run)),
    detail: [countsOf(group), failuresIn(worstOf(group).run)].filter(Boolean).join('; '),
  }));
  const strategies = [...new Set(rows.map(({ run }) => run.strategy))];
  const answered = cases.filter(({ verdict }) => verdict === 'pass').length;
  const words = strategies.includes(YOURS) ? wordsForOwn(claim) : wordsFor(strategies);
  const ways = `${words.broken} was broken in ${counted(cases.length, 'way')}`;
  return {
    headline:
      words.measured !== undefined
        ? `${ways}; ${words.measured}`
        : answered === cases.length
          ? `${ways}, and each time it kept what it promises`
          : `${ways}; in ${answered} of them it kept what it promises`,
    about:
      'Several replicas of a service share a cached value that is slow to recompute. In each run something breaks while the value is ' +
      'recomputed: a process is killed or frozen, the network is cut, Redis or the slow service behind the cache fails. ' +
      words.judged,
    cases,
    whenPassed: words.whenPassed,
    figures: [],
    table: {
      title: words.title,
      isWordy: true,
      caption: words.caption,
      titles: ['Fault', 'Result', 'What was seen', 'What answers it', 'Runs'],
      rows: groups.map((group) => {
        const { summary, guard, expected, run } = worstOf(group);
        const wanting = wantingIn(run).map(({ name, verdict, detail }) => `${verdict}: ${name}: ${detail}`);
        return [
          titleOf(group[0] as FaultRow),
          { verdict: run.verdict },
          [`${summary}.`, hitIn(run), ...wanting, countsOf(group)].filter(Boolean).join('\n'),
          [guard ?? 'Not visible from outside', ...(expected === null ? [] : [`Expected: ${expected}`])].join(
            '\n',
          ),
          { runs: group.map((row) => row.run) },
        ];
      }),
    },
    notes: [words.note],
  };
}

interface Words {
  /** What was broken. */
  readonly broken: string;
  /** Says that no fault is promised to be survived. */
  readonly measured?: string;
  readonly judged: string;
  readonly whenPassed: string;
  readonly title: string;
  readonly caption: string;
  readonly note: string;
}

const wordsFor = (strategies: readonly string[]): Words => ({
  broken: 'The cluster',
  judged: `The run is judged by what the strategy (${strategies.join(', ')}) promises, and by whether the fault really hit.`,
  whenPassed: 'Each fault hit, and was answered as it should be.',
  title: 'What broke, and what answered it',
  caption: 'Each fault, at each point of the lock holder’s work where it can strike',
  note: 'A fault at a point strikes the replica that holds the lock: while it recomputes, before or after its write, and so on.',
});

/** Gives the words for a user's own service. It promises to survive all of the faults that were run, or none. */
function wordsForOwn(claim: string | null): Words {
  const own = {
    broken: 'Your service',
    title: 'What broke, and what followed',
    caption: 'Each fault, as far as it can be seen from outside',
    note: 'A fault that strikes a process strikes a replica that recomputes the value. Nobody sees from outside what answers a fault.',
  };
  if (/(^|\s)survives=/.test(claim ?? ''))
    return {
      ...own,
      judged: `The run is judged by what your service promises (${claim}), and by whether the fault really hit.`,
      whenPassed: 'Each fault hit, and your service survived it as it promises.',
    };
  return {
    ...own,
    measured: 'it promises to survive none of them, so what followed was measured',
    judged: `Your service promises ${claim ?? 'nothing'}. It does not promise to survive a fault, so what a fault did is measured and not judged.`,
    whenPassed:
      'Each fault hit, and what followed was measured. A pass does not say that your service survived. Each row says what was seen.',
  };
}

const titleOf = ({ fault, point }: FaultRow): string => (point === null ? fault : `${fault} at ${point}`);

/** Says how many of several runs passed. */
const countsOf = (group: readonly FaultRow[]): string =>
  group.length === 1
    ? ''
    : `${group.filter(({ run }) => run.verdict === 'pass').length} of ${group.length} runs passed`;

/** Gives a run that failed, else one that is unknown, else the first. */
function worstOf(group: readonly FaultRow[]): FaultRow {
  const verdict = verdictOf(group.map(({ run }) => run));
  return (group.find(({ run }) => run.verdict === verdict) ?? group[0]) as FaultRow;
}
