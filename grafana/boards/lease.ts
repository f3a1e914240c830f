import type { Board } from '../board.ts';
import { heatmap, states, timeSeries } from '../panels.ts';
import { CHOSEN, counted, highest, perSecond } from '../promql.ts';

const FENCE = `dogpile_newest_fence{${CHOSEN}}`;
const HOLD = `dogpile_lease_hold_seconds{${CHOSEN}}`;

export const lease: Board = {
  uid: 'lease',
  title: 'The lease',
  description:
    'Who may recompute, whether it was taken from somebody, and how soon the others hear. A strategy that takes no lease leaves most of it empty.',
  panels: [
    states(
      {
        title: 'Who holds it',
        description:
          'The replica with the newest grant; brighter while it holds the lease. The grant may change hands once per expiry. Two changes in one expiry are a take-over.',
        unit: 'none',
        span: 24,
        limits: {},
        queries: [
          {
            expr: highest(
              `max by (replica) ((${FENCE} == bool on (run, strategy) group_left () max by (run, strategy) (${FENCE})) * (${FENCE} > bool 0) + (${HOLD} > bool 0))`,
            ),
            legend: '{{replica}}',
          },
        ],
      },
      { 0: ['', 'transparent'], 1: ['newest grant', 'semi-dark-blue'], 2: ['holds it', 'light-blue'] },
    ),
    timeSeries({
      title: 'Held for',
      description:
        'At most about a recompute. Above one term the holder depends on its renewals; above two the alert fires. The dashed line is one term.',
      unit: 's',
      span: 12,
      limits: {},
      lines: 'members',
      queries: [
        { expr: highest(`max by (replica) (${HOLD})`), legend: '{{replica}}' },
        { expr: highest(`max(dogpile_lease_term_seconds{${CHOSEN}})`), legend: 'one term', bound: true },
      ],
    }),
    timeSeries({
      title: 'Newest fence, by replica',
      description:
        'Each grant mints a higher fence, in Redis’s milliseconds. It only ever rises. A line that stays behind is a replica that has had no grant since.',
      unit: 'none',
      span: 12,
      limits: {},
      lines: 'members',
      // Only a strategy that takes leases has grants.
      mayBeEmpty: true,
      queries: [{ expr: highest(`max by (replica) (${FENCE}) > 0`), legend: '{{replica}}' }],
    }),
    timeSeries(
      {
        title: 'Attempts to take the lease',
        description:
          'At an expiry one attempt is granted. Held: somebody else has the lease. Fresh: the value was there by then. Backing-off: the origin failed, and is left alone.',
        unit: 'cps',
        span: 8,
        limits: {},
        lines: 'attempts',
        queries: [
          {
            expr: highest(`sum by (kind) (${perSecond(`dogpile_lease_acquires_total{${CHOSEN}}`)})`),
            legend: '{{kind}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Renewed, lost, taken over',
      description:
        'A lease is renewed only if a recompute takes longer than a third of the term. Lost leases, aborted recomputes and take-overs are zero unless a holder died, froze or lost its store.',
      unit: 'cps',
      span: 8,
      limits: {},
      lines: 'leases',
      queries: [
        {
          expr: highest(`sum by (result) (${perSecond(`dogpile_lease_renewals_total{${CHOSEN}}`)})`),
          legend: 'renewal {{result}}',
        },
        {
          expr: highest(`sum(${perSecond(`dogpile_recomputes_total{ending="aborted", ${CHOSEN}}`)})`),
          legend: 'recompute aborted',
        },
        {
          expr: highest(`sum(${perSecond(`dogpile_lease_take_overs_total{${CHOSEN}}`)})`),
          legend: 'taken over',
        },
      ],
    }),
    timeSeries({
      title: 'Waits for another replica',
      description:
        'At most one per replica and key, for the time of a recompute. If there are more, or they last longer, nobody fills.',
      unit: 'short',
      span: 8,
      limits: {},
      lines: 'members',
      queries: [
        {
          expr: highest(`sum by (replica) (dogpile_lease_waits_in_progress{${CHOSEN}})`),
          legend: '{{replica}}',
        },
      ],
    }),
    timeSeries(
      {
        title: 'Commits, accepted and refused',
        description:
          'Writes by the condition they were made under. Fenced under a grant: the fence kept a late holder from overwriting a newer value. Fenced under a seen fence: two that recomputed without a lease raced, and one lost.',
        unit: 'cps',
        span: 12,
        limits: {},
        lines: 'commits',
        queries: [
          {
            expr: highest(`sum by (outcome, condition) (${perSecond(`dogpile_commits_total{${CHOSEN}}`)})`),
            legend: '{{outcome}}, {{condition}}',
          },
        ],
      },
      'stacked',
    ),
    heatmap(
      {
        title: 'Wake-up lag',
        description:
          'From the commit to each replica that hears of it: milliseconds. Its tail is a busy event loop. If there is nothing after a TTL boundary although requests waited, a message was lost. It compares two clocks: true on one machine.',
        unit: 's',
        span: 12,
        limits: {},
        queries: [
          {
            expr: counted(`dogpile_wake_lag_seconds_bucket{${CHOSEN}}`),
            legend: '{{le}}',
          },
        ],
      },
      'blue',
    ),
  ],
};
