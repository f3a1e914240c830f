import type { Panel } from './look.ts';
import { stat } from './panels.ts';
import { CHOSEN, CHOSEN_RUNS } from './promql.ts';

const HEIGHT = 4;

/** What every board says first: what runs, under which load, what the last expiry took, and whether an alert fires. */
export const firstRow = (): Panel[] => [
  stat(
    {
      title: 'Strategy',
      description: 'The strategies that run at the end of the time range, among those that you chose above.',
      unit: 'none',
      span: 5,
      height: HEIGHT,
      limits: {},
      lines: 'strategies',
      queries: [{ expr: `group by (strategy) (${CHOSEN_RUNS})`, legend: '{{strategy}}' }],
    },
    'name',
    'nothing runs',
  ),
  stat(
    {
      title: 'Replicas',
      description: 'The replicas that answer Prometheus. The board The fleet says which of them do not.',
      unit: 'none',
      span: 3,
      height: HEIGHT,
      limits: {},
      queries: [{ expr: `count(dogpile_claim_max_recomputes{job="app", ${CHOSEN}})`, legend: 'replicas' }],
    },
    'value',
    '0',
  ),
  stat(
    {
      title: 'Rate',
      description: 'Requests that the replicas answer per second, all together.',
      unit: 'reqps',
      span: 4,
      height: HEIGHT,
      limits: {},
      queries: [{ expr: `sum(run_strategy:dogpile_requests:rate3s{${CHOSEN}})`, legend: 'rate' }],
    },
    'value',
    '0',
  ),
  stat(
    {
      title: 'Last expiry, against its claim',
      description:
        'Recomputes of the last expiry, the most that the strategy claims (one per replica if it claims no bound), and the one divided by the other. Above 1 it is red, and the alert DogpileUnderWay fires.',
      unit: 'short',
      span: 7,
      height: HEIGHT,
      limits: { bad: 1.001 },
      queries: [
        {
          expr: `max(run_strategy:dogpile_expiry_recomputes:latest{${CHOSEN}})`,
          legend: 'recomputes',
          bound: true,
        },
        {
          expr: `max(run_strategy:dogpile_expiry_recomputes:claim{${CHOSEN}})`,
          legend: 'claim',
          bound: true,
        },
        {
          expr: `max(run_strategy:dogpile_expiry_recomputes:latest{${CHOSEN}} / on (run, strategy) run_strategy:dogpile_expiry_recomputes:claim)`,
          legend: 'in claims',
        },
      ],
    },
    'value_and_name',
    'none yet',
  ),
  stat(
    {
      title: 'Alerts firing',
      description: 'The alerts that fire at the end of the time range. The runbook has an entry for each.',
      unit: 'none',
      span: 5,
      height: HEIGHT,
      limits: { bad: 1 },
      // Where no alert fires, it shows what it shows without data: 0.
      mayBeEmpty: true,
      queries: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing", run=~"$run"}) or on () vector(0)',
          legend: '{{alertname}}',
        },
      ],
    },
    'value_and_name',
    '0',
  ),
];
