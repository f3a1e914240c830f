import { verdictOf } from '../../judge/verdict.ts';
import type { BatchOf, FaultRow } from '../../record/batch/batch.ts';
import { hitIn, wantingIn } from '../fault-matrix.ts';
import { counted, failuresIn, type Story } from './story.ts';

/** Tells what `make faults` showed. */
export function faultsStory({ rows }: BatchOf<'faults'>): Story {
  const groups = [...Map.groupBy(rows, titleOf).values()];
  const cases = groups.map((group) => ({
    name: titleOf(group[0] as FaultRow),
    verdict: verdictOf(group.map(({ run }) => run)),
    detail: [countsOf(group), failuresIn(worstOf(group).run)].filter(Boolean).join('; '),
  }));
  const strategies = [...new Set(rows.map(({ run }) => run.strategy))];
  const answered = cases.filter(({ verdict }) => verdict === 'pass').length;
  return {
    headline:
      answered === cases.length
        ? `The cluster was broken in ${counted(cases.length, 'way')}, and each time it kept what it promises`
        : `The cluster was broken in ${counted(cases.length, 'way')}; in ${answered} of them it kept what it promises`,
    about:
      'Several replicas of a service share a cached value that is slow to recompute. In each run something breaks while the value is ' +
      'recomputed: a process is killed or frozen, the network is cut, Redis or the slow service behind the cache fails. The run is judged by ' +
      `what the strategy (${strategies.join(', ')}) promises, and by whether the fault really hit.`,
    cases,
    whenPassed: 'Each fault hit, and was answered as it should be.',
    figures: [],
    table: {
      title: 'What broke, and what answered it',
      isWordy: true,
      caption: 'Each fault, at each point of the lock holder’s work where it can strike',
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
    notes: [
      'A fault at a point strikes the replica that holds the lock: while it recomputes, before or after its write, and so on.',
    ],
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
