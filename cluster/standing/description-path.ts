/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';
