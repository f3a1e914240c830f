/** Where the folders of runs lie. */
export const RESULTS = 'results';
