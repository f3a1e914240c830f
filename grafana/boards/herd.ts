import type { Board } from '../board.ts';
import { COLORS } from '../colors.ts';
import { heatmap, timeSeries } from '../panels.ts';
import { CHOSEN, CHOSEN_RUNS, counted, highest, overWindow, perSecond } from '../promql.ts';

const LATENCIES = {
  hit: 'Hits stay at the bottom, expiry or not. If they rise at each TTL boundary, the herd takes the CPU from everybody.',
  early:
    'A request that recomputes before the expiry, or starts a refresh. Only strategies that refresh early have any.',
  stale: 'A stale answer waits for nobody: it should be as fast as a hit.',
  waited:
    'From nothing up to one recompute, at each TTL boundary. If it takes longer, a lease ran out, or the origin queues.',
  recomputed:
    'One recompute, and the queue at the origin. A few dots per expiry are what a cure allows; a dark column is the herd.',
  error: 'Empty. A slow error is a wait that ended in an error.',
};

const OUTCOMES = Object.keys(LATENCIES) as (keyof typeof LATENCIES)[];

export const herd: Board = {
  uid: 'herd',
  title: 'The herd',
  description: 'What an expiry does to the origin and to the requests that cross it.',
  panels: [
    timeSeries(
      {
        title: 'Origin recomputes a second, by replica',
        description:
          'A tall bar at each TTL boundary is the herd. Without a cure it is rate × recompute time high, from every replica. A cure within the replica leaves one per replica; a lease leaves one for all. In a wide range each bar is the highest second of its step.',
        unit: 'cps',
        span: 24,
        limits: {},
        lines: 'members',
        queries: [
          {
            expr: highest(
              `sum by (by) (${perSecond('dogpile_origin_recomputes_total')} and on (run) ${CHOSEN_RUNS})`,
            ),
            legend: '{{by}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Recomputes per expiry',
      description:
        'One step per expiry. The dashed line is what the strategy claims at most, or one per replica if it claims no bound. This is a count, not a rate: 1 means one.',
      unit: 'short',
      span: 12,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: highest(`max by (strategy) (run_strategy:dogpile_expiry_recomputes:latest{${CHOSEN}})`),
          legend: '{{strategy}}',
        },
        {
          expr: highest(`max by (strategy) (run_strategy:dogpile_expiry_recomputes:claim{${CHOSEN}})`),
          legend: 'bound for {{strategy}}',
          bound: true,
        },
      ],
    }),
    timeSeries({
      title: 'Recomputes at once, high-water',
      description:
        'The most that ran at the origin together in the last second or two. Beyond its capacity (0: no limit) recomputes queue, and everybody who waits for one waits for the queue too.',
      unit: 'short',
      span: 12,
      limits: {},
      lines: 'origin',
      queries: [
        {
          expr: highest(
            `max by (strategy) (run_strategy:dogpile_origin_recomputes_in_flight:max{${CHOSEN}})`,
          ),
          legend: '{{strategy}}',
        },
        {
          expr: highest(`max(dogpile_origin_recomputes_queued and on (run) ${CHOSEN_RUNS})`),
          legend: 'queued',
        },
        {
          expr: highest(`max(dogpile_origin_capacity and on (run) ${CHOSEN_RUNS})`),
          legend: 'capacity (0: no limit)',
          bound: true,
        },
      ],
    }),
    timeSeries(
      {
        title: 'Request outcomes',
        description:
          'Hits all along. What else you see at a TTL boundary tells the kind of strategy: some recompute, some wait, some are early, some take a stale value. Errors belong to none of them. In a wide range each bar is the highest second of its step, so that the sum may exceed the rate.',
        unit: 'reqps',
        span: 12,
        limits: {},
        lines: 'outcomes',
        queries: [
          {
            expr: highest(`sum by (outcome) (${perSecond(`dogpile_requests_total{${CHOSEN}}`)})`),
            legend: '{{outcome}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Served past the TTL',
      description:
        'How stale the stalest hundredth of the answers was. If the origin answers, only strategies that serve stale values by design rise above zero, for about a recompute. If it fails, values may be stale until the grace is over.',
      unit: 's',
      span: 12,
      limits: {},
      lines: 'strategies',
      queries: [
        {
          expr: highest(
            `histogram_quantile(0.99, sum by (strategy, le) (${overWindow(`dogpile_staleness_seconds_bucket{${CHOSEN}}`)}))`,
          ),
          legend: '{{strategy}}',
        },
      ],
    }),
    ...OUTCOMES.map((outcome) =>
      heatmap(
        {
          title: `Latency, ${outcome}`,
          description: LATENCIES[outcome],
          unit: 's',
          span: 8,
          limits: {},
          queries: [
            {
              expr: counted(`dogpile_request_duration_seconds_bucket{outcome="${outcome}", ${CHOSEN}}`),
              legend: '{{le}}',
            },
          ],
        },
        COLORS.outcomes[outcome],
      ),
    ),
  ],
};
