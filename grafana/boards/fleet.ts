import type { Board } from '../board.ts';
import { states, timeSeries } from '../panels.ts';
import { CHOSEN, highest, perSecond } from '../promql.ts';

/** A metric that each replica has from its start, by the replica's name. */
const ANSWERS = `dogpile_degraded_mode{job="app", ${CHOSEN}}`;

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
      lines: 'members',
      queries: [
        {
          expr: highest(`max by (replica) (nodejs_eventloop_lag_p99_seconds{job="app", ${CHOSEN}})`),
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries({
      title: 'CPU',
      description:
        'Of one core. A replica that needs a whole core queues its requests: its latencies then say nothing of the strategy.',
      unit: 'percentunit',
      span: 12,
      limits: { warn: 0.7, bad: 0.95 },
      lines: 'members',
      queries: [
        {
          expr: highest(`sum by (replica) (${perSecond(`process_cpu_seconds_total{job="app", ${CHOSEN}}`)})`),
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries({
      title: 'Memory',
      description: 'Resident memory. Level once warm; a slope is a leak, such as waits that never end.',
      unit: 'bytes',
      span: 12,
      limits: {},
      lines: 'members',
      queries: [
        {
          expr: highest(`max by (replica) (process_resident_memory_bytes{job="app", ${CHOSEN}})`),
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries(
      {
        title: 'Requests, by replica',
        description: 'Even. A replica that falls behind the others is slow, degraded or draining.',
        unit: 'reqps',
        span: 12,
        limits: {},
        lines: 'members',
        queries: [
          {
            expr: highest(`sum by (replica) (${perSecond(`dogpile_requests_total{${CHOSEN}}`)})`),
            legend: '{{replica}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Redis commands per request',
      description:
        'At most about 1. It falls as the load rises, since requests of one replica share their reads, or find a copy in the replica. Above 1, commands are repeated.',
      unit: 'short',
      span: 12,
      limits: { warn: 1.2 },
      lines: 'strategies',
      queries: [
        {
          expr: highest(
            `max by (strategy) (run_strategy:dogpile_store_commands_per_request:ratio3s{${CHOSEN}})`,
          ),
          legend: '{{strategy}}',
        },
      ],
    }),
    timeSeries(
      {
        title: 'Redis commands, by command',
        description:
          'Mostly reads. What else a strategy needs comes at expiries; renewals come only if recomputes are slow.',
        unit: 'ops',
        span: 12,
        limits: {},
        lines: 'commands',
        queries: [
          {
            expr: highest(`sum by (command) (${perSecond(`dogpile_store_commands_total{${CHOSEN}}`)})`),
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
          'Whether each replica answers Prometheus. It is down for a minute after its last answer; then it leaves a gap.',
        unit: 'none',
        span: 12,
        limits: {},
        queries: [
          {
            expr: `group by (replica) (${ANSWERS}) or group by (replica) (last_over_time(${ANSWERS}[1m])) - 1`,
            legend: '{{replica}}',
          },
        ],
      },
      { 0: ['down', 'red'], 1: ['up', 'green'] },
    ),
    states(
      {
        title: 'Degraded mode',
        description:
          'Red while a replica serves without Redis. It then recomputes for itself, a few keys at once, and stores nothing.',
        unit: 'none',
        span: 12,
        limits: {},
        queries: [
          { expr: highest(`max by (replica) (dogpile_degraded_mode{${CHOSEN}})`), legend: '{{replica}}' },
        ],
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
      lines: 'members',
      queries: [
        {
          expr: highest(`sum by (replica) (${perSecond(`dogpile_store_errors_total{${CHOSEN}}`)})`),
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
      lines: 'members',
      queries: [
        {
          expr: highest(`sum by (replica) (${perSecond(`dogpile_degraded_answers_total{${CHOSEN}}`)})`),
          legend: '{{replica}}',
        },
      ],
    }),
  ],
};
