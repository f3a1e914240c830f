#!/bin/sh
# Removes what the lab wrote into this folder, unless a cluster of make up is there or about to be. Needs no Node.
set -eu
refuse() {
  echo "dogpile-lab: $1" >&2
  exit 64
}
if [ -e .lab/cluster.json ]; then
  refuse '.lab/cluster.json describes a cluster that may still run. Type: make down, then make clean'
fi
for claim in .lab/up.lock/*; do
  pid=${claim##*/}
  pid=${pid%%@*}
  # Without a claim the pattern stands for itself.
  case $pid in *[!0-9]*) continue ;; esac
  if kill -0 "$pid" 2>/dev/null; then
    refuse "make up is starting a cluster here (pid $pid). Type: make down, once it is done, then make clean"
  fi
done
rm -rf results .lab
