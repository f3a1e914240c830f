import type { Scraped } from '../../cluster/targets/targets.ts';
import { prometheusAt } from '../../prometheus/api.ts';
import type { Mark } from '../../record/marks.ts';
import { until } from '../../services/shared/until.ts';
import { boardsThatRun } from './boards.ts';

/** Prometheus looks for new targets every 5 s, takes them over and scrapes them within two more; a busy machine needs longer. */
const FOUND_WITHIN_MS = 30_000;
/** Several scrapes. */
const MARKED_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 2000;

/** What a run waits for so that the boards show all of it. Each wait is bounded, and no run fails by it. */
export interface Scraping {
  /** Waits until Prometheus scrapes every member of the run. */
  found(run: string, cluster: Scraped): Promise<void>;
  /** Waits until a mark of the run has been scraped. */
  marked(run: string, mark: Mark | undefined): Promise<void>;
}

const NO_BOARDS: Scraping = { found: async () => {}, marked: async () => {} };

/** Gives what to wait for if boards are up; else the waits are over at once. */
export async function scrapingOf(signal: AbortSignal, onPhase: (phase: string) => void): Promise<Scraping> {
  const boards = await boardsThatRun();
  if (!boards) return NO_BOARDS;
  const ask = async (expr: string): Promise<number> => {
    const answers = prometheusAt(boards.prometheus.url, AbortSignal.timeout(ANSWER_WITHIN_MS));
    const [series] = await answers.at(expr, Date.now() / 1000).catch(() => []);
    return series?.points[0]?.[1] ?? 0;
  };
  const wait = async (what: string, withinMs: number, look: () => Promise<boolean>) => {
    await until(what, look, { withinMs, everyMs: LOOK_EVERY_MS, signal }).catch(() => {
      signal.throwIfAborted();
      onPhase(`the boards miss ${what}`);
    });
  };
  return {
    found: (run, { replicas, refreshers }) =>
      wait('the beginning of this run', FOUND_WITHIN_MS, async () => {
        const members = replicas.length + refreshers.length + 1;
        return (await ask(`sum(up{run="${run}"})`)) >= members;
      }),
    async marked(run, mark) {
      if (!mark) return;
      const { kind, name, at } = mark;
      const series = `dogpile_lab_mark_timestamp_seconds{run="${run}", kind="${kind}", name="${name}"}`;
      // The series is in seconds, and as exact as the mark.
      await wait(`the mark ${kind}`, MARKED_WITHIN_MS, async () => (await ask(series)) * 1000 >= at - 1);
    },
  };
}
