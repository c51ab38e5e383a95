# Short names for the commands of README.md and CONTRIBUTING.md; make alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test verify deep format bench updates ci

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

run: ## the whole pipeline on this machine, with a demonstration
	ops/sandbox/run

test: ## build everything, run the quick tests
	./mvnw verify -DskipITs

verify: ## build everything, run all tests
	./mvnw verify

deep: ## the long form of the tests, as every night
	./mvnw verify -Pdeep

format: ## rewrite the Java sources as verify wants them
	./mvnw -q -N verify -Dformat=apply

bench: ## load and latency
	ops/bench/run

updates: ## newer releases of what the build uses
	./mvnw -N versions:display-property-updates versions:display-plugin-updates

ci: ## what CI runs; installs what a bare machine lacks
	.ci/run
