import { Gauge, type Registry } from 'prom-client';

/** Makes the metric of a service's journal. */
export const journalMetric = (registers: Registry[]) => ({
  journalBroken: new Gauge({
    name: 'dogpile_journal_broken',
    help: '1 once a line for the judge could not be written: the run is unknown.',
    registers,
  }),
});
