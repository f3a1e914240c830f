import type { Board } from '../board.ts';
import { heatmap, states, timeSeries } from '../panels.ts';

export const lease: Board = {
  uid: 'lease',
  title: 'The lease',
  description: 'Who may recompute, whether it was taken from somebody, and how soon the others hear.',
  panels: [
    states(
      {
        title: 'Who holds it',
        description:
          'The replica with the newest grant; brighter while it holds the lease. It changes hands at TTL boundaries. Two changes in one expiry are a take-over.',
        unit: 'none',
        span: 24,
        limits: {},
        queries: [
          {
            expr: '(dogpile_newest_fence == bool on (strategy) group_left () max by (strategy) (dogpile_newest_fence)) * (dogpile_newest_fence > bool 0) + (dogpile_lease_hold_seconds > bool 0)',
            legend: '{{replica}}',
          },
        ],
      },
      { 0: ['', 'transparent'], 1: ['newest grant', 'semi-dark-blue'], 2: ['holds it', 'light-blue'] },
    ),
    timeSeries({
      title: 'Held for',
      description:
        'At most a recompute. Above one term the holder lives by its renewals; above two the alert fires. The dashed line is one term.',
      unit: 's',
      span: 12,
      limits: {},
      queries: [
        { expr: 'dogpile_lease_hold_seconds', legend: '{{replica}}' },
        { expr: 'max(dogpile_lease_term_seconds)', legend: 'one term', bound: true },
      ],
    }),
    timeSeries({
      title: 'Newest fence, by replica',
      description:
        'Each grant mints a higher one, in Redis’s milliseconds. It only ever rises; a line that stays behind is a replica that has not recomputed since.',
      unit: 'none',
      span: 12,
      limits: {},
      queries: [{ expr: 'dogpile_newest_fence > 0', legend: '{{replica}}' }],
    }),
    timeSeries(
      {
        title: 'Attempts to take the lease',
        description:
          'At a TTL boundary one is granted and the others find it held, one a replica. Fresh: the value was there by then. Backing-off: the origin failed and is left alone.',
        unit: 'cps',
        span: 8,
        limits: {},
        queries: [
          {
            expr: 'sum by (kind) (irate(dogpile_lease_acquires_total[$__rate_interval]))',
            legend: '{{kind}}',
          },
        ],
      },
      'stacked',
    ),
    timeSeries({
      title: 'Renewed, lost, taken over',
      description:
        'Renewals only where a recompute outlasts a third of the term. Lost leases, aborted recomputes and take-overs are zero but for a holder that died, froze or lost its store.',
      unit: 'cps',
      span: 8,
      limits: {},
      queries: [
        {
          expr: 'sum by (result) (irate(dogpile_lease_renewals_total[$__rate_interval]))',
          legend: 'renewal {{result}}',
        },
        {
          expr: 'sum(irate(dogpile_recomputes_total{ending="aborted"}[$__rate_interval]))',
          legend: 'recompute aborted',
        },
        { expr: 'sum(irate(dogpile_lease_take_overs_total[$__rate_interval]))', legend: 'taken over' },
      ],
    }),
    timeSeries({
      title: 'Waits for another replica',
      description:
        'One a replica and key, for the time of a recompute. More of them, or longer ones: nobody fills.',
      unit: 'short',
      span: 8,
      limits: {},
      queries: [{ expr: 'sum by (replica) (dogpile_lease_waits_in_progress)', legend: '{{replica}}' }],
    }),
    timeSeries(
      {
        title: 'Commits, accepted and refused',
        description:
          'One accepted an expiry under the lock. Refused under a grant: the fence kept a late holder from overwriting a newer value. Refused under a seen fence: a race that xfetch is meant to lose.',
        unit: 'cps',
        span: 12,
        limits: {},
        queries: [
          {
            expr: 'sum by (outcome, condition) (irate(dogpile_commits_total[$__rate_interval]))',
            legend: '{{outcome}}, {{condition}}',
          },
        ],
      },
      'stacked',
    ),
    heatmap({
      title: 'Wake-up lag',
      description:
        'From the commit to each replica hearing of it: milliseconds. Its tail is a busy event loop; a gap at a TTL boundary is a lost wake-up. Compares two clocks: true on one machine.',
      unit: 's',
      span: 12,
      limits: {},
      queries: [
        {
          expr: 'sum by (le) (increase(dogpile_wake_lag_seconds_bucket[$__rate_interval]))',
          legend: '{{le}}',
        },
      ],
    }),
  ],
};
