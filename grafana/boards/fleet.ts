import type { Board } from '../board.ts';
import { states, timeSeries } from '../panels.ts';

export const fleet: Board = {
  uid: 'fleet',
  title: 'The fleet',
  description: 'What the replicas cost, and whether they have what they need.',
  panels: [
    timeSeries({
      title: 'Event loop, p99 delay',
      description:
        'A few milliseconds. What delays the loop delays every answer and every wake-up; look at it before you blame Redis.',
      unit: 's',
      span: 12,
      limits: { warn: 0.05, bad: 0.2 },
      queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job="app"}', legend: '{{replica}}' }],
    }),
    timeSeries({
      title: 'CPU',
      description:
        'Of one core. A replica at 1 queues its requests; its latencies say nothing of the strategy then.',
      unit: 'percentunit',
      span: 12,
      limits: { warn: 0.7, bad: 0.95 },
      queries: [
        {
          expr: 'sum by (replica) (rate(process_cpu_seconds_total{job="app"}[$__rate_interval]))',
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries({
      title: 'Memory',
      description: 'Resident. Level once warm; a slope is a leak, such as waits that never end.',
      unit: 'bytes',
      span: 12,
      limits: {},
      queries: [{ expr: 'process_resident_memory_bytes{job="app"}', legend: '{{replica}}' }],
    }),
    timeSeries(
      {
        title: 'Requests, by replica',
        description: 'Even. A replica that falls behind the others is slow, degraded or draining.',
        unit: 'reqps',
        span: 12,
        limits: {},
        queries: [
          {
            expr: 'sum by (replica) (rate(dogpile_requests_total[$__rate_interval]))',
            legend: '{{replica}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Redis commands per request',
      description:
        'At most about 1, and falling as the load rises, since requests of one replica share their reads. Above 1: waiters poll, or commands are repeated.',
      unit: 'short',
      span: 12,
      limits: { warn: 1.2 },
      queries: [{ expr: 'strategy:dogpile_store_commands_per_request:ratio5s', legend: '{{strategy}}' }],
    }),
    timeSeries(
      {
        title: 'Redis commands, by command',
        description:
          'Nearly all are reads. Acquires and commits come at TTL boundaries, renewals only under slow recomputes.',
        unit: 'ops',
        span: 12,
        limits: {},
        queries: [
          {
            expr: 'sum by (command) (rate(dogpile_store_commands_total[$__rate_interval]))',
            legend: '{{command}}',
          },
        ],
      },
      'stacked',
    ),
    states(
      {
        title: 'Up',
        description:
          'The replicas that Prometheus finds, and whether they answer it. A gap is a replica that is gone; down is one that hangs.',
        unit: 'none',
        span: 12,
        limits: {},
        queries: [{ expr: 'up{job="app"}', legend: '{{instance}}' }],
      },
      { 0: ['down', 'red'], 1: ['up', 'green'] },
    ),
    states(
      {
        title: 'Degraded mode',
        description:
          'Red while a replica serves without Redis: each recomputes for itself then, a few keys at once, and stores nothing.',
        unit: 'none',
        span: 12,
        limits: {},
        queries: [{ expr: 'dogpile_degraded_mode', legend: '{{replica}}' }],
      },
      { 0: ['with its store', 'green'], 1: ['degraded', 'red'] },
    ),
    timeSeries({
      title: 'Redis commands without an answer',
      description:
        'Zero. Each took the command’s time-out to fail; then the replica leaves Redis alone for a while.',
      unit: 'ops',
      span: 12,
      limits: { bad: 0.001 },
      queries: [
        {
          expr: 'sum by (replica) (rate(dogpile_store_errors_total[$__rate_interval]))',
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries({
      title: 'Answers made without Redis',
      description: 'Zero. What the degraded mode served; nobody else knows of these values.',
      unit: 'reqps',
      span: 12,
      limits: { warn: 0.001 },
      queries: [
        {
          expr: 'sum by (replica) (rate(dogpile_degraded_answers_total[$__rate_interval]))',
          legend: '{{replica}}',
        },
      ],
    }),
  ],
};
