/** RRR for tests, the sandbox and benchmarks; shares no code with the client. */
package com.xxxchatnow.loyalty.simulator;
