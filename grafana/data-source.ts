/** The one data source, as provisioning/datasources names it. */
export const DATA_SOURCE = { type: 'prometheus', uid: 'prometheus' } as const;
