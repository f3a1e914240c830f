import type { Board } from '../board.ts';
import { bars, timeSeries } from '../panels.ts';
import { CHOSEN, CHOSEN_RUNS, highest, overWindow, perSecond } from '../promql.ts';

const legend = '{{strategy}}';

/** What a counter rose by over the time range, for each strategy. */
const rise = (counter: string) => `sum by (strategy) (increase(${counter}[$__range]))`;

const REQUESTS = rise(`dogpile_requests_total{${CHOSEN}}`);

/** The share of a strategy's requests that ended in the given way, over the time range. */
const share = (outcome: string) =>
  `${rise(`dogpile_requests_total{outcome="${outcome}", ${CHOSEN}}`)} / ${REQUESTS}`;

/** The highest value of a recorded series over the time range, for each strategy. */
const worst = (series: string) => `max by (strategy) (max_over_time(${series}{${CHOSEN}}[$__range]))`;

export const strategies: Board = {
  uid: 'strategies',
  title: 'Strategies',
  description:
    'Every strategy that ran in the time range, side by side. Run them one after the other (make compare) and set the range to hold them all.',
  panels: [
    bars({
      title: 'Worst expiry',
      description: 'Recomputes of the worst expiry. What each strategy promises is on the right: in claims.',
      unit: 'short',
      span: 8,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: worst('run_strategy:dogpile_expiry_recomputes:latest'),
          legend,
        },
      ],
    }),
    bars({
      title: 'Worst expiry, in claims',
      description:
        'The same, divided by the most that the strategy claims (one per replica if it claims no bound). Red: above it.',
      unit: 'short',
      span: 8,
      limits: { bad: 1.001 },
      queries: [
        {
          expr: `${worst('run_strategy:dogpile_expiry_recomputes:latest')} / ${worst('run_strategy:dogpile_expiry_recomputes:claim')}`,
          legend,
        },
      ],
    }),
    bars({
      title: 'Most recomputes at once',
      description: 'What the origin had to bear at its worst moment.',
      unit: 'short',
      span: 8,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: worst('run_strategy:dogpile_origin_recomputes_in_flight:max'),
          legend,
        },
      ],
    }),
    bars({
      title: 'Latency, p99 of all',
      description:
        'As exact as the histogram’s buckets. Low for strategies that refresh early or serve stale values, so read it with the shares below.',
      unit: 's',
      span: 8,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (strategy, le) (increase(dogpile_request_duration_seconds_bucket{${CHOSEN}}[$__range])))`,
          legend,
        },
      ],
    }),
    bars({
      title: 'Share that waited',
      description:
        'Requests that waited for another’s recompute. Zero for a strategy under which nobody waits, and for one under which everybody recomputes.',
      unit: 'percentunit',
      span: 8,
      limits: {},
      lines: 'strategies',
      queries: [{ expr: share('waited'), legend }],
    }),
    bars({
      title: 'Share that recomputed',
      description:
        'Requests that waited for their own recompute: the whole herd if there is no cure, none if values are refreshed in the background.',
      unit: 'percentunit',
      span: 8,
      limits: {},
      lines: 'strategies',
      queries: [{ expr: share('recomputed'), legend }],
    }),
    bars({
      title: 'Share served stale',
      description:
        'Requests answered past the TTL. Zero unless the origin fails, or the strategy serves stale values by design.',
      unit: 'percentunit',
      span: 8,
      limits: { warn: 0.0001 },
      queries: [{ expr: share('stale'), legend }],
    }),
    bars({
      title: 'Share of errors',
      description: 'Zero while the origin answers, whatever the strategy.',
      unit: 'percentunit',
      span: 8,
      limits: { bad: 0.0001 },
      queries: [{ expr: share('error'), legend }],
    }),
    bars({
      title: 'Redis commands per request',
      description:
        'The price of the cure in Redis. Most strategies cost the same, since their hits do: one read, which requests of one replica share. A copy in the replica saves it.',
      unit: 'short',
      span: 8,
      limits: { warn: 1.2 },
      queries: [
        {
          expr: `${rise(`dogpile_store_commands_total{${CHOSEN}}`)} / ${REQUESTS}`,
          legend,
        },
      ],
    }),
    timeSeries({
      title: 'Origin recomputes a second',
      description: 'The spike of each strategy at its expiries, on one scale.',
      unit: 'cps',
      span: 12,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: highest(
            `sum by (strategy) (${CHOSEN_RUNS} * on (run) group_left () sum by (run) (${perSecond('dogpile_origin_recomputes_total')}))`,
          ),
          legend,
        },
      ],
    }),
    timeSeries({
      title: 'Latency, p99',
      description: 'Over three seconds. The teeth are the expiries.',
      unit: 's',
      span: 12,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: highest(
            `histogram_quantile(0.99, sum by (strategy, le) (${overWindow(`dogpile_request_duration_seconds_bucket{${CHOSEN}}`)}))`,
          ),
          legend,
        },
      ],
    }),
  ],
};
