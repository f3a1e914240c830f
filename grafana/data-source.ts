/** The data source that the reader picks at the top of a board. Provisioning and an import may name theirs as they like. */
export const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** What provisioning/datasources calls the lab's own; a board elsewhere falls back on the first Prometheus there. */
export const PROVISIONED = { text: 'Prometheus', value: 'prometheus' } as const;
