import type { Board } from '../board.ts';
import { heatmap, stat, timeSeries } from '../panels.ts';

const LATENCIES = {
  hit: 'Hits stay at the bottom, expiry or not. A band that rises at each TTL boundary is the herd taking the CPU from everybody.',
  early: 'Whoever recomputes before the expiry pays for it alone; nothing else may be slow with it.',
  stale: 'A stale answer comes from the store and is as fast as a hit.',
  waited:
    'From nothing up to one recompute, at each TTL boundary. Higher: a lease ran out, or the origin queues.',
  recomputed: 'One recompute high. With one dot an expiry the cure works; a dark column is the dogpile.',
  error: 'Empty. Slow errors are waits that were in vain.',
};

export const herd: Board = {
  uid: 'herd',
  title: 'The herd',
  description: 'What an expiry does to the origin and to the requests that cross it.',
  panels: [
    timeSeries(
      {
        title: 'Origin recomputes a second, by replica',
        description:
          'The spike at the TTL boundary. Without a cure it is rate × recompute time high, from every replica; with single-flight one a replica; with a lock one. Between two scrapes, so that a spike stays one.',
        unit: 'cps',
        span: 18,
        limits: {},
        queries: [
          {
            expr: 'sum by (by) (irate(dogpile_origin_recomputes_total[$__rate_interval]))',
            legend: '{{by}}',
          },
        ],
      },
      'stacked',
    ),
    stat({
      title: 'Last expiry, in claims',
      description:
        'Recomputes of the last expiry over what the strategy claims at most. Above 1 the dogpile is under way, and the alert fires.',
      unit: 'short',
      span: 6,
      limits: { bad: 1.001 },
      queries: [
        {
          expr: 'strategy:dogpile_expiry_recomputes:latest / on (strategy) strategy:dogpile_expiry_recomputes:claim',
          legend: '{{strategy}}',
        },
      ],
    }),
    timeSeries({
      title: 'Recomputes per expiry',
      description:
        'A step for each expiry; the dashed line is the strategy’s claim, or one a replica where it claims no bound. A count, not a rate: 1 means one.',
      unit: 'short',
      span: 12,
      limits: {},
      queries: [
        { expr: 'strategy:dogpile_expiry_recomputes:latest', legend: '{{strategy}}' },
        {
          expr: 'strategy:dogpile_expiry_recomputes:claim',
          legend: 'bound for {{strategy}}',
          bound: true,
        },
      ],
    }),
    timeSeries({
      title: 'Recomputes at once, high-water',
      description:
        'The most that ran at the origin together in the last second or two. At its capacity (0: no limit) the rest queues, and every waiter waits for the queue.',
      unit: 'short',
      span: 12,
      limits: {},
      queries: [
        { expr: 'strategy:dogpile_origin_recomputes_in_flight:max', legend: '{{strategy}}' },
        { expr: 'max(dogpile_origin_recomputes_queued)', legend: 'queued' },
        { expr: 'max(dogpile_origin_capacity)', legend: 'capacity (0: no limit)', bound: true },
      ],
    }),
    timeSeries(
      {
        title: 'Request outcomes',
        description:
          'Hits all along; at a TTL boundary the rest tells the strategy: recomputed (none), waited (single-flight, lock), early (xfetch), stale (a failing origin). Errors are none of a cure’s outcomes.',
        unit: 'reqps',
        span: 12,
        limits: {},
        queries: [
          {
            expr: 'sum by (outcome) (rate(dogpile_requests_total[$__rate_interval]))',
            legend: '{{outcome}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Served past the TTL',
      description:
        'How stale the stalest hundredth of the answers was. Zero for every strategy here while the origin answers; up to the grace while it fails.',
      unit: 's',
      span: 12,
      limits: { warn: 0.001 },
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (strategy, le) (rate(dogpile_staleness_seconds_bucket[$__rate_interval])))',
          legend: '{{strategy}} p99',
        },
      ],
    }),
    ...Object.entries(LATENCIES).map(([outcome, description]) =>
      heatmap({
        title: `Latency, ${outcome}`,
        description,
        unit: 's',
        span: 8,
        limits: {},
        queries: [
          {
            expr: `sum by (le) (increase(dogpile_request_duration_seconds_bucket{outcome="${outcome}"}[$__rate_interval]))`,
            legend: '{{le}}',
          },
        ],
      }),
    ),
  ],
};
