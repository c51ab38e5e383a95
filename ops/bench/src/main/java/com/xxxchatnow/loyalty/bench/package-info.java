/** Load and latency of the pipeline, each beside its baseline. */
package com.xxxchatnow.loyalty.bench;
