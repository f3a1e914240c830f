# The lab's face. `make help` lists what there is; parameters are make variables: make herd STRATEGY=lock TTL=5s
.DEFAULT_GOAL := help
SHELL := /bin/sh
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# What Node has compiled once: every process of a cluster starts in half the time.
export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/node
# What was typed after the target, for the lab itself to check.
export LAB_OVERRIDES := $(MAKEOVERRIDES)
MAKEFLAGS += --no-print-directory

lab := @node lab/cli.ts

# What a lease backend stands on is installed when it is asked for.
lock_server := $(or $(and $(filter postgres%,$(LEASE_BACKEND)),postgres),$(and $(filter mysql,$(LEASE_BACKEND)),mariadb),$(and $(filter memcached%,$(LEASE_BACKEND)),memcached))
# The same for a proxy: nginx-lock is nginx.
proxy := $(filter squid nginx varnish,$(PROXY:-lock=))

.PHONY: help
help: ## what can be done here
	@echo 'dogpile-lab: reproduce the cache stampede, tame it, and judge each run'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-24s %s\n", $$1, $$2 }'
	@echo
	@test -e node_modules/.ready && node lab/cli.ts help || echo '(and the parameters, once something was run)'

.PHONY: herd
herd: setup ## one judged run: make herd STRATEGY=lock
	$(lab) herd

.PHONY: judge
judge: node_modules/.ready ## judge a recorded run again (RUN=results/latest)
	$(lab) judge

.PHONY: faults
faults: setup ## every fault in turn (one: make fault-kill-holder)
	$(lab) faults

.PHONY: fault-%
fault-%: setup
	$(lab) herd --fault $*

.PHONY: ablate
ablate: setup ## each guard taken out in turn: what it is for
	$(lab) ablate

.PHONY: compare
compare: setup ## every strategy under the same load, in one table
	$(lab) compare

.PHONY: jitter
jitter: setup ## a batch of keys filled together, and what TTL jitter does to it
	$(lab) jitter

.PHONY: advise
advise: node_modules/.ready ## which strategy for your own TTL, RECOMPUTE, REPLICAS, RATE, STALE_OK
	$(lab) advise

.PHONY: leases
leases: node_modules/.ready ## every lease backend: who is released at once, by a term, never
	@RUNTIME=local lab/install/ensure-redis.sh
	@RUNTIME=local lab/install/ensure-lock-servers.sh
	$(lab) leases

.PHONY: up
up: setup ## keep a cluster running and say where it is
	$(lab) up

.PHONY: status
status: node_modules/.ready ## where the running cluster is
	$(lab) status

.PHONY: logs
logs: node_modules/.ready ## what its members say, from now on
	$(lab) logs

.PHONY: heal
heal: node_modules/.ready ## resume, restart and reset whatever of it was broken
	$(lab) heal

.PHONY: down
down: node_modules/.ready ## end the running cluster
	$(lab) down

.PHONY: dashboards
dashboards: node_modules/.ready ## write Grafana's boards anew from their code
	@node grafana/build.ts

.PHONY: pictures
pictures: node_modules/.ready ## chart real runs as the boards would, into docs/img
	@RUNTIME=local lab/install/ensure-redis.sh
	@lab/install/ensure-prometheus.sh
	@node grafana/pictures.ts

.PHONY: test
test: node_modules/.ready ## every test
	@RUNTIME=local lab/install/ensure-redis.sh
	@lab/install/ensure-prometheus.sh
	@RUNTIME=local lab/install/ensure-lock-servers.sh || echo 'their tests will be skipped'
	@RUNTIME=local lab/install/ensure-proxies.sh || echo 'their tests will be skipped'
	@npm test --silent

.PHONY: test-quick
test-quick: node_modules/.ready ## the tests that need no server: under a minute
	@npm run --silent test:quick

.PHONY: check
check: node_modules/.ready ## lint, format and types
	@npm run --silent check

.PHONY: fix
fix: node_modules/.ready ## repair lint and format where that is safe
	@npm run --silent fix

.PHONY: clean
clean: ## forget all results
	rm -rf results

.PHONY: setup
setup: node_modules/.ready
	@lab/install/ensure-redis.sh
	$(if $(lock_server),@lab/install/ensure-lock-servers.sh $(lock_server))
	$(if $(proxy),@lab/install/ensure-proxies.sh $(proxy))

node_modules/.ready: package-lock.json
	@echo 'installing packages (npm ci)'
	@npm ci --silent --no-audit --no-fund
	@touch $@
