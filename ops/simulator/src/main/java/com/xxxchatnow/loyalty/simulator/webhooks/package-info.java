/** Webhooks: signed, delivered, retried. */
package com.xxxchatnow.loyalty.simulator.webhooks;
