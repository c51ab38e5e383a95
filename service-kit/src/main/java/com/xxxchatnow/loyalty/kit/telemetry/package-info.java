/** Traces and structured logs. */
package com.xxxchatnow.loyalty.kit.telemetry;
