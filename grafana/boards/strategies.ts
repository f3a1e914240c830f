import type { Board } from '../board.ts';
import { bars, timeSeries } from '../panels.ts';

const legend = '{{strategy}}';

/** The share of a strategy's requests that ended in the given way, over the time range. */
const share = (outcome: string) =>
  `sum by (strategy) (increase(dogpile_requests_total{outcome="${outcome}"}[$__range])) / sum by (strategy) (increase(dogpile_requests_total[$__range]))`;

export const strategies: Board = {
  uid: 'strategies',
  title: 'Strategies',
  description:
    'Every strategy that ran in the time range, side by side. Run them one after the other (make compare) and set the range to hold them all.',
  panels: [
    bars({
      title: 'Worst expiry',
      description:
        'Recomputes of the worst expiry. none: rate × recompute time; single-flight: one a replica; lock: 1.',
      unit: 'short',
      span: 8,
      limits: {},
      queries: [
        {
          expr: 'max by (strategy) (max_over_time(strategy:dogpile_expiry_recomputes:latest[$__range]))',
          legend,
        },
      ],
    }),
    bars({
      title: 'Worst expiry, in claims',
      description:
        'The same over what the strategy claims at most (one a replica where it claims no bound). Red: above it.',
      unit: 'short',
      span: 8,
      limits: { bad: 1.001 },
      queries: [
        {
          expr: 'max by (strategy) (max_over_time(strategy:dogpile_expiry_recomputes:latest[$__range])) / max by (strategy) (max_over_time(strategy:dogpile_expiry_recomputes:claim[$__range]))',
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
      queries: [
        {
          expr: 'max by (strategy) (max_over_time(strategy:dogpile_origin_recomputes_in_flight:max[$__range]))',
          legend,
        },
      ],
    }),
    bars({
      title: 'Latency, p99 of all',
      description:
        'To the bucket’s width. Low for strategies that refresh early. Beware: one that sheds or serves stale looks good here, so read it with the shares below.',
      unit: 's',
      span: 8,
      limits: {},
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (strategy, le) (increase(dogpile_request_duration_seconds_bucket[$__range])))',
          legend,
        },
      ],
    }),
    bars({
      title: 'Share that waited',
      description: 'Who waited for another’s recompute. Zero where values are refreshed in the background.',
      unit: 'percentunit',
      span: 8,
      limits: {},
      queries: [{ expr: share('waited'), legend }],
    }),
    bars({
      title: 'Share that recomputed',
      description: 'Who paid for a recompute. At its highest for none: the whole herd.',
      unit: 'percentunit',
      span: 8,
      limits: {},
      queries: [{ expr: share('recomputed'), legend }],
    }),
    bars({
      title: 'Share served stale',
      description: 'Past the TTL. Zero but for a failing origin, or a strategy that claims it.',
      unit: 'percentunit',
      span: 8,
      limits: { warn: 0.0001 },
      queries: [{ expr: share('stale'), legend }],
    }),
    bars({
      title: 'Share of errors',
      description: 'Zero, whatever the strategy, while the origin answers.',
      unit: 'percentunit',
      span: 8,
      limits: { bad: 0.0001 },
      queries: [{ expr: share('error'), legend }],
    }),
    bars({
      title: 'Redis commands per request',
      description: 'The price of the cure in Redis. About the same for all: the hit path is the same.',
      unit: 'short',
      span: 8,
      limits: { warn: 1.2 },
      queries: [
        {
          expr: 'sum by (strategy) (increase(dogpile_store_commands_total[$__range])) / sum by (strategy) (increase(dogpile_requests_total[$__range]))',
          legend,
        },
      ],
    }),
    timeSeries({
      title: 'Origin recomputes a second',
      description: 'The spike of each strategy at its TTL boundaries, on one scale.',
      unit: 'cps',
      span: 12,
      limits: {},
      queries: [{ expr: 'strategy:dogpile_origin_recomputes:irate', legend }],
    }),
    timeSeries({
      title: 'Latency, p99',
      description: 'Over five seconds. The teeth are the expiries.',
      unit: 's',
      span: 12,
      limits: {},
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (strategy, le) (rate(dogpile_request_duration_seconds_bucket[5s])))',
          legend,
        },
      ],
    }),
  ],
};
