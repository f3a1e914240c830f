/** Labels of the strategies and runs that the reader picked at the top of the board. Where nothing labels runs, all is one. */
export const CHOSEN = 'strategy=~"$strategy", run=~"$run"';

/** One for each run that has a chosen strategy. Series that know no strategy, such as the origin's, join it by run. */
export const CHOSEN_RUNS = `run_strategy:dogpile_running:info{${CHOSEN}}`;

/** Two scrapes, and one to spare. Shorter than the lab's cycle of 3.2 s, so that two expiries never share a window. */
const WINDOW = '3s';

/** Twice per scrape, so that a scrape that comes a little early or late cannot hide a rise between two of them. */
const RESOLUTION = '500ms';

/**
 * Takes the highest value of each step. Grafana's step grows with the time range: one look per step would skip the spikes
 * between the looks.
 */
export const highest = (expr: string): string => `max_over_time((${expr})[$__interval:${RESOLUTION}])`;

/** The rate between the last two scrapes. */
export const perSecond = (counter: string): string => `irate(${counter}[${WINDOW}])`;

/** The rate over the window: for histograms, where two scrapes see too few requests. */
export const overWindow = (counter: string): string => `rate(${counter}[${WINDOW}])`;

/**
 * Counts, for each bucket of a histogram, what came in the step: second by second, so that a step in which a run begins or
 * ends counts too. `increase` would extrapolate. The offset keeps the ends of two steps apart: Prometheus 2 counts a sample
 * at the very end of a window in both.
 */
export const counted = (histogram: string): string =>
  `sum_over_time((sum by (le) (clamp_min(${histogram} - ${histogram} offset 1s, 0)))[$__interval:1s] offset 1ms)`;
