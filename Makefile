# The lab's face. `make help` lists the targets and parameters; parameters are make variables: make herd STRATEGY=lock TTL=5s
.DEFAULT_GOAL := help
SHELL := /bin/sh
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# What Node has compiled once: every process of a cluster starts in half the time.
export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/node
# The names of the variables on make's command line. make exports their values, so that no shell reads one as text; what
# is in the environment without having been typed is not among them.
export LAB_OVERRIDES := $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))))
MAKEFLAGS += --no-print-directory

# The commands of the lab. It checks the parameters, and installs servers, before it starts anything.
COMMANDS := help herd judge report replay faults ablate mutants compare jitter advise leases check-app tour console rehearse pictures origin up load status logs heal down boards boards-down boards-check

.PHONY: $(COMMANDS)
$(COMMANDS): node_modules/.ready
	@node lab/cli.ts $@

# The name reaches the lab in a variable, since a shell would read it as text.
unexport LAB_FAULT
fault-%: export LAB_FAULT = $*
fault-%: node_modules/.ready
	@node lab/cli.ts herd

# The targets below take no parameters.
.PHONY: plain
plain:
	$(if $(LAB_OVERRIDES),@echo 'dogpile-lab: this target takes no parameters. Type: make help' >&2; exit 64)

.PHONY: dashboards
dashboards: plain node_modules/.ready
	@node grafana/build.ts

# Where LAB_REQUIRE_SERVERS=1, a missing server is a failure.
WITHOUT_SERVERS = { [ "$$LAB_REQUIRE_SERVERS" != 1 ] && echo 'their tests will be skipped'; }
.PHONY: test
test: plain node_modules/.ready
	@lab/install/ensure-redis.sh
	@lab/install/ensure-prometheus.sh
	@lab/install/ensure-lock-servers.sh || $(WITHOUT_SERVERS)
	@lab/install/ensure-proxies.sh || $(WITHOUT_SERVERS)
	@lab/install/ensure-python-redis.sh || $(WITHOUT_SERVERS)
	@lab/install/ensure-chromium.sh "$${DOGPILE_CHROMIUM:-chromium}" || $(WITHOUT_SERVERS)
	@npm test --silent

.PHONY: test-quick
test-quick: plain node_modules/.ready
	@npm run --silent test:quick

# Ten million requests must not need much more memory than one million. The report of a million must be drawn in 10 s, be
# small, and open in a browser in 2 s. After a million keys that are asked for once, memory must be back. Every mutant must
# be caught, every alert fire and go, the right examples survive what they promise to, and the tour end well.
.PHONY: nightly
nightly: plain node_modules/.ready
	@lab/install/ensure-chromium.sh "$${DOGPILE_CHROMIUM:-chromium}"
	@node --max-old-space-size=96 test/support/judge-generated-run.ts 1000000
	@node --max-old-space-size=96 test/support/judge-generated-run.ts 1000000 foreign
	@node --max-old-space-size=96 test/support/judge-generated-run.ts 10000000
	@node --max-old-space-size=96 test/support/report-generated-run.ts 1000000
	@for strategy in lock hybrid near-cache refresh-ahead; do node --expose-gc test/support/flood-of-keys.ts $$strategy 1000000 || exit 1; done
	@node lab/cli.ts mutants
	@lab/install/ensure-python-redis.sh
	@for app in 'node examples/node/right.mjs' 'python3 examples/python/right.py'; do node lab/cli.ts faults "APP=$$app" CLAIM='recomputes<=1 monotonic survives=kill-holder,pause-holder,redis-down,flush' || exit 1; done
	@node lab/cli.ts tour </dev/null
	@node lab/cli.ts rehearse ALERT=all

.PHONY: check
check: plain node_modules/.ready
	@npm run --silent check

.PHONY: fix
fix: plain node_modules/.ready
	@npm run --silent fix

.PHONY: clean
clean: plain
	@lab/clean.sh

node_modules/.ready: package-lock.json
	@echo 'installing packages (npm ci)'
	@npm ci --silent --no-audit --no-fund
	@touch $@
